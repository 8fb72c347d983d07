using Headroom.Metrics;
using Headroom.Metrics.Histograms;

namespace Headroom.Server.Export;

/// <summary>
/// Native histograms as the classic ones that text formats have: cumulative counts at upper bounds. The bounds are those
/// of every bucket that any sample of the series fills, so that each sample has the same ones and counts stay exact.
/// </summary>
internal static class ClassicHistogram
{
    /// <summary>The upper bounds to write for a series, ascending, without +Inf.</summary>
    public static double[] BoundsOf(SampleBuffer samples)
    {
        var bounds = new SortedSet<double>();
        for (int i = 0; i < samples.Count; i++)
            if (samples.HistogramAt(i) is { } histogram)
                Collect(histogram, bounds);
        bounds.Remove(double.PositiveInfinity);
        return [.. bounds];
    }

    private static void Collect(Histogram histogram, SortedSet<double> into)
    {
        if (histogram.CustomBounds is { } custom)
        {
            into.UnionWith(custom);
            return;
        }
        if (histogram.ZeroCount > 0) into.Add(histogram.ZeroThreshold);
        foreach (int index in histogram.Positive.Indexes) into.Add(ExponentialBuckets.UpperBound(index, histogram.Scale));
        foreach (int index in histogram.Negative.Indexes) into.Add(-ExponentialBuckets.LowerBound(index, histogram.Scale));
    }
}
