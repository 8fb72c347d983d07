using Headroom.Objectives.Statistics;
using Headroom.Objectives.Trends;

namespace Headroom.Objectives.Tests.ErrorRates;

/// <summary>How often the trend test errs, measured; also the figures of docs/objectives.md.</summary>
public sealed class TrendErrorRateTests
{
    private const int Rounds = 1000;

    [Fact]
    public void Noise_without_trend_rarely_looks_like_one()
    {
        var table = new Table("trend", "noise on a daily cycle", "7 days: none", "trend", "step", "30 days: none", "trend", "step");
        foreach (string kind in Noise.Kinds)
        {
            double week = Rate(kind, TrendWindow.Week(), 0, 0);
            double month = Rate(kind, TrendWindow.Month(), 0, 0);
            table.Row(
                kind, week, Rate(kind, TrendWindow.Week(), 1, 0), Rate(kind, TrendWindow.Week(), 0, 2),
                month, Rate(kind, TrendWindow.Month(), 1, 0), Rate(kind, TrendWindow.Month(), 0, 2));
            // What one week cannot tell from a trend is a weekend at its end, and noise that remembers for days.
            double stated = kind is "AR(0.9)" or "weekends lower" ? 0.10 : 0.06;
            double margin = 3 * Math.Sqrt(stated * (1 - stated) / Rounds);
            Assert.True(week <= stated + margin, $"{kind}, 7 days: {week:P1}");
            Assert.True(month <= stated + margin, $"{kind}, 30 days: {month:P1}");
        }
        table.CompareWithDocument();
    }

    private static double Rate(string kind, TrendWindow window, double trend, double step)
    {
        int found = 0;
        for (int round = 0; round < Rounds; round++)
        {
            var values = new Noise(round).Series(kind, window.Buckets, window.Seasons, cycle: 3);
            int at = (int)(values.Length * (0.25 + (0.5 * new Random(round).NextDouble())));
            for (int i = 0; i < values.Length; i++) values[i] += (trend * i / values.Length) + (i >= at ? step : 0);
            if (SeasonalKendall.Test(values, window.Seasons).PValue < TrendAnalysis.Significance) found++;
        }
        return (double)found / Rounds;
    }
}
