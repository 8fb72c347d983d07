using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Tests.ErrorRates;
using Headroom.Objectives.Trends;

namespace Headroom.Objectives.Tests.Trends;

public sealed class TrendAnalysisTests
{
    private const long End = 1_770_000_000_123;

    [Theory]
    [InlineData(120, 95, "< 100", null, TrendDirection.Improving)]
    [InlineData(95, 120, "< 100", null, TrendDirection.Degrading)]
    [InlineData(60, 100, "> 150", null, TrendDirection.Improving)]
    [InlineData(100, 60, "> 150", null, TrendDirection.Degrading)]
    [InlineData(60, 100, null, "< 50", TrendDirection.Improving)]
    [InlineData(95, 97, "< 100", null, TrendDirection.Stable)]
    [InlineData(60, 100, null, null, TrendDirection.Unjudged)]
    [InlineData(40, 65, "70..80", null, TrendDirection.Improving)]
    [InlineData(95, 85, "70..80", null, TrendDirection.Improving)]
    [InlineData(75, 95, "70..80", null, TrendDirection.Degrading)]
    [InlineData(70.5, 79.5, "70..80", null, TrendDirection.Stable)]
    [InlineData(65, 85, "70..80", null, TrendDirection.Stable)]
    public void A_movement_is_judged_by_which_way_is_better(double from, double to, string? target, string? critical, TrendDirection expected)
    {
        foreach (var window in new[] { TrendWindow.Week(), TrendWindow.Month() })
        {
            var trend = Analyse(window, (share, noise) => from + ((to - from) * share) + (0.002 * from * noise), target, critical);
            Assert.Equal(expected, trend!.Direction);
            Assert.InRange(trend.From, from - (0.02 * from), from + (0.02 * from));
            Assert.InRange(trend.To, to - (0.02 * to), to + (0.02 * to));
            Assert.True(trend.Low <= trend.From && trend.To >= trend.Low && trend.High >= Math.Max(trend.From, trend.To));
        }
    }

    [Fact]
    public void A_small_fall_of_an_availability_counts_against_its_margin()
    {
        double Falling(double share, double noise) => 99.97 - (0.3 * share) + (0.005 * noise);
        Assert.Equal(TrendDirection.Degrading, Analyse(TrendWindow.Week(), Falling, "> 99.9", "< 99")!.Direction);
        Assert.Equal(TrendDirection.Stable, Analyse(TrendWindow.Week(), Falling, "> 99.9", null)!.Direction);
        Assert.Equal(TrendDirection.Stable, Analyse(TrendWindow.Week(), (_, noise) => 5 + (1e-9 * noise), "< 4", ">= 4")!.Direction);
    }

    [Fact]
    public void The_slope_is_per_day()
    {
        var trend = Analyse(TrendWindow.Week(), (share, noise) => 10 + (7 * share) + (0.01 * noise), "< 5", null)!;
        Assert.InRange(trend.SlopePerDay, 0.98, 1.02);
    }

    [Fact]
    public void Noise_on_a_daily_cycle_is_stable()
    {
        var trend = Analyse(TrendWindow.Week(), (share, noise) => 100 + (30 * Math.Sin(2 * Math.PI * 7 * share)) + (3 * noise), "< 90", null)!;
        Assert.Equal(TrendDirection.Stable, trend.Direction);
    }

    [Fact]
    public void Too_few_data_give_no_trend()
    {
        var window = TrendWindow.Week();
        Assert.Null(TrendAnalysis.Analyse([], window, End, null, null));
        Assert.Null(TrendAnalysis.Analyse([.. Points(window, (s, _) => s).TakeLast(6)], window, End, null, null));
        // Three days of seven.
        Assert.Null(TrendAnalysis.Analyse([.. Points(window, (s, _) => s).TakeLast(3 * 96)], window, End, null, null));
        Assert.NotNull(TrendAnalysis.Analyse([.. Points(window, (s, _) => s).TakeLast(4 * 96)], window, End, null, null));
    }

    [Fact]
    public void A_constant_is_stable_and_what_is_not_finite_is_left_out()
    {
        var constant = Analyse(TrendWindow.Week(), (_, _) => 5, "< 4", null)!;
        Assert.Equal((TrendDirection.Stable, 5, 5, 0), (constant.Direction, constant.From, constant.To, constant.SlopePerDay));
        int i = 0;
        var holes = Analyse(TrendWindow.Week(), (s, _) => (i++ % 3) switch { 0 => double.NaN, 1 => double.PositiveInfinity, _ => 1 + s }, "< 4", null)!;
        Assert.Equal((TrendDirection.Degrading, true), (holes.Direction, double.IsFinite(holes.High)));
        Assert.Equal(TrendDirection.Stable, Analyse(TrendWindow.Week(), (_, _) => 0, "< 4", null)!.Direction);
    }

    [Theory]
    [InlineData(15, 1, 24, 168)]
    [InlineData(60, 1, 24, 168)]
    [InlineData(90, 2, 12, 84)]
    [InlineData(420, 8, 3, 21)]
    [InlineData(1440, 24, 1, 7)]
    public void Buckets_fit_a_day_whatever_the_step(int minutes, int hours, int seasons, int buckets)
    {
        var window = TrendWindow.Week(TimeSpan.FromMinutes(minutes));
        Assert.Equal((TimeSpan.FromHours(hours), seasons, buckets), (window.Bucket, window.Seasons, window.Buckets));
    }

    private static Trend? Analyse(TrendWindow window, Func<double, double, double> value, string? target, string? critical) => TrendAnalysis.Analyse(
        Points(window, value), window, End, target is null ? null : Bound.Parse(target), critical is null ? null : Bound.Parse(critical));

    /// <summary>Values by their share of the window and a standard normal draw.</summary>
    private static List<Point> Points(TrendWindow window, Func<double, double, double> value)
    {
        var noise = new Noise(11);
        int count = (int)(window.Length / window.Step);
        return [.. Enumerable.Range(0, count).Select(i =>
            new Point(End - ((count - 1 - i) * (long)window.Step.TotalMilliseconds), value(i / (count - 1.0), noise.Gauss())))];
    }
}
