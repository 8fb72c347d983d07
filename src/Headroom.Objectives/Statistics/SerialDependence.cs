namespace Headroom.Objectives.Statistics;

/// <summary>
/// How much neighbouring values of a series resemble each other, and how much that widens the spread of a mean or rank
/// statistic. A first-order autoregressive model is assumed.
/// </summary>
public static class SerialDependence
{
    /// <summary>
    /// Lag-1 autocorrelation of the values' ranks about their mean, over neighbours that are both there; 0 for fewer
    /// than three values. NaN marks a gap. Ranks keep one outlier from hiding the dependence of the rest (Hamed and
    /// Rao, "A Modified Mann-Kendall Trend Test for Autocorrelated Data", 1998, section 3).
    /// </summary>
    public static double OfRanks(ReadOnlySpan<double> values)
    {
        var (products, pairs, squares, count) = RankMoments(values);
        return pairs == 0 || squares == 0 ? 0 : products / pairs / (squares / count);
    }

    /// <summary>
    /// The variance of the mean of <paramref name="n"/> values with lag-1 autocorrelation <paramref name="rho"/>, relative to
    /// independent values: 1 + 2 Σ (1 − k/n) ρ^k (Bayley and Hammersley, "The Effective Number of Independent Observations in an
    /// Autocorrelated Time Series", 1946). Negative dependence counts as none.
    /// </summary>
    public static double VarianceInflation(double rho, int n)
    {
        rho = Math.Clamp(rho, 0, 0.98);
        double inflation = 1;
        double power = 1;
        for (int k = 1; k < n && power > 1e-9; k++)
        {
            power *= rho;
            inflation += 2 * (1 - ((double)k / n)) * power;
        }
        return inflation;
    }

    /// <summary>
    /// Variance inflation for comparing two windows: the dependence inside each, pooled. An estimate from n values is
    /// too low by about (1 + 4ρ)/n (Kendall, "Note on Bias in the Estimation of Autocorrelation", 1954), which is added;
    /// one within a standard error of none counts as none, so that short windows keep their exact test.
    /// </summary>
    public static double OfWindows(ReadOnlySpan<double> first, ReadOnlySpan<double> second, out double rho)
    {
        var a = RankMoments(first);
        var b = RankMoments(second);
        rho = 0;
        double variance = Ratio(a.Squares, a.Count * (double)a.Count) + Ratio(b.Squares, b.Count * (double)b.Count);
        double covariance = Ratio(a.Products, a.Count * (double)a.Count) + Ratio(b.Products, b.Count * (double)b.Count);
        int n = first.Length + second.Length;
        if (variance == 0 || n < 6) return 1;
        double raw = covariance / variance;
        if (raw <= 1 / Math.Sqrt(n)) return 1;
        double each = n / 2.0;
        rho = Math.Clamp(raw + ((1 + (4 * raw)) / each), 0, 0.98);
        return VarianceInflation(rho, (int)each);
    }

    private static double Ratio(double a, double b) => b == 0 ? 0 : a / b;

    private static (double Products, int Pairs, double Squares, int Count) RankMoments(ReadOnlySpan<double> values)
    {
        var present = new List<double>(values.Length);
        foreach (double value in values)
            if (!double.IsNaN(value))
                present.Add(value);
        if (present.Count < 3) return (0, 0, 0, present.Count);
        var (ranks, _) = Order.Ranks([.. present]);
        double mean = (present.Count + 1) / 2.0;
        double products = 0, squares = 0, before = double.NaN;
        int pairs = 0, next = 0;
        foreach (double value in values)
        {
            if (double.IsNaN(value))
            {
                before = double.NaN;
                continue;
            }
            double centred = ranks[next++] - mean;
            squares += centred * centred;
            if (!double.IsNaN(before))
            {
                products += centred * before;
                pairs++;
            }
            before = centred;
        }
        return (products, pairs, squares, present.Count);
    }
}
