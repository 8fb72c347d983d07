namespace Headroom.Metrics.PromQL.Aggregations;

/// <summary>Quantiles of plain values, interpolated between ranks.</summary>
internal static class Quantiles
{
    /// <summary>The quantile of ascending values (NaN first): -Inf below 0, +Inf above 1, NaN of nothing.</summary>
    public static double OfSorted(double q, ReadOnlySpan<double> sorted)
    {
        if (sorted.Length == 0 || double.IsNaN(q)) return double.NaN;
        if (q < 0) return double.NegativeInfinity;
        if (q > 1) return double.PositiveInfinity;
        double rank = q * (sorted.Length - 1);
        int lower = (int)Math.Max(0, Math.Floor(rank)), upper = Math.Min(sorted.Length - 1, lower + 1);
        double weight = rank - Math.Floor(rank);
        return (sorted[lower] * (1 - weight)) + (sorted[upper] * weight);
    }
}
