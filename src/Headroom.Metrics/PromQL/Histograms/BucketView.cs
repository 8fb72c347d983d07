using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.PromQL.Histograms;

/// <summary>One bucket with its borders.</summary>
internal readonly record struct Bucket(double Lower, double Upper, bool LowerInclusive, bool UpperInclusive, double Count);

/// <summary>
/// The buckets of a histogram in ascending order of value: negative ones from the largest magnitude, the zero bucket,
/// positive ones. Borders are computed when asked for, since finding a quantile needs those of one bucket only.
/// </summary>
internal readonly struct BucketView(Histogram histogram)
{
    private readonly Buckets _negative = histogram.Negative;
    private readonly Buckets _positive = histogram.Positive;
    private readonly bool _zero = histogram.CustomBounds is null && histogram.ZeroCount != 0;

    public int Length => NegativeLength + (_zero ? 1 : 0) + _positive.Counts.Length;

    private int NegativeLength => histogram.CustomBounds is null ? _negative.Counts.Length : 0;

    public double CountAt(int position)
    {
        int negative = NegativeLength;
        if (position < negative) return _negative.Counts[negative - 1 - position];
        position -= negative;
        if (_zero && position-- == 0) return histogram.ZeroCount;
        return _positive.Counts[position];
    }

    public Bucket this[int position]
    {
        get
        {
            int negative = NegativeLength;
            if (position < negative) return NegativeAt(histogram, negative - 1 - position);
            position -= negative;
            if (_zero && position-- == 0) return Zero(histogram);
            return PositiveAt(histogram, position);
        }
    }

    public static Bucket Zero(Histogram histogram) =>
        new(-histogram.ZeroThreshold, histogram.ZeroThreshold, true, true, histogram.ZeroCount);

    public static Bucket PositiveAt(Histogram histogram, int position)
    {
        int index = histogram.Positive.Indexes[position];
        double count = histogram.Positive.Counts[position];
        if (histogram.CustomBounds is { } bounds)
            return new(CustomLower(bounds, index), CustomUpper(bounds, index), index == 0, true, count);
        return new(Bounds.Exponential(histogram.Scale, index), Bounds.Exponential(histogram.Scale, index + 1L), false, true, count);
    }

    public static Bucket NegativeAt(Histogram histogram, int position)
    {
        int index = histogram.Negative.Indexes[position];
        return new(-Bounds.Exponential(histogram.Scale, index + 1L), -Bounds.Exponential(histogram.Scale, index), true, false, histogram.Negative.Counts[position]);
    }

    private static double CustomLower(double[] bounds, int index) => index <= 0 ? double.NegativeInfinity : bounds[Math.Min(index, bounds.Length) - 1];

    private static double CustomUpper(double[] bounds, int index) => index >= bounds.Length ? double.PositiveInfinity : bounds[index];
}

/// <summary>Borders of exponential buckets.</summary>
internal static class Bounds
{
    /// <summary>base^index with base = 2^(2^-scale). The border at 2^1024 is the largest float, so that only infinities lie beyond it.</summary>
    public static double Exponential(int scale, long index)
    {
        if (scale <= 0)
        {
            double exponent = Math.ScaleB((double)index, -scale);
            return exponent == 1024 ? double.MaxValue : Math.ScaleB(1, (int)Math.Clamp(exponent, -5000, 5000));
        }
        long whole = index >> scale;
        long part = index & ((1L << scale) - 1);
        if (part == 0 && whole == 1024) return double.MaxValue;
        double fraction = part == 0 ? 1 : Math.Pow(2, Math.ScaleB((double)part, -scale));
        return Math.ScaleB(fraction, (int)Math.Clamp(whole, -5000, 5000));
    }
}
