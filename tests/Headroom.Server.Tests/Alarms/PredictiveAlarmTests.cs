using Headroom.Metrics.PromQL;
using Headroom.Server.Alarms;

namespace Headroom.Server.Tests.Alarms;

public sealed class PredictiveAlarmTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void A_disk_that_fills_is_predicted_to_be_full()
    {
        var points = new SeriesForecaster().Forecast(Series(200, i => 20 + (0.3 * i)), Hour, 24)!;
        Assert.Equal((24, 200 * 3_600_000L), (points.Count, points[0].Time));
        Assert.InRange(points[^1].Value, 84, 90);
        Assert.All(points, p => Assert.True(p.Lower <= p.Value && p.Value <= p.Upper));
    }

    [Fact]
    public void Gaps_are_bridged_and_little_history_says_nothing()
    {
        Assert.NotNull(new SeriesForecaster().Forecast([.. Series(200, i => 20 + (0.3 * i)).Where((_, i) => i % 3 != 1)], Hour, 24));
        Assert.Null(new SeriesForecaster().Forecast(Series(9, i => i), Hour, 24));
    }

    [Fact]
    public void A_spike_is_an_anomaly_and_the_beginning_is_not_judged()
    {
        var random = new Random(4);
        var verdicts = new AnomalyJudge().Judge(Series(1500, i => i == 1400 ? 60 : 10 + random.NextDouble()), TimeSpan.FromMinutes(5));
        Assert.All(verdicts.Take(100), v => Assert.Null(v));
        Assert.True(verdicts[1400]);
        Assert.InRange(verdicts.Count(v => v == true), 1, 40);
    }

    private static List<Point> Series(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(i => new Point(i * 3_600_000L, value(i)))];
}
