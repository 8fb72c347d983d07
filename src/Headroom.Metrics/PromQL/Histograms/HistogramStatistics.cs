using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.PromQL.Histograms;

/// <summary>
/// Estimates from buckets. Within a bucket observations are taken to be spread evenly: on a linear scale in the zero
/// bucket and in custom buckets, on a logarithmic one in exponential buckets ("native histograms" specification,
/// "Interpolation within a bucket").
/// </summary>
internal static class HistogramStatistics
{
    /// <summary>What observations of NaN, which are in no bucket, did to an estimate.</summary>
    public enum NaNEffect
    {
        None,
        Skewed,
        NoResult,
    }

    /// <summary>The value that a fraction <paramref name="q"/> of the observations do not exceed.</summary>
    public static double Quantile(double q, Histogram h, out NaNEffect effect)
    {
        effect = NaNEffect.None;
        if (q < 0) return double.NegativeInfinity;
        if (q > 1) return double.PositiveInfinity;
        if (h.Count == 0 || double.IsNaN(q)) return double.NaN;

        var view = new BucketView(h);
        bool nanSum = double.IsNaN(h.Sum);
        // From the nearer end, so that less rounding adds up. NaN observations count as the largest: from below only.
        bool forward = nanSum || q < 0.5;
        double rank = forward ? q * h.Count : (1 - q) * h.Count;
        double reached = 0;
        int position = -1;
        for (int i = 0; i < view.Length; i++)
        {
            int at = forward ? i : view.Length - 1 - i;
            double count = view.CountAt(at);
            if (count == 0) continue;
            position = at;
            reached += count;
            if (reached >= rank) break;
        }
        if (position < 0) return double.NaN;
        var bucket = Bounded(view[position], h);
        if (h.IsCustom())
        {
            if (double.IsNegativeInfinity(bucket.Lower)) return bucket.Upper;
            if (double.IsPositiveInfinity(bucket.Upper)) return bucket.Lower;
        }
        reached = Math.Min(reached, h.Count);
        if (reached < rank)
        {
            if (!nanSum) return forward ? bucket.Upper : bucket.Lower;
            effect = NaNEffect.NoResult;
            return double.NaN;
        }
        if (nanSum && Populated(view) < h.Count) effect = NaNEffect.Skewed;
        double inBucket = forward ? rank - (reached - bucket.Count) : reached - rank;
        return Interpolate(bucket, inBucket / bucket.Count, h.IsCustom());
    }

    private static double Populated(BucketView view)
    {
        double sum = 0;
        for (int i = 0; i < view.Length; i++) sum += view.CountAt(i);
        return sum;
    }

    /// <summary>
    /// The bucket with the side of zero cut off on which nothing was observed: a zero bucket between positive ones only
    /// holds positive values, and the lowest custom bucket starts at zero if it ends above it.
    /// </summary>
    private static Bucket Bounded(Bucket bucket, Histogram h)
    {
        if (h.IsCustom()) return double.IsNegativeInfinity(bucket.Lower) && bucket.Upper > 0 ? bucket with { Lower = 0 } : bucket;
        if (bucket.Lower > 0 || bucket.Upper < 0) return bucket;
        bool anyNegative = h.Negative.Counts.Length > 0, anyPositive = h.Positive.Counts.Length > 0;
        if (!anyNegative && anyPositive) return bucket with { Lower = 0 };
        if (anyNegative && !anyPositive) return bucket with { Upper = 0 };
        return bucket;
    }

    private static double Interpolate(Bucket bucket, double fraction, bool linear)
    {
        if (linear || (bucket.Lower <= 0 && bucket.Upper >= 0)) return bucket.Lower + ((bucket.Upper - bucket.Lower) * fraction);
        double low = Math.Log2(Math.Abs(bucket.Lower)), high = Math.Log2(Math.Abs(bucket.Upper));
        if (bucket.Lower > 0) return Math.Pow(2, low + ((high - low) * fraction));
        return -Math.Pow(2, high + ((low - high) * (1 - fraction)));
    }

    /// <summary>How many of a bucket's observations lie below a value within it.</summary>
    public static double CountBelow(Bucket bucket, double value, bool linear)
    {
        if (linear || (bucket.Lower <= 0 && bucket.Upper >= 0))
        {
            if (double.IsNegativeInfinity(bucket.Lower)) return bucket.Count;
            return double.IsPositiveInfinity(bucket.Upper) ? 0 : bucket.Count * ((value - bucket.Lower) / (bucket.Upper - bucket.Lower));
        }
        double low = Math.Log2(Math.Abs(bucket.Lower)), high = Math.Log2(Math.Abs(bucket.Upper)), at = Math.Log2(Math.Abs(value));
        double fraction = value > 0 ? (at - low) / (high - low) : 1 - ((at - high) / (low - high));
        return bucket.Count * fraction;
    }

    /// <summary>The fraction of all observations between two values. NaN observations are in no range.</summary>
    public static double Fraction(double lower, double upper, Histogram h)
    {
        if (h.Count == 0 || double.IsNaN(lower) || double.IsNaN(upper)) return double.NaN;
        if (lower >= upper) return 0;
        var view = new BucketView(h);
        double all = double.IsNaN(h.Sum) ? Populated(view) : h.Count;
        double below = 0, lowerRank = double.NaN, upperRank = double.NaN;
        for (int i = 0; i < view.Length && double.IsNaN(upperRank); i++)
        {
            var bucket = Bounded(view[i], h);
            if (double.IsNaN(lowerRank)) lowerRank = Rank(bucket, lower, below, h.IsCustom());
            upperRank = Rank(bucket, upper, below, h.IsCustom());
            below += bucket.Count;
        }
        if (double.IsNaN(lowerRank) || lowerRank > all) lowerRank = all;
        if (double.IsNaN(upperRank) || upperRank > all) upperRank = all;
        return (upperRank - lowerRank) / h.Count;
    }

    // NaN while the value lies above the bucket.
    private static double Rank(Bucket bucket, double value, double below, bool linear)
    {
        if (bucket.Lower >= value) return below;
        return bucket.Upper > value ? below + CountBelow(bucket, value, linear) : double.NaN;
    }

    /// <summary>Variance, taking every observation to lie at the middle of its bucket (geometric in exponential ones).</summary>
    public static double Variance(Histogram h)
    {
        double mean = h.Sum / h.Count;
        var squares = new Kahan();
        var view = new BucketView(h);
        for (int i = 0; i < view.Length; i++)
        {
            if (view.CountAt(i) == 0) continue;
            var bucket = view[i];
            double middle;
            if (h.IsCustom()) middle = (bucket.Upper + bucket.Lower) / 2;
            else if (bucket.Lower <= 0 && bucket.Upper >= 0) middle = 0;
            else
            {
                middle = Math.Sqrt(bucket.Upper * bucket.Lower);
                if (bucket.Upper < 0) middle = -middle;
            }
            double delta = middle - mean;
            squares.Add(bucket.Count * delta * delta);
        }
        return squares.Value / h.Count;
    }
}
