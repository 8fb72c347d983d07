using Headroom.Objectives.Kpis;
using Headroom.Reports.Charts;
using Headroom.Reports.Wording;

namespace Headroom.Reports.Tests.Charts;

public sealed class AxisTests
{
    [Theory]
    [InlineData(0, 0.06, "s", "0|20|40|60 ms")]
    [InlineData(0, 3.5e9, "By", "0|1|2|3|4 GiB")]
    [InlineData(99.7, 100, "%", "99.7|99.8|99.9|100.0%")]
    [InlineData(0, 0.009, "ratio", "0.0|0.2|0.4|0.6|0.8|1.0%")]
    [InlineData(0, 300, "s", "0 s|1m|2m|3m|4m|5m")]
    [InlineData(0, 2.2e6, null, "0.0|0.5|1.0|1.5|2.0|2.5M")]
    [InlineData(-5, 5, null, "-6|-4|-2|0|2|4|6")]
    public void Ticks_are_round_in_the_unit_people_use(double low, double high, string? unit, string expected) =>
        Assert.Equal(expected, string.Join('|', ValueAxis.Over(low, high, unit, 4).Ticks.Select(t => t.Label)));

    [Fact]
    public void A_value_axis_holds_its_values_in_order_whatever_their_size()
    {
        var random = new Random(3);
        for (int i = 0; i < 5_000; i++)
        {
            var (low, high) = ValueDomain.Of(Any(random), Any(random), null, null);
            if (low >= high) continue;
            var axis = ValueAxis.Over(low, high, random.Next(2) == 0 ? "s" : null, random.Next(2, 8));
            Assert.InRange(axis.Fraction(low), 0, 1);
            Assert.InRange(axis.Fraction(high), axis.Fraction(low), 1);
            Assert.InRange(axis.Ticks.Count, 2, 40);
            Assert.Equal(axis.Ticks.Count, axis.Ticks.Select(t => t.Label).Distinct().Count());
        }
    }

    [Theory]
    [InlineData("2026-01-14T09:00:00Z", "2026-01-15T09:00:00Z", 8, "09:00/14 Jan|12:00|15:00|18:00|21:00|00:00/15 Jan|03:00|06:00|09:00")]
    [InlineData("2026-01-14T09:00:10Z", "2026-01-14T09:01:00Z", 6, "09:00:10/14 Jan|09:00:20|09:00:30|09:00:40|09:00:50|09:01:00")]
    [InlineData("2026-01-01T00:00:00Z", "2026-01-31T00:00:00Z", 6, "5 Jan/2026|12 Jan|19 Jan|26 Jan")]
    [InlineData("2025-11-20T00:00:00Z", "2026-03-05T00:00:00Z", 6, "Dec/2025|Jan/2026|Feb|Mar")]
    [InlineData("2020-06-01T00:00:00Z", "2026-06-01T00:00:00Z", 6, "2021|2022|2023|2024|2025|2026")]
    public void Times_are_marked_at_round_instants_in_UTC(string from, string to, int most, string expected) =>
        Assert.Equal(expected, string.Join('|', new TimeAxis(At(from), At(to), most).Ticks.Select(t => t.Date is null ? t.Label : $"{t.Label}/{t.Date}")));

    [Theory]
    [InlineData(95, 95, 85.5, 104.5)]
    [InlineData(0, 0, 0, 1)]
    [InlineData(20, 100, 0, 100)]
    [InlineData(90, 100, 90, 100)]
    [InlineData(-100, -20, -100, 0)]
    public void A_chart_spans_its_data_and_zero_when_it_is_near(double min, double max, double low, double high) =>
        Assert.Equal((low, high), ValueDomain.Of(min, max, null, null));

    [Fact]
    public void A_target_stretches_the_chart_and_a_far_one_does_not()
    {
        Assert.Equal((0, 200), ValueDomain.Of(50, 100, SampleReports.Bound("< 200"), null));
        Assert.Equal((0, 100), ValueDomain.Of(50, 100, SampleReports.Bound("< 2000"), null));
        Assert.Equal((0, 100), ValueDomain.Of(50, 100, null, SampleReports.Bound("> 2000")));
    }

    [Fact]
    public void Series_are_named_by_the_labels_that_differ()
    {
        var a = Metrics.Labels.Of("m", ("service", "shop"), ("endpoint", "search"));
        var b = Metrics.Labels.Of("m", ("service", "shop"), ("endpoint", "users"));
        Assert.Equal(["search", "users"], SeriesNames.For([a, b]));
        Assert.Equal(["code=500, endpoint=search", "endpoint=users"], SeriesNames.For([a.With("code", "500"), b]));
        Assert.Equal(["search", "no endpoint"], SeriesNames.For([a, a.With("endpoint", "")]));
        Assert.Equal([""], SeriesNames.For([Metrics.Labels.Empty]));
        Assert.Equal(["endpoint=search, service=shop"], SeriesNames.For([a]));
    }

    private static double Any(Random random) => (random.NextDouble() - 0.3) * Math.Pow(10, random.Next(-330, 309));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
