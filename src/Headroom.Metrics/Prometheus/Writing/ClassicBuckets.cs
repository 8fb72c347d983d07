using System.Globalization;
using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Prometheus;

/// <summary>
/// A native histogram as classic series: cumulative counts at fixed bounds. A bucket that a bound cuts counts below it
/// only when it lies there entirely, so a count is never too high.
/// </summary>
internal static class ClassicBuckets
{
    /// <summary>Upper bounds in the metric's own unit: OpenTelemetry's for seconds, drawn out to an hour.</summary>
    public static IReadOnlyList<double> Bounds { get; } =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300, 3600];

    private static readonly string[] Texts = [.. Bounds.Select(b => b.ToString(CultureInfo.InvariantCulture)), "+Inf"];

    /// <summary>The samples of one histogram: <c>_bucket</c> at each bound, <c>_sum</c> and <c>_count</c>.</summary>
    public static IEnumerable<OutgoingSample> Of(Labels labels, long time, Histogram histogram, SampleKind kind, int index)
    {
        string name = labels.Name;
        var bucket = labels.With(Labels.MetricName, name + "_bucket");
        for (int i = 0; i < Texts.Length; i++)
        {
            double below = i == Bounds.Count ? histogram.Count : Below(histogram, Bounds[i]);
            yield return new OutgoingSample(bucket.With("le", Texts[i]), time, below, null, kind, index);
        }
        yield return new OutgoingSample(labels.With(Labels.MetricName, name + "_sum"), time, histogram.Sum, null, kind, index);
        yield return new OutgoingSample(labels.With(Labels.MetricName, name + "_count"), time, histogram.Count, null, kind, index);
    }

    private static double Below(Histogram histogram, double bound)
    {
        double count = 0;
        if (histogram.CustomBounds is { } bounds)
        {
            for (int i = 0; i < histogram.Positive.Indexes.Length; i++)
                if (histogram.Positive.Indexes[i] < bounds.Length && bounds[histogram.Positive.Indexes[i]] <= bound) count += histogram.Positive.Counts[i];
            return count;
        }
        foreach (double negative in histogram.Negative.Counts) count += negative;
        if (histogram.ZeroThreshold <= bound) count += histogram.ZeroCount;
        for (int i = 0; i < histogram.Positive.Indexes.Length; i++)
        {
            if (ExponentialBuckets.UpperBound(histogram.Positive.Indexes[i], histogram.Scale) > bound) break;
            count += histogram.Positive.Counts[i];
        }
        return count;
    }
}
