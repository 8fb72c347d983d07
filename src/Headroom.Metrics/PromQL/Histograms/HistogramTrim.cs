using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.PromQL.Histograms;

/// <summary>
/// The operators <c>&lt;/</c> and <c>&gt;/</c>: a histogram without the observations above or below a value. What
/// remains of a bucket that the value cuts is estimated as for quantiles; the sum is estimated anew from the middles of
/// what remains, and stays exact when nothing is cut off.
/// </summary>
internal static class HistogramTrim
{
    /// <summary>Keeps observations up to a value (<paramref name="upper"/>) or from it on.</summary>
    public static Histogram Trim(Histogram h, double value, bool upper)
    {
        if (double.IsNaN(value)) return Emptied(h);
        bool custom = h.IsCustom();
        bool cut = false;
        double count = 0, sum = 0;
        var positive = new double[h.Positive.Counts.Length];
        for (int i = 0; i < positive.Length; i++) positive[i] = Keep(BucketView.PositiveAt(h, i), custom);
        var negative = new double[h.Negative.Counts.Length];
        for (int i = 0; i < negative.Length; i++) negative[i] = Keep(BucketView.NegativeAt(h, i), custom);
        double zero = h.ZeroCount;
        if (!custom && h.ZeroCount != 0) zero = Keep(ZeroOf(h), true);
        if (!cut) return h;
        return h.With(
            count: count, sum: sum, zeroCount: zero,
            positive: new Buckets(h.Positive.Indexes, positive), negative: new Buckets(h.Negative.Indexes, negative)).Compact();

        double Keep(Bucket bucket, bool linear)
        {
            if (bucket.Count == 0) return 0;
            double kept, low = bucket.Lower, high = bucket.Upper;
            if (upper ? high <= value : low >= value) kept = bucket.Count;
            else if (upper ? low >= value : high <= value) kept = 0;
            else
            {
                double below = Below(bucket, value, linear);
                kept = upper ? below : bucket.Count - below;
                if (upper) high = value;
                else low = value;
            }
            cut |= kept != bucket.Count;
            count += kept;
            if (kept != 0) sum += Middle(low, high, linear) * kept;
            return kept;
        }
    }

    // An open end cannot be interpolated: what lies in such a bucket is taken to be infinite, but for the lowest custom
    // bucket, which starts at zero when it ends above it.
    private static double Below(Bucket bucket, double value, bool linear)
    {
        if (double.IsPositiveInfinity(bucket.Upper)) return 0;
        if (!double.IsNegativeInfinity(bucket.Lower)) return HistogramStatistics.CountBelow(bucket, value, linear);
        if (bucket.Upper <= 0) return bucket.Count;
        return value > 0 ? bucket.Count * (value / bucket.Upper) : 0;
    }

    private static Bucket ZeroOf(Histogram h)
    {
        var zero = BucketView.Zero(h);
        bool anyNegative = h.Negative.Counts.Length > 0, anyPositive = h.Positive.Counts.Length > 0;
        if (!anyNegative && anyPositive) return zero with { Lower = 0 };
        if (anyNegative && !anyPositive) return zero with { Upper = 0 };
        return zero;
    }

    private static double Middle(double low, double high, bool linear)
    {
        if (double.IsNegativeInfinity(low)) return double.IsPositiveInfinity(high) ? 0 : high > 0 ? high / 2 : high;
        if (double.IsPositiveInfinity(high)) return low;
        if (linear) return (low + high) / 2;
        double middle = Math.Sqrt(Math.Abs(low * high));
        return high > 0 ? middle : -middle;
    }

    private static Histogram Emptied(Histogram h) =>
        h.With(count: 0, sum: 0, zeroCount: 0, positive: Buckets.Empty, negative: Buckets.Empty);
}
