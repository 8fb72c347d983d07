using Headroom.Metrics;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;
using Headroom.Reports.Charts;

namespace Headroom.Reports.Tests.Charts;

public sealed class TimeSeriesChartTests
{
    private static readonly DateTimeOffset From = new(2026, 1, 14, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Any_series_gives_well_formed_xml_with_coordinates_on_the_paper()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var from = From.AddSeconds(random.Next(-1_000_000_000, 1_000_000_000));
            var to = from.AddMilliseconds(Math.Pow(10, random.Next(-1, 13)));
            var chart = new TimeSeriesChart
            {
                Title = HostileText.Any(random),
                From = from,
                To = to,
                Lines = [.. Enumerable.Range(0, random.Next(0, 12)).Select(_ => new ChartLine(HostileText.Any(random), AnyPoints(random, from, to)))],
                Unit = Pick(random, null, "s", "ms", "By", "%", "ratio", "req/s", "$", "d", "<b>", "By/s"),
                Target = AnyBound(random),
                Critical = AnyBound(random),
                Markers = [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => new ChartMarker(from + ((to - from) * (random.NextDouble() * 1.4 - 0.2)), HostileText.Any(random)))],
                Width = random.Next(150, 1400),
                Height = random.Next(60, 500),
                StandAlone = random.Next(2) == 0,
            };
            try
            {
                SvgAssert.IsSound(chart.ToSvg());
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}: {error}");
            }
        }
    }

    [Fact]
    public void A_window_of_all_time_is_drawn()
    {
        var chart = new TimeSeriesChart { Title = "all", From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue, Lines = [Line(0, 1, 2)] };
        SvgAssert.IsSound(chart.ToSvg());
        SvgAssert.IsSound((chart with { From = DateTimeOffset.MaxValue, To = DateTimeOffset.MinValue }).ToSvg());
    }

    [Fact]
    public void A_spike_of_one_sample_among_thousands_is_still_drawn()
    {
        double[] values = [.. Enumerable.Range(0, 20_000).Select(i => i == 12_345 ? 100.0 : 1)];
        var root = SvgAssert.IsSound(Chart(new ChartLine("", Points(4320, values))).ToSvg());
        var line = SvgAssert.Points(root.OfClass("hc-s0").First());

        Assert.True(line.Count < 4 * 720, $"{line.Count} points for 720 pixels");
        double top = line.Min(p => p.Y);
        Assert.Equal(2, line.Select(p => Math.Round(p.Y)).Distinct().Count());
        Assert.InRange(top, 0, 20);
    }

    [Fact]
    public void Missing_samples_break_the_line()
    {
        double[] values = [1, 2, 3, double.NaN, 5, 6, 7];
        Assert.Equal(2, Runs(Points(60_000, values)));
        Assert.Equal(2, Runs([.. Points(60_000, [1, 2, 3, 4, 5, 6, 7, 8]).Where((_, i) => i != 3)]));
        Assert.Equal(1, Runs(Points(60_000, [1, 2, 3, 4, 5])));

        static int Runs(IReadOnlyList<Point> points) => SvgAssert.IsSound(Chart(new ChartLine("", points)).ToSvg()).OfClass("hc-s0").Count();
    }

    [Fact]
    public void A_sample_alone_between_gaps_is_a_dot()
    {
        var root = SvgAssert.IsSound(Chart(Line(1, double.NaN, 3, double.NaN, 5, 6)).ToSvg());
        Assert.Equal(2, root.OfClass("hc-f0").Count(e => e.Name.LocalName == "circle"));
    }

    [Fact]
    public void An_infinite_sample_is_marked_at_the_edge()
    {
        var root = SvgAssert.IsSound(Chart(Line(1, 2, double.PositiveInfinity, 2, 1)).ToSvg());
        var triangle = root.OfClass("hc-f0").Single(e => e.Name.LocalName == "path" && !e.Attribute("class")!.Value.Contains("hc-area", StringComparison.Ordinal));
        Assert.InRange(SvgAssert.Points(triangle).Min(p => p.Y), 0, 12);
    }

    [Fact]
    public void Histogram_samples_are_gaps()
    {
        var points = Points(60_000, [1, 2, 3, 4]).ToArray();
        points[1] = points[1] with { Histogram = new Histogram() };
        Assert.Contains("lowest 1, highest 4", Chart(new ChartLine("", points)).ToSvg(), StringComparison.Ordinal);
        points[3] = points[3] with { Histogram = new Histogram() };
        Assert.Contains("lowest 1, highest 3", Chart(new ChartLine("", points)).ToSvg(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_samples_the_chart_says_so()
    {
        string svg = Chart(Line()).ToSvg();
        SvgAssert.IsSound(svg);
        Assert.Contains("no data in this window", svg, StringComparison.Ordinal);
        Assert.Contains("<desc>No data", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void A_legend_names_lines_only_when_there_are_several()
    {
        Assert.Empty(SvgAssert.IsSound(Chart(Line(1, 2)).ToSvg()).OfClass("hc-legend"));
        var several = SvgAssert.IsSound(Chart(new ChartLine("search", Points(60_000, [1, 2])), new ChartLine("users", Points(60_000, [2, 3]))).ToSvg());
        Assert.Equal(["search", "users"], several.OfClass("hc-legend").Select(e => e.Value));
    }

    [Fact]
    public void Beyond_eight_lines_the_rest_is_grey_and_counted()
    {
        var lines = Enumerable.Range(0, 20).Select(i => new ChartLine($"s{i}", Points(60_000, [i, i + 1]))).ToArray();
        var root = SvgAssert.IsSound(Chart(lines).ToSvg());
        Assert.Equal("and 12 more", root.OfClass("hc-legend").Last().Value);
        Assert.Equal(12, root.OfClass("hc-rest").Count(e => e.Name.LocalName == "path"));
    }

    [Fact]
    public void A_bound_far_from_the_data_is_told_and_does_not_flatten_them()
    {
        var chart = Chart(Line(0.01, 0.012, 0.011)) with { Unit = "s", Critical = SampleReports.Bound("> 5") };
        var root = SvgAssert.IsSound(chart.ToSvg());
        Assert.Equal("critical > 5 s (above ↑)", root.OfClass("hc-legend").Single().Value);
        Assert.DoesNotContain(root.OfClass("hc-critical"), e => e.Attribute("y1")!.Value != e.Attribute("y2")!.Value);
        var line = SvgAssert.Points(root.OfClass("hc-s0").Single());
        Assert.True(line.Max(p => p.Y) - line.Min(p => p.Y) > 15);
    }

    [Theory]
    [InlineData("< 4", 0, 4)]
    [InlineData("> 4", 4, 10)]
    [InlineData("4..6", 4, 6)]
    public void The_good_side_of_a_target_is_shaded(string target, double from, double to)
    {
        var root = SvgAssert.IsSound((Chart(Line(0, 10)) with { Target = SampleReports.Bound(target) }).ToSvg());
        var zone = root.OfClass("hc-good").Single();
        var line = SvgAssert.Points(root.OfClass("hc-s0").Single());
        double zero = line[0].Y, ten = line[1].Y, perUnit = (zero - ten) / 10;
        Assert.Equal((to - from) * perUnit, SvgAssert.Number(zone.Attribute("height")!.Value), 0.2);
        Assert.Equal(zero - (to * perUnit), SvgAssert.Number(zone.Attribute("y")!.Value), 0.2);
    }

    [Fact]
    public void A_marker_stands_at_its_instant_and_outside_the_window_nowhere()
    {
        var chart = Chart(Line(1, 2, 3, 4, 5)) with { Markers = [new ChartMarker(From.AddHours(6), "after change"), new ChartMarker(From.AddDays(9), "later")] };
        var root = SvgAssert.IsSound(chart.ToSvg());
        var label = root.OfClass("hc-marker-label").Single();
        Assert.Equal("after change", label.Value);
        var axis = root.OfClass("hc-axis").First();
        double left = SvgAssert.Number(axis.Attribute("x1")!.Value), right = SvgAssert.Number(axis.Attribute("x2")!.Value);
        Assert.Equal(left + ((right - left) / 4), SvgAssert.Number(root.OfClass("hc-marker").Single().Attribute("x1")!.Value), 0.2);
    }

    [Fact]
    public void A_pointer_finds_the_time_and_every_lines_value()
    {
        var root = SvgAssert.IsSound((Chart(new ChartLine("search", Points(3_600_000, [0.01, 0.02])), new ChartLine("users", Points(3_600_000, [0.003, 0.004]))) with { Unit = "s" }).ToSvg());
        Assert.Contains("14 Jan 2026, 01:00 UTC\nsearch: 20 ms\nusers: 4 ms", root.OfClass("hc-column").Select(c => c.Value.ReplaceLineEndings("\n")));
    }

    [Fact]
    public void Only_a_chart_that_stands_alone_brings_style_and_heading()
    {
        var alone = SvgAssert.IsSound((Chart(Line(1, 2)) with { StandAlone = true }).ToSvg());
        Assert.Contains("prefers-color-scheme:dark", alone.Named("style").Single().Value, StringComparison.Ordinal);
        Assert.Equal("Chart", alone.OfClass("hc-title").Single().Value);
        Assert.Empty(SvgAssert.IsSound(Chart(Line(1, 2)).ToSvg()).Named("style"));
    }

    [Fact]
    public void Series_of_a_kpi_are_named_by_what_differs_and_ordered_worst_first()
    {
        var labels = (string endpoint) => Labels.From(new Label("endpoint", endpoint), new Label("service", "shop"));
        var kpi = new KpiChart("p95", "q", "s", SampleReports.Bound("< 1"), null,
            [new MatrixSeries(labels("users"), Points(60_000, [1, 1])), new MatrixSeries(labels("search"), Points(60_000, [5, 5]))], []);
        Assert.Equal(["search", "users"], TimeSeriesChart.Of(kpi, From, From.AddDays(1)).Lines.Select(l => l.Name));
        Assert.Equal(["users", "search"], TimeSeriesChart.Of(kpi with { Target = SampleReports.Bound("> 1") }, From, From.AddDays(1)).Lines.Select(l => l.Name));
    }

    private static TimeSeriesChart Chart(params ChartLine[] lines) => new() { Title = "Chart", From = From, To = From.AddDays(1), Lines = lines };

    private static ChartLine Line(params double[] values) => new("", Points(values.Length > 1 ? 86_400_000 / (values.Length - 1) : 1, values));

    private static IReadOnlyList<Point> Points(long step, double[] values) => [.. values.Select((v, i) => new Point(From.ToUnixTimeMilliseconds() + (i * step), v))];

    private static IReadOnlyList<Point> AnyPoints(Random random, DateTimeOffset from, DateTimeOffset to)
    {
        int count = Pick(random, 0, 1, 2, 3, 50, 2_000);
        double size = Math.Pow(10, random.Next(-320, 309)), constant = random.NextDouble() * size;
        int kind = random.Next(7);
        long start = from.ToUnixTimeMilliseconds(), length = Math.Max(1, to.ToUnixTimeMilliseconds() - start);
        var points = new Point[count];
        for (int i = 0; i < count; i++)
        {
            double value = kind switch
            {
                0 => constant,
                1 => (random.NextDouble() - 0.5) * size,
                2 => Pick(random, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, -double.MaxValue, double.Epsilon, 0, -0.0, 1),
                3 => double.NaN,
                4 => random.NextDouble() * 100,
                5 => 1e15 + i,
                _ => random.Next(10) == 0 ? double.NaN : random.NextDouble(),
            };
            points[i] = new Point(start + (long)(length * ((i + random.NextDouble()) / count)), value);
        }
        return points;
    }

    private static Bound? AnyBound(Random random)
    {
        if (random.Next(3) == 0) return null;
        double low = Pick(random, 0, 1, 0.5, -3, 1e300, -double.MaxValue, double.PositiveInfinity, double.NaN, 1e-300), high = Pick(random, low, low + 1, double.MaxValue);
        return new Bound("x", (BoundOperator)random.Next(5), low, high);
    }

    private static T Pick<T>(Random random, params T[] values) => values[random.Next(values.Length)];
}
