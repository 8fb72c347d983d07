namespace Headroom.Metrics.Histograms;

public sealed partial class Histogram
{
    /// <summary>
    /// The value below or at which the fraction <paramref name="q"/> of the observations lies, by nearest rank: the bucket
    /// of the ⌈q·n⌉th smallest (the smallest for 0). The answer is 2ab/(a+b) of its bucket (a, b], which is at most 0.542%
    /// from the exact value for data recorded at scale 6, or (base-1)/(base+1) at another. The zero bucket answers 0, a
    /// bucket between custom bounds its middle (at the open ends, the bound). Observations that are NaN do not take part.
    /// </summary>
    /// <returns>NaN when there is no observation.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="q"/> is NaN or outside 0 to 1.</exception>
    public double Quantile(double q)
    {
        if (!(q >= 0 && q <= 1)) throw new ArgumentOutOfRangeException(nameof(q), q, "a quantile lies between 0 and 1");
        double total = BucketedCount;
        if (!(total > 0)) return double.NaN;

        double rank = q * total;
        // Scaled histograms (a rate, say) have fractional counts, and among those a rank need not be whole.
        if (total == Math.Floor(total)) rank = Math.Clamp(Math.Ceiling(rank), 1, total);

        double seen = 0;
        double last = double.NaN;
        for (int i = Negative.Indexes.Length - 1; i >= 0; i--)
            if (Reached(Negative.Counts[i]))
                return -ExponentialBuckets.Midpoint(Negative.Indexes[i], Scale);
            else if (Negative.Counts[i] > 0)
                last = -ExponentialBuckets.Midpoint(Negative.Indexes[i], Scale);
        if (Reached(ZeroCount)) return 0;
        if (ZeroCount > 0) last = 0;
        int lastPositive = -1;
        for (int i = 0; i < Positive.Indexes.Length; i++)
        {
            if (Reached(Positive.Counts[i])) return PositiveValue(i);
            if (Positive.Counts[i] > 0) lastPositive = i;
        }
        // Rounding of fractional counts can leave the sum a hair under the rank.
        return lastPositive >= 0 ? PositiveValue(lastPositive) : last;

        bool Reached(double count)
        {
            seen += count;
            return count > 0 && seen >= rank;
        }
    }

    /// <summary>
    /// The lowest value an observation can have had: the lower bound of the lowest populated bucket; NaN when there is none.
    /// </summary>
    public double LowerBound
    {
        get
        {
            for (int i = Negative.Indexes.Length - 1; i >= 0; i--)
                if (Negative.Counts[i] > 0)
                    return -ExponentialBuckets.UpperBound(Negative.Indexes[i], Scale);
            if (ZeroCount > 0) return -ZeroThreshold;
            for (int i = 0; i < Positive.Indexes.Length; i++)
                if (Positive.Counts[i] > 0)
                    return PositiveRange(i).Lower;
            return double.NaN;
        }
    }

    /// <summary>
    /// The highest value an observation can have had: the upper bound of the highest populated bucket; NaN when there is none.
    /// </summary>
    public double UpperBound
    {
        get
        {
            for (int i = Positive.Indexes.Length - 1; i >= 0; i--)
                if (Positive.Counts[i] > 0)
                    return PositiveRange(i).Upper;
            if (ZeroCount > 0) return ZeroThreshold;
            for (int i = 0; i < Negative.Indexes.Length; i++)
                if (Negative.Counts[i] > 0)
                    return -ExponentialBuckets.LowerBound(Negative.Indexes[i], Scale);
            return double.NaN;
        }
    }

    /// <summary>
    /// How many observations are at most <paramref name="value"/>: exact where the value bounds a bucket; inside one,
    /// interpolated, along the logarithm in exponential buckets and along the value in the zero bucket and between custom
    /// bounds. With <see cref="CountAbove"/> it adds up to all observations but those that are NaN.
    /// </summary>
    /// <returns>NaN when <paramref name="value"/> is NaN.</returns>
    public double CountAtOrBelow(double value)
    {
        if (double.IsNaN(value)) return double.NaN;
        double count = 0;
        for (int i = 0; i < Negative.Indexes.Length; i++)
            count += Negative.Counts[i] * (1 - FractionBelow(-value, Negative.Indexes[i]));
        if (ZeroCount > 0)
            count += value >= ZeroThreshold ? ZeroCount : value < -ZeroThreshold ? 0 : ZeroCount * ((value + ZeroThreshold) / (2 * ZeroThreshold));
        for (int i = 0; i < Positive.Indexes.Length; i++)
        {
            double part = CustomBounds is null ? FractionBelow(value, Positive.Indexes[i]) : FractionBetween(value, PositiveRange(i));
            if (part == 0) break;
            count += Positive.Counts[i] * part;
        }
        return count;
    }

    /// <summary>How many observations are above <paramref name="value"/>; see <see cref="CountAtOrBelow"/>.</summary>
    public double CountAbove(double value) => BucketedCount - CountAtOrBelow(value);

    /// <summary>All observations but those that are NaN, which are in <see cref="Count"/> and in no bucket.</summary>
    public double BucketedCount => ZeroCount + Positive.Total() + Negative.Total();

    /// <summary>Which part of a bucket of magnitudes lies at or below a magnitude.</summary>
    private double FractionBelow(double magnitude, int index)
    {
        if (!(magnitude > ExponentialBuckets.LowerBound(index, Scale))) return 0;
        if (magnitude >= ExponentialBuckets.UpperBound(index, Scale)) return 1;
        return Math.Clamp(Math.ScaleB(Math.Log2(magnitude), Scale) - index, 0, 1);
    }

    private static double FractionBetween(double value, (double Lower, double Upper) range)
    {
        if (value >= range.Upper) return 1;
        if (!(value > range.Lower)) return 0;
        // Nothing is known about where values lie in an open end: all of them, on the far side.
        if (double.IsInfinity(range.Upper)) return 0;
        return double.IsInfinity(range.Lower) ? 1 : (value - range.Lower) / (range.Upper - range.Lower);
    }

    private double PositiveValue(int position)
    {
        if (CustomBounds is null) return ExponentialBuckets.Midpoint(Positive.Indexes[position], Scale);
        var (lower, upper) = PositiveRange(position);
        return double.IsInfinity(upper) ? lower : double.IsInfinity(lower) ? upper : lower + (upper - lower) / 2;
    }

    private (double Lower, double Upper) PositiveRange(int position)
    {
        int index = Positive.Indexes[position];
        if (CustomBounds is not { } bounds)
            return (ExponentialBuckets.LowerBound(index, Scale), ExponentialBuckets.UpperBound(index, Scale));
        double upper = index < bounds.Length ? bounds[index] : double.PositiveInfinity;
        // Below positive bounds values are taken to start at zero, as Prometheus does.
        double lower = index > 0 ? bounds[Math.Min(index, bounds.Length) - 1] : upper > 0 ? 0 : double.NegativeInfinity;
        return (lower, upper);
    }
}
