namespace Headroom.Objectives.Statistics;

/// <summary>
/// The Mann–Whitney U test: whether values of one group tend to exceed those of another (Mann and Whitney, "On a Test
/// of Whether one of Two Random Variables is Stochastically Larger than the Other", 1947).
/// </summary>
/// <param name="U">How many pairs have the second group's value above the first's, ties half.</param>
/// <param name="PValue">Two-sided; 1 when a group is empty or all values are equal.</param>
/// <param name="EffectSize">U / (n·m): the chance that a value of the second group exceeds one of the first (McGraw and Wong, 1992); 0.5 is no difference.</param>
public readonly record struct MannWhitney(double U, double PValue, double EffectSize)
{
    /// <summary>Above this many pairs the normal approximation is used; there its two-sided p-value is within 0.003 of the exact one.</summary>
    private const int ExactPairs = 900;

    /// <summary>
    /// Compares two groups of finite values. Exact when there are no ties and at most 900 pairs; else the normal
    /// approximation with correction for ties and continuity (Hollander, Wolfe and Chicken, "Nonparametric Statistical
    /// Methods", section 4.1).
    /// </summary>
    /// <param name="first">The base group.</param>
    /// <param name="second">The group compared with it.</param>
    /// <param name="varianceInflation">
    /// By how much the statistic's variance exceeds that of independent values (at least 1); see
    /// <see cref="SerialDependence"/>. Above 1 the normal approximation is used.
    /// </param>
    public static MannWhitney Test(ReadOnlySpan<double> first, ReadOnlySpan<double> second, double varianceInflation = 1)
    {
        int n = first.Length;
        int m = second.Length;
        if (n == 0 || m == 0) return new MannWhitney(0, 1, 0.5);
        var all = new double[n + m];
        first.CopyTo(all);
        second.CopyTo(all.AsSpan(n));
        var (ranks, ties) = Order.Ranks(all);
        double rankSum = 0;
        for (int i = n; i < all.Length; i++) rankSum += ranks[i];
        double u = rankSum - (m * (m + 1) / 2.0);
        double pairs = (double)n * m;
        double effect = u / pairs;
        if (ties == 0 && pairs <= ExactPairs && varianceInflation <= 1) return new MannWhitney(u, Exact(n, m, (int)u), effect);

        double total = n + m;
        double variance = pairs / 12 * (total + 1 - (ties / (total * (total - 1)))) * Math.Max(1, varianceInflation);
        if (variance <= 0) return new MannWhitney(u, 1, effect);
        double distance = Math.Max(0, Math.Abs(u - (pairs / 2)) - 0.5);
        return new MannWhitney(u, Math.Min(1, Normal.TwoSided(distance / Math.Sqrt(variance))), effect);
    }

    /// <summary>
    /// The exact two-sided p-value without ties. The counts of arrangements by U are the coefficients of the Gaussian
    /// binomial coefficient, built factor by factor.
    /// </summary>
    private static double Exact(int n, int m, int u)
    {
        int size = n * m;
        var counts = new double[size + 1];
        counts[0] = 1;
        for (int k = 1; k <= m; k++)
        {
            // Multiply by (1 - x^(n+k)), then divide by (1 - x^k).
            for (int i = size; i >= n + k; i--) counts[i] -= counts[i - n - k];
            for (int i = k; i <= size; i++) counts[i] += counts[i - k];
        }
        double total = 0;
        double tail = 0;
        int near = Math.Min(u, size - u);
        for (int i = 0; i <= size; i++)
        {
            total += counts[i];
            if (i <= near) tail += counts[i];
        }
        return Math.Min(1, 2 * tail / total);
    }
}
