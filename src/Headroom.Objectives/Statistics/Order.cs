namespace Headroom.Objectives.Statistics;

/// <summary>Statistics of order: medians, quantiles and ranks. Values are finite; callers drop NaN first.</summary>
public static class Order
{
    /// <summary>The median; of an even number of values the mean of the middle two. NaN for none. O(n) on average; the span is reordered.</summary>
    public static double MedianInPlace(Span<double> values)
    {
        if (values.Length == 0) return double.NaN;
        int middle = values.Length / 2;
        double upper = Select(values, middle);
        if (values.Length % 2 == 1) return upper;
        double lower = double.NegativeInfinity;
        foreach (double value in values[..middle]) lower = Math.Max(lower, value);
        return lower + ((upper - lower) / 2);
    }

    /// <summary>Moves the <paramref name="count"/> smallest values to the front, in no order. O(n) on average.</summary>
    internal static void KeepSmallest(Span<double> values, int count)
    {
        if (count > 0 && count < values.Length) Select(values, count);
    }

    /// <summary>The median distance from the median, times 1.4826: the standard deviation of normal values. 0 for none.</summary>
    internal static double Spread(ReadOnlySpan<double> values)
    {
        if (values.Length == 0) return 0;
        var distances = values.ToArray();
        double centre = MedianInPlace(distances);
        for (int i = 0; i < distances.Length; i++) distances[i] = Math.Abs(distances[i] - centre);
        return 1.4826 * MedianInPlace(distances);
    }

    /// <summary>The median of values left as they are. NaN for none.</summary>
    public static double Median(ReadOnlySpan<double> values) => MedianInPlace(values.ToArray());

    /// <summary>
    /// The quantile by linear interpolation between order statistics: type 7 of Hyndman and Fan, "Sample Quantiles in
    /// Statistical Packages" (The American Statistician, 1996). NaN for no values.
    /// </summary>
    /// <param name="sorted">Ascending.</param>
    /// <param name="q">From 0 to 1.</param>
    public static double Quantile(ReadOnlySpan<double> sorted, double q)
    {
        if (sorted.Length == 0) return double.NaN;
        double at = Math.Clamp(q, 0, 1) * (sorted.Length - 1);
        int below = (int)at;
        if (below == sorted.Length - 1) return sorted[below];
        return sorted[below] + ((at - below) * (sorted[below + 1] - sorted[below]));
    }

    /// <summary>Ranks from 1, equal values sharing their mean rank, and Σ(t³ − t) over the groups of t equal values.</summary>
    public static (double[] Ranks, double TieSum) Ranks(ReadOnlySpan<double> values)
    {
        var order = new int[values.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        var sorted = values.ToArray();
        Array.Sort(sorted, order);
        var ranks = new double[values.Length];
        double ties = 0;
        for (int i = 0; i < sorted.Length;)
        {
            int end = i + 1;
            while (end < sorted.Length && sorted[end] == sorted[i]) end++;
            double rank = (i + 1 + end) / 2.0;
            for (int k = i; k < end; k++) ranks[order[k]] = rank;
            double t = end - i;
            ties += (t * t * t) - t;
            i = end;
        }
        return (ranks, ties);
    }

    /// <summary>The value that would stand at <paramref name="index"/> if the span were sorted; smaller ones end up before it (Hoare's selection).</summary>
    private static double Select(Span<double> values, int index)
    {
        int low = 0;
        int high = values.Length - 1;
        while (low < high)
        {
            double pivot = MedianOfThree(values[low], values[low + ((high - low) / 2)], values[high]);
            int i = low;
            int j = high;
            while (i <= j)
            {
                while (values[i] < pivot) i++;
                while (values[j] > pivot) j--;
                if (i > j) break;
                (values[i], values[j]) = (values[j], values[i]);
                i++;
                j--;
            }
            if (index <= j) high = j;
            else if (index >= i) low = i;
            else break;
        }
        return values[index];
    }

    private static double MedianOfThree(double a, double b, double c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
