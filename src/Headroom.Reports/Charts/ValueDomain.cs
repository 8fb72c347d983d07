using Headroom.Objectives.Kpis;

namespace Headroom.Reports.Charts;

/// <summary>Decides which values a chart spans.</summary>
internal static class ValueDomain
{
    // Nearer to zero than this cannot be told from zero on any screen, and its reciprocal overflows.
    private const double Nothing = 1e-290;

    /// <summary>
    /// The span of the data, with zero when the data come near it, and with each bound that does not squeeze the data
    /// into a sliver; a bound left out is drawn as a note at the edge.
    /// </summary>
    public static (double Low, double High) Of(double min, double max, Bound? target, Bound? critical)
    {
        if (min > max)
        {
            // No data: show the bounds alone.
            double[] ends = [.. Ends(target), .. Ends(critical)];
            if (ends.Length == 0) return (0, 1);
            (min, max) = (Math.Min(0, ends.Min()), Math.Min(Math.Max(0, ends.Max()) * 1.5, double.MaxValue));
        }
        double low = Snap(min), high = Snap(max);
        if (low >= 0 && low <= 0.6 * high) low = 0;
        if (high <= 0 && high >= 0.6 * low) high = 0;

        foreach (double end in Ends(target)) (low, high) = Stretch(low, high, end, mostStretch: 5);
        foreach (double end in Ends(critical)) (low, high) = Stretch(low, high, end, mostStretch: 2);
        if (low > 0 && low <= 0.5 * high) low = 0;

        // A constant is drawn in the middle of a span of its own size, and noise in the last digits stays small.
        double most = Math.Max(Math.Abs(low), Math.Abs(high));
        if (most == 0) return (0, 1);
        double room = most * (low == high ? 0.1 : 1e-3);
        if ((high / 2) - (low / 2) < room / 2) (low, high) = (low - room, high + room);
        return (Math.Max(low, -double.MaxValue), Math.Min(high, double.MaxValue));
    }

    /// <summary>Zero for what cannot be told from it.</summary>
    public static double Snap(double value) => Math.Abs(value) < Nothing ? 0 : value;

    public static IEnumerable<double> Ends(Bound? bound)
    {
        if (bound is null) yield break;
        if (double.IsFinite(bound.Low)) yield return bound.Low;
        if (double.IsFinite(bound.High) && bound.High != bound.Low) yield return bound.High;
    }

    private static (double Low, double High) Stretch(double low, double high, double end, double mostStretch)
    {
        double now = Math.Max((high / 2) - (low / 2), Math.Max(Math.Abs(low), Math.Abs(high)) * 0.05);
        double newLow = Math.Min(low, Snap(end)), newHigh = Math.Max(high, Snap(end));
        double then = (newHigh / 2) - (newLow / 2);
        return then <= now * mostStretch ? (newLow, newHigh) : (low, high);
    }
}
