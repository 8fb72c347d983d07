using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.PromQL.Histograms;

/// <summary>Changes of a histogram's layout that keep its observations: resolution, width of the zero bucket, custom bounds.</summary>
internal static class HistogramShape
{
    public static bool IsCustom(this Histogram histogram) => histogram.CustomBounds is not null;

    /// <summary>A histogram like this one with other contents.</summary>
    public static Histogram With(
        this Histogram h, double? count = null, double? sum = null, double? zeroCount = null, double? zeroThreshold = null,
        int? scale = null, Buckets? positive = null, Buckets? negative = null, double[]? customBounds = null, ResetHint? reset = null) => new()
        {
            Scale = scale ?? h.Scale,
            ZeroThreshold = zeroThreshold ?? h.ZeroThreshold,
            ZeroCount = zeroCount ?? h.ZeroCount,
            Count = count ?? h.Count,
            Sum = sum ?? h.Sum,
            Positive = positive ?? h.Positive,
            Negative = negative ?? h.Negative,
            CustomBounds = customBounds ?? h.CustomBounds,
            Reset = reset ?? h.Reset,
        };

    /// <summary>The same at a lower resolution (the scale is never raised).</summary>
    public static Histogram ToScale(this Histogram h, int scale)
    {
        if (h.IsCustom() || scale >= h.Scale) return h;
        int by = h.Scale - scale;
        return h.With(scale: scale, positive: Downscale(h.Positive, by), negative: Downscale(h.Negative, by));
    }

    public static Buckets Downscale(Buckets buckets, int by)
    {
        if (buckets.Indexes.Length == 0) return buckets;
        var indexes = new int[buckets.Indexes.Length];
        var counts = new double[buckets.Indexes.Length];
        int n = -1;
        for (int i = 0; i < buckets.Indexes.Length; i++)
        {
            // Bucket i covers (base^i, base^(i+1)], so halving the resolution is a plain arithmetic shift.
            int index = by >= 32 ? (buckets.Indexes[i] < 0 ? -1 : 0) : buckets.Indexes[i] >> by;
            if (n < 0 || indexes[n] != index) indexes[++n] = index;
            counts[n] += buckets.Counts[i];
        }
        return new Buckets(indexes[..(n + 1)], counts[..(n + 1)]);
    }

    /// <summary>The same without buckets that hold nothing.</summary>
    public static Histogram Compact(this Histogram h)
    {
        var positive = WithoutEmpty(h.Positive);
        var negative = WithoutEmpty(h.Negative);
        return ReferenceEquals(positive, h.Positive) && ReferenceEquals(negative, h.Negative) ? h : h.With(positive: positive, negative: negative);
    }

    private static Buckets WithoutEmpty(Buckets buckets)
    {
        if (!buckets.Counts.AsSpan().Contains(0)) return buckets;
        var indexes = new List<int>(buckets.Indexes.Length);
        var counts = new List<double>(buckets.Indexes.Length);
        for (int i = 0; i < buckets.Counts.Length; i++)
        {
            if (buckets.Counts[i] == 0) continue;
            indexes.Add(buckets.Indexes[i]);
            counts.Add(buckets.Counts[i]);
        }
        return indexes.Count == 0 ? Buckets.Empty : new Buckets([.. indexes], [.. counts]);
    }

    /// <summary>
    /// The zero bucket as it would be with a threshold at least this large; where that would cut a populated bucket in
    /// two, the threshold moves on to the bucket's border.
    /// </summary>
    public static (double Count, double Threshold) ZeroFor(Histogram h, double threshold)
    {
        while (true)
        {
            double count = h.ZeroCount;
            double needed = Absorb(h.Positive, h.Scale, threshold, ref count);
            needed = Math.Max(needed, Absorb(h.Negative, h.Scale, threshold, ref count));
            if (needed <= threshold) return (count, threshold);
            threshold = needed;
        }
    }

    private static double Absorb(Buckets buckets, int scale, double threshold, ref double count)
    {
        for (int i = 0; i < buckets.Indexes.Length; i++)
        {
            if (Bounds.Exponential(scale, buckets.Indexes[i]) >= threshold) break;
            if (buckets.Counts[i] == 0) continue;
            count += buckets.Counts[i];
            double upper = Bounds.Exponential(scale, buckets.Indexes[i] + 1L);
            if (upper > threshold) return upper;
        }
        return threshold;
    }

    /// <summary>The same with a zero bucket at least this wide; buckets within it are folded into it.</summary>
    public static Histogram WidenZero(this Histogram h, double threshold)
    {
        if (h.IsCustom() || threshold <= h.ZeroThreshold) return h;
        var (count, reached) = ZeroFor(h, threshold);
        return h.With(zeroCount: count, zeroThreshold: reached, positive: Above(h.Positive, h.Scale, reached), negative: Above(h.Negative, h.Scale, reached));
    }

    private static Buckets Above(Buckets buckets, int scale, double threshold)
    {
        int from = 0;
        while (from < buckets.Indexes.Length && Bounds.Exponential(scale, buckets.Indexes[from]) < threshold) from++;
        return from == 0 ? buckets : new Buckets(buckets.Indexes[from..], buckets.Counts[from..]);
    }

    /// <summary>Gives two exponential histograms the same zero bucket.</summary>
    public static void ReconcileZero(ref Histogram a, ref Histogram b)
    {
        while (a.ZeroThreshold != b.ZeroThreshold)
        {
            if (a.ZeroThreshold > b.ZeroThreshold) b = b.WidenZero(a.ZeroThreshold);
            else a = a.WidenZero(b.ZeroThreshold);
        }
    }

    public static bool SameBounds(double[]? a, double[]? b) =>
        ReferenceEquals(a, b) || (a is not null && b is not null && a.AsSpan().SequenceEqual(b));

    /// <summary>The bounds that both lists have, ascending.</summary>
    public static double[] CommonBounds(double[] a, double[] b)
    {
        var common = new List<double>(Math.Min(a.Length, b.Length));
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            if (a[i] == b[j])
            {
                common.Add(a[i]);
                i++;
                j++;
            }
            else if (a[i] < b[j]) i++;
            else j++;
        }
        return [.. common];
    }

    /// <summary>The same with fewer custom bounds, each of which it has.</summary>
    public static Histogram ToBounds(this Histogram h, double[] bounds)
    {
        if (SameBounds(h.CustomBounds, bounds)) return h;
        var old = h.CustomBounds!;
        var counts = new double[bounds.Length + 1];
        for (int i = 0; i < h.Positive.Indexes.Length; i++)
        {
            int index = h.Positive.Indexes[i];
            int into = index >= old.Length ? bounds.Length : Array.BinarySearch(bounds, old[index]);
            counts[into < 0 ? ~into : into] += h.Positive.Counts[i];
        }
        return h.With(customBounds: bounds, positive: WithoutEmpty(new Buckets([.. Enumerable.Range(0, counts.Length)], counts)));
    }
}
