using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Statistics;

namespace Headroom.Objectives.Trends;

/// <summary>Judges where a KPI has been going.</summary>
public static class TrendAnalysis
{
    /// <summary>A trend counts only when its p-value is below this.</summary>
    public const double Significance = 0.05;

    /// <summary>A movement over the window counts only from this share of the level up, in percent.</summary>
    public const double MinimumPercent = 5;

    /// <summary>
    /// Or from this share of the distance between target and critical bound up, in percent, so that an availability
    /// that falls from 99.95% to 99.5% is seen.
    /// </summary>
    public const double MinimumPercentOfMargin = 10;

    private const int MinimumBuckets = 7;

    /// <summary>
    /// The trend of a series; null when fewer than 7 buckets have data or they span less than half of the window. Values that are not
    /// finite, and histograms, count as missing.
    /// </summary>
    /// <param name="points">The query's values in the window, in time order.</param>
    /// <param name="window">How the window is looked at.</param>
    /// <param name="end">The instant judged, Unix milliseconds.</param>
    /// <param name="target">The KPI's target, or null.</param>
    /// <param name="critical">The KPI's critical bound, or null.</param>
    public static Trend? Analyse(IReadOnlyList<Point> points, TrendWindow window, long end, Bound? target, Bound? critical)
    {
        var grid = Gather(points, window, end, out double low, out double high);
        int first = Array.FindIndex(grid, v => !double.IsNaN(v));
        int last = Array.FindLastIndex(grid, v => !double.IsNaN(v));
        int present = grid.Count(v => !double.IsNaN(v));
        if (present < MinimumBuckets || last - first + 1 < grid.Length / 2) return null;

        var test = SeasonalKendall.Test(grid, window.Seasons);
        // The line may leave the range that was seen, and a latency below zero explains nothing.
        double from = Math.Clamp(test.Level + (test.SlopePerStep * first), low, high);
        double to = Math.Clamp(test.Level + (test.SlopePerStep * last), low, high);
        bool moves = test.PValue < Significance && IsMaterial(from, to, target, critical);
        var direction = moves ? Judge(from, to, target, critical) : TrendDirection.Stable;
        return new Trend(direction, from, to, low, high, test.PValue, test.SlopePerStep * window.Seasons);
    }

    private static double[] Gather(IReadOnlyList<Point> points, TrendWindow window, long end, out double low, out double high)
    {
        var buckets = new List<double>?[window.Buckets];
        (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        long width = (long)window.Bucket.TotalMilliseconds;
        foreach (var point in points)
        {
            // Buckets are counted back from the instant judged, each open at its start as PromQL's ranges are.
            long back = (end - point.Time) / width;
            if (point.Histogram is not null || !double.IsFinite(point.Value) || point.Time > end || back >= buckets.Length) continue;
            (buckets[buckets.Length - 1 - back] ??= []).Add(point.Value);
            low = Math.Min(low, point.Value);
            high = Math.Max(high, point.Value);
        }
        return Array.ConvertAll(buckets, b => b is null ? double.NaN : Order.MedianInPlace(b.ToArray()));
    }

    private static bool IsMaterial(double from, double to, Bound? target, Bound? critical)
    {
        double movement = Math.Abs(to - from);
        if (movement == 0) return false;
        if (movement >= MinimumPercent / 100 * Math.Max(Math.Abs(from), Math.Abs(to))) return true;
        if (target is null || critical is null) return false;
        double margin = Margin(target, critical);
        return margin > 0 && movement >= MinimumPercentOfMargin / 100 * margin;
    }

    private static double Margin(Bound target, Bound critical) => target.Operator == BoundOperator.Within
        ? Math.Min(Math.Abs(critical.Low - target.High), Math.Abs(critical.High - target.Low))
        : Math.Abs(critical.Low - target.High);

    private static TrendDirection Judge(double from, double to, Bound? target, Bound? critical)
    {
        var preference = Preference.Of(target, critical);
        if (preference.Direction == BetterDirection.Unknown) return TrendDirection.Unjudged;
        double before = preference.Badness(from);
        double after = preference.Badness(to);
        // Towards a range, only the part of the movement outside it counts.
        if (preference.Direction == BetterDirection.Inside && !IsMaterial(from, from + (after - before), target, critical)) return TrendDirection.Stable;
        return after < before ? TrendDirection.Improving : after > before ? TrendDirection.Degrading : TrendDirection.Stable;
    }
}
