namespace Headroom.Objectives.Statistics;

/// <summary>
/// Kendall's S for a series against time, and what the Mann–Kendall trend test needs of it (Mann, "Nonparametric Tests
/// Against Trend", 1945; Kendall, "Rank Correlation Methods").
/// </summary>
/// <param name="S">Rising pairs minus falling pairs.</param>
/// <param name="Variance">Variance of S without trend, corrected for ties, for independent values.</param>
/// <param name="Pairs">Pairs of distinct instants.</param>
public readonly record struct Kendall(double S, double Variance, double Pairs)
{
    /// <summary>Kendall's tau-a: S over the number of pairs; 0 for fewer than two values.</summary>
    public double Tau => Pairs == 0 ? 0 : S / Pairs;

    /// <summary>The two-sided p-value by the normal approximation with continuity correction; 1 when S cannot vary.</summary>
    public double PValue => Variance <= 0 ? 1 : Math.Min(1, Normal.TwoSided(Math.Max(0, Math.Abs(S) - 1) / Math.Sqrt(Variance)));

    /// <summary>Counts pairs of values in time order. O(n²): callers bound n.</summary>
    public static Kendall Of(ReadOnlySpan<double> values)
    {
        double s = 0;
        for (int i = 1; i < values.Length; i++)
            for (int j = 0; j < i; j++)
                s += Math.Sign(values[i] - values[j]);
        double n = values.Length;
        double variance = ((n * (n - 1) * ((2 * n) + 5)) - Ties(values)) / 18;
        return new Kendall(s, variance, n * (n - 1) / 2);
    }

    /// <summary>Σ t(t−1)(2t+5) over groups of t equal values.</summary>
    private static double Ties(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        double sum = 0;
        for (int i = 0; i < sorted.Length;)
        {
            int end = i + 1;
            while (end < sorted.Length && sorted[end] == sorted[i]) end++;
            double t = end - i;
            sum += t * (t - 1) * ((2 * t) + 5);
            i = end;
        }
        return sum;
    }
}
