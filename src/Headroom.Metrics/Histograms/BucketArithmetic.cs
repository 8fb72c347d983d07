namespace Headroom.Metrics.Histograms;

/// <summary>What can be done with sorted runs of buckets. Results hold no zero counts.</summary>
internal static class BucketArithmetic
{
    /// <summary>The sum of all counts.</summary>
    public static double Total(this Buckets buckets)
    {
        double total = 0;
        foreach (double count in buckets.Counts) total += count;
        return total;
    }

    /// <summary>The same counts at a scale lower by <paramref name="by"/>: bucket i goes to i >> by, exactly.</summary>
    public static Buckets Coarsen(this Buckets buckets, int by)
    {
        if (by == 0 || buckets.Indexes.Length == 0) return buckets;
        var (indexes, counts) = (new int[buckets.Indexes.Length], new double[buckets.Indexes.Length]);
        int used = 0;
        for (int i = 0; i < buckets.Indexes.Length; i++)
        {
            int index = buckets.Indexes[i] >> by;
            if (used > 0 && indexes[used - 1] == index) counts[used - 1] += buckets.Counts[i];
            else (indexes[used], counts[used++]) = (index, buckets.Counts[i]);
        }
        return Trim(indexes, counts, used);
    }

    /// <summary>a + sign * b, bucket by bucket.</summary>
    public static Buckets Combine(Buckets a, Buckets b, double sign)
    {
        var (indexes, counts) = (new int[a.Indexes.Length + b.Indexes.Length], new double[a.Indexes.Length + b.Indexes.Length]);
        return Trim(indexes, counts, Combine(a.Indexes, a.Counts, b.Indexes, b.Counts, sign, indexes, counts));
    }

    /// <summary>a + sign * b into arrays long enough for both; returns how many buckets were written.</summary>
    public static int Combine(
        ReadOnlySpan<int> aIndexes, ReadOnlySpan<double> aCounts, ReadOnlySpan<int> bIndexes, ReadOnlySpan<double> bCounts,
        double sign, Span<int> indexes, Span<double> counts)
    {
        int i = 0, j = 0, used = 0;
        while (i < aIndexes.Length || j < bIndexes.Length)
        {
            int index;
            double count;
            if (j == bIndexes.Length || (i < aIndexes.Length && aIndexes[i] < bIndexes[j]))
            {
                (index, count) = (aIndexes[i], aCounts[i]);
                i++;
            }
            else if (i == aIndexes.Length || bIndexes[j] < aIndexes[i])
            {
                (index, count) = (bIndexes[j], sign * bCounts[j]);
                j++;
            }
            else
            {
                (index, count) = (aIndexes[i], aCounts[i] + sign * bCounts[j]);
                i++;
                j++;
            }
            if (count != 0) (indexes[used], counts[used++]) = (index, count);
        }
        return used;
    }

    /// <summary>The buckets without zero counts; the same instance when there are none.</summary>
    public static Buckets WithoutZeros(this Buckets buckets)
    {
        if (Array.IndexOf(buckets.Counts, 0.0) < 0) return buckets;
        var (indexes, counts) = (new int[buckets.Indexes.Length], new double[buckets.Indexes.Length]);
        int used = 0;
        for (int i = 0; i < buckets.Indexes.Length; i++)
            if (buckets.Counts[i] != 0)
                (indexes[used], counts[used++]) = (buckets.Indexes[i], buckets.Counts[i]);
        return Trim(indexes, counts, used);
    }

    /// <summary>The buckets whose index is at least <paramref name="first"/>, and the count of those below.</summary>
    public static Buckets From(this Buckets buckets, int first, out double below)
    {
        below = 0;
        int kept = 0;
        while (kept < buckets.Indexes.Length && buckets.Indexes[kept] < first) below += buckets.Counts[kept++];
        return kept == 0 ? buckets : Make(buckets.Indexes[kept..], buckets.Counts[kept..]);
    }

    private static Buckets Trim(int[] indexes, double[] counts, int used)
    {
        if (used == indexes.Length) return Make(indexes, counts);
        return used == 0 ? Buckets.Empty : new Buckets(indexes[..used], counts[..used]);
    }

    private static Buckets Make(int[] indexes, double[] counts) =>
        indexes.Length == 0 ? Buckets.Empty : new Buckets(indexes, counts);
}
