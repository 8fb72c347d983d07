using System.Globalization;
using System.Text.Json;
using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Prometheus;

/// <summary>
/// Native histograms as the Prometheus HTTP API writes them: count, sum, and the populated buckets as
/// <c>[rule, left, right, count]</c>. The resolution is not in it; it follows from the width of any one bucket.
/// </summary>
internal static class HistogramJson
{
    private const int BothClosed = 3;
    private const double RelativeTolerance = 1e-9;

    /// <summary>Reads a histogram.</summary>
    /// <exception cref="FormatException">It is not one.</exception>
    public static Histogram Read(JsonElement json)
    {
        double count = Number(json.GetProperty("count")), sum = Number(json.GetProperty("sum"));
        var buckets = new List<(int Rule, double Left, double Right, double Count)>();
        if (json.TryGetProperty("buckets", out var array))
            foreach (var bucket in array.EnumerateArray())
                buckets.Add((bucket[0].GetInt32(), Number(bucket[1]), Number(bucket[2]), Number(bucket[3])));
        double zeroThreshold = 0, zeroCount = 0;
        var sided = new List<(double Left, double Right, double Count)>();
        bool custom = false;
        foreach (var (rule, left, right, held) in buckets)
        {
            if (rule == BothClosed && left <= 0 && right >= 0 && left == -right) (zeroThreshold, zeroCount) = (right, held);
            else sided.Add((left, right, held));
            // Only custom buckets reach from one side of zero to the other, or to infinity.
            custom |= rule != BothClosed && (double.IsInfinity(left) || left <= 0 && right > 0 || left == 0);
        }
        int scale = 0;
        if (!custom && sided.Count > 0 && !TryScale(sided, out scale)) custom = true;
        if (custom) return Custom(count, sum, sided);

        return new Histogram
        {
            Scale = scale,
            Count = count,
            Sum = sum,
            ZeroThreshold = zeroThreshold,
            ZeroCount = zeroCount,
            Positive = Side([.. sided.Where(b => b.Right > 0)], scale, b => b.Right),
            Negative = Side([.. sided.Where(b => b.Right <= 0 && b.Left < 0).Reverse()], scale, b => -b.Left),
        };
    }

    /// <summary>A number as the API writes it: a text, with <c>+Inf</c>, <c>-Inf</c> and <c>NaN</c>.</summary>
    public static double Number(JsonElement json) => Number(json.GetString() ?? throw new FormatException("a number is null"));

    /// <inheritdoc cref="Number(JsonElement)"/>
    public static double Number(string text) => text switch
    {
        "+Inf" or "Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    // base = right/left = 2^(2^-scale), and every bound must be a power of it.
    private static bool TryScale(List<(double Left, double Right, double Count)> buckets, out int scale)
    {
        scale = 0;
        bool first = true;
        foreach (var (left, right, _) in buckets)
        {
            double low = Math.Min(Math.Abs(left), Math.Abs(right)), high = Math.Max(Math.Abs(left), Math.Abs(right));
            if (low == 0 || double.IsInfinity(high)) continue;
            double octaves = Math.Log2(high) - Math.Log2(low);
            int here = (int)Math.Round(-Math.Log2(octaves));
            if (Math.Abs(Math.ScaleB(octaves, here) - 1) > 1e-6 || here is < ExponentialBuckets.MinScale or > 8) return false;
            if (!first && here != scale) return false;
            (scale, first) = (here, false);
        }
        foreach (var (left, right, _) in buckets)
        {
            double high = Math.Max(Math.Abs(left), Math.Abs(right));
            if (double.IsInfinity(high)) continue;
            double bound = ExponentialBuckets.UpperBound(IndexOf(high, scale), scale);
            if (Math.Abs(bound - high) > high * RelativeTolerance) return false;
        }
        return !first;
    }

    private static int IndexOf(double upper, int scale) => (int)Math.Round(Math.ScaleB(Math.Log2(upper), scale)) - 1;

    private static Buckets Side(List<(double Left, double Right, double Count)> buckets, int scale, Func<(double Left, double Right, double Count), double> upper) =>
        buckets.Count == 0 ? Buckets.Empty : Ascending(new Buckets([.. buckets.Select(b => IndexOf(upper(b), scale))], [.. buckets.Select(b => b.Count)]));

    private static Buckets Ascending(Buckets buckets)
    {
        for (int i = 1; i < buckets.Indexes.Length; i++)
            if (buckets.Indexes[i] <= buckets.Indexes[i - 1]) throw new FormatException("the buckets of a histogram do not ascend");
        return buckets;
    }

    private static Histogram Custom(double count, double sum, List<(double Left, double Right, double Count)> buckets)
    {
        // Buckets without counts are not written, so bounds between two may be unknown; what is known keeps its place.
        var bounds = new SortedSet<double>();
        foreach (var (left, right, _) in buckets)
        {
            if (!double.IsInfinity(left)) bounds.Add(left);
            if (!double.IsInfinity(right)) bounds.Add(right);
        }
        double[] all = [.. bounds];
        return new Histogram
        {
            Count = count,
            Sum = sum,
            CustomBounds = all,
            Positive = Ascending(new Buckets(
                [.. buckets.Select(b => double.IsInfinity(b.Right) ? all.Length : Array.BinarySearch(all, b.Right))],
                [.. buckets.Select(b => b.Count)])),
        };
    }
}
