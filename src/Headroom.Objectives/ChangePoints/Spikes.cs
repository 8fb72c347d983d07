using Headroom.Objectives.Statistics;

namespace Headroom.Objectives.ChangePoints;

/// <summary>Clips lone spikes, which would pass for changes and widen the noise; changes that last stay (Hampel's identifier).</summary>
internal static class Spikes
{
    private const int Reach = 4;
    private const double Spreads = 3;

    /// <summary>Brings values further than 3 spreads from the median of the nine around them back to that distance, in place.</summary>
    public static void Clip(Span<double> values)
    {
        int n = values.Length;
        var median = new double[n];
        var distance = new double[n];
        Span<double> window = stackalloc double[(2 * Reach) + 1];
        for (int i = 0; i < n; i++)
        {
            int start = Math.Max(0, i - Reach);
            int length = Math.Min(n, i + Reach + 1) - start;
            values.Slice(start, length).CopyTo(window);
            median[i] = Order.MedianInPlace(window[..length]);
            distance[i] = Math.Abs(values[i] - median[i]);
        }
        double spread = 1.4826 * Order.Median(distance);
        if (spread == 0) spread = 1.2533 * Mean(distance);
        for (int i = 0; i < n; i++) values[i] = Math.Clamp(values[i], median[i] - (Spreads * spread), median[i] + (Spreads * spread));
    }

    private static double Mean(double[] values)
    {
        double sum = 0;
        foreach (double value in values) sum += value;
        return sum / values.Length;
    }
}
