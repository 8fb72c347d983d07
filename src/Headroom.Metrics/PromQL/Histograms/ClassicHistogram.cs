namespace Headroom.Metrics.PromQL.Histograms;

/// <summary>A bucket of a classic histogram: everything up to its upper bound.</summary>
internal record struct ClassicBucket(double Upper, double Count);

/// <summary>Estimates from classic histograms, whose buckets are cumulative float series told apart by <c>le</c>.</summary>
internal static class ClassicHistogram
{
    /// <summary>Relative difference below which two neighbouring counts are taken as equal; rounding makes such.</summary>
    private const double Tolerance = 1e-12;

    /// <summary>
    /// The quantile. Buckets need no order and are changed. <paramref name="forced"/>: a bucket held less than one below
    /// it, by more than rounding.
    /// </summary>
    public static double Quantile(double q, List<ClassicBucket> buckets, out bool forced)
    {
        forced = false;
        if (double.IsNaN(q)) return double.NaN;
        if (q < 0) return double.NegativeInfinity;
        if (q > 1) return double.PositiveInfinity;
        buckets.Sort(static (a, b) => a.Upper.CompareTo(b.Upper));
        if (!double.IsPositiveInfinity(buckets[^1].Upper)) return double.NaN;
        Coalesce(buckets);
        forced = MakeMonotonic(buckets);
        if (buckets.Count < 2) return double.NaN;
        double observations = buckets[^1].Count;
        if (observations == 0) return double.NaN;

        double rank = q * observations;
        int at = 0;
        while (at < buckets.Count - 1 && !(buckets[at].Count >= rank)) at++;
        if (at == buckets.Count - 1) return buckets[^2].Upper;
        if (at == 0 && buckets[0].Upper <= 0) return buckets[0].Upper;
        double start = 0, end = buckets[at].Upper, count = buckets[at].Count;
        if (at > 0)
        {
            start = buckets[at - 1].Upper;
            count -= buckets[at - 1].Count;
            rank -= buckets[at - 1].Count;
        }
        return start + ((end - start) * (rank / count));
    }

    /// <summary>The fraction of observations between two values.</summary>
    public static double Fraction(double lower, double upper, List<ClassicBucket> buckets)
    {
        buckets.Sort(static (a, b) => a.Upper.CompareTo(b.Upper));
        if (!double.IsPositiveInfinity(buckets[^1].Upper)) return double.NaN;
        Coalesce(buckets);
        double observations = buckets[^1].Count;
        if (observations == 0 || double.IsNaN(lower) || double.IsNaN(upper)) return double.NaN;
        if (lower >= upper) return 0;
        double lowerRank = double.NaN, upperRank = double.NaN, below = 0;
        double start = buckets[0].Upper <= 0 ? double.NegativeInfinity : 0;
        foreach (var bucket in buckets)
        {
            if (double.IsNaN(lowerRank)) lowerRank = Rank(lower);
            if (double.IsNaN(upperRank)) upperRank = Rank(upper);
            below = bucket.Count;
            start = bucket.Upper;

            double Rank(double value)
            {
                if (start >= value) return below;
                if (bucket.Upper <= value) return double.NaN;
                if (double.IsNegativeInfinity(start)) return bucket.Count;
                return below + ((bucket.Count - below) * ((value - start) / (bucket.Upper - start)));
            }
        }
        if (double.IsNaN(lowerRank) || lowerRank > observations) lowerRank = observations;
        if (double.IsNaN(upperRank) || upperRank > observations) upperRank = observations;
        return (upperRank - lowerRank) / observations;
    }

    /// <summary>Adds up buckets of the same bound, which aggregation over mixed layouts or spellings of a number leaves.</summary>
    private static void Coalesce(List<ClassicBucket> buckets)
    {
        int last = 0;
        for (int i = 1; i < buckets.Count; i++)
        {
            if (buckets[i].Upper == buckets[last].Upper) buckets[last] = buckets[last] with { Count = buckets[last].Count + buckets[i].Count };
            else buckets[++last] = buckets[i];
        }
        buckets.RemoveRange(last + 1, buckets.Count - last - 1);
    }

    private static bool MakeMonotonic(List<ClassicBucket> buckets)
    {
        bool forced = false;
        double previous = buckets[0].Count;
        for (int i = 1; i < buckets.Count; i++)
        {
            double count = buckets[i].Count;
            if (count == previous) continue;
            bool rounding = NearlyEqual(previous, count);
            if (rounding || count < previous)
            {
                forced |= !rounding;
                buckets[i] = buckets[i] with { Count = previous };
                continue;
            }
            previous = count;
        }
        return forced;
    }

    private static bool NearlyEqual(double a, double b)
    {
        const double smallestNormal = 2.2250738585072014e-308;
        if (double.IsNaN(a) || double.IsNaN(b)) return double.IsNaN(a) && double.IsNaN(b);
        double size = Math.Abs(a) + Math.Abs(b), difference = Math.Abs(a - b);
        if (a == 0 || b == 0 || size < smallestNormal) return difference < Tolerance * smallestNormal;
        return difference / Math.Min(size, double.MaxValue) < Tolerance;
    }
}
