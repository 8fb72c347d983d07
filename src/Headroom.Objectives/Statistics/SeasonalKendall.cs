namespace Headroom.Objectives.Statistics;

/// <summary>
/// The seasonal Kendall test: values are compared only with values of the same season, so a daily cycle is no trend
/// (Hirsch, Slack and Smith, "Techniques of Trend Analysis for Monthly Water Quality Data", 1982). Neighbouring values
/// that resemble each other would make it see trends in noise; the variance used is the larger of two that allow for it:
/// the one with covariances between seasons (Hirsch and Slack, "A Nonparametric Trend Test for Seasonal Data With Serial
/// Dependence", 1984), which also sees what repeats over days, and the one inflated by the lag-1 autocorrelation of the ranks of the
/// residuals (<see cref="TrendResiduals"/>, after Hamed and Rao, 1998), which also sees what the former misses when seasons are few.
/// docs/objectives.md gives the false-positive rates measured for each and why both are needed.
/// </summary>
/// <param name="S">Rising pairs minus falling pairs, summed over the seasons.</param>
/// <param name="Variance">Variance of S without trend, corrected as said.</param>
/// <param name="PValue">Two-sided, normal approximation with continuity correction.</param>
/// <param name="SlopePerStep">Seasonal Sen slope: median of the slopes of all pairs within a season, for each step of the grid.</param>
/// <param name="Level">Median of the values less the slope times their position: the fitted line at position 0.</param>
public readonly record struct SeasonalKendall(double S, double Variance, double PValue, double SlopePerStep, double Level)
{
    /// <summary>
    /// Tests values on an even grid. O(n²/seasons + seasons² · cycles²): callers bound n.
    /// </summary>
    /// <param name="grid">One value for each step, NaN where there is none.</param>
    /// <param name="seasons">Steps in a cycle; 1 for no cycle.</param>
    public static SeasonalKendall Test(ReadOnlySpan<double> grid, int seasons)
    {
        int cycles = (grid.Length + seasons - 1) / seasons;
        var bySeason = new double[seasons][];
        for (int g = 0; g < seasons; g++)
        {
            bySeason[g] = new double[cycles];
            for (int c = 0; c < cycles; c++)
                bySeason[g][c] = (c * seasons) + g < grid.Length ? grid[(c * seasons) + g] : double.NaN;
        }

        double s = 0, independent = 0;
        var slopes = new List<double>();
        foreach (var season in bySeason)
        {
            var kendall = Kendall.Of(Present(season));
            s += kendall.S;
            independent += kendall.Variance;
            for (int i = 1; i < cycles; i++)
                for (int j = 0; j < i; j++)
                    if (!double.IsNaN(season[i]) && !double.IsNaN(season[j]))
                        slopes.Add((season[i] - season[j]) / ((i - j) * seasons));
        }
        double slope = slopes.Count == 0 ? 0 : Order.MedianInPlace(slopes.ToArray());
        double variance = Math.Max(independent + SeasonCovariance(bySeason), independent * TrendResiduals.Inflation(grid, seasons, slope));
        double p = variance <= 0 ? 1 : Math.Min(1, Normal.TwoSided(Math.Max(0, Math.Abs(s) - 1) / Math.Sqrt(variance)));
        return new SeasonalKendall(s, variance, p, slope, LevelOf(grid, slope));
    }

    /// <summary>
    /// Twice the sum of the covariances between the seasons' S, estimated as (K + 4 Σ RgRh − n(ng+1)(nh+1)) / 3 with
    /// ranks R within each season, a missing value having the middle rank (Dietz and Killeen, 1981, as used by Hirsch and Slack).
    /// </summary>
    private static double SeasonCovariance(double[][] bySeason)
    {
        int cycles = bySeason[0].Length;
        var signs = new int[bySeason.Length][];
        var ranks = new double[bySeason.Length][];
        var counts = new int[bySeason.Length];
        for (int g = 0; g < bySeason.Length; g++)
        {
            var season = bySeason[g];
            counts[g] = season.Count(v => !double.IsNaN(v));
            signs[g] = new int[cycles * (cycles - 1) / 2];
            ranks[g] = new double[cycles];
            Array.Fill(ranks[g], (counts[g] + 1) / 2.0);
            for (int j = 1, pair = 0; j < cycles; j++)
                for (int i = 0; i < j; i++, pair++)
                {
                    int sign = Sign(season[j], season[i]);
                    signs[g][pair] = sign;
                    ranks[g][j] += sign / 2.0;
                    ranks[g][i] -= sign / 2.0;
                }
        }
        double total = 0;
        for (int g = 1; g < bySeason.Length; g++)
            for (int h = 0; h < g; h++)
            {
                long k = 0;
                for (int pair = 0; pair < signs[g].Length; pair++) k += signs[g][pair] * signs[h][pair];
                double r = 0;
                for (int j = 0; j < cycles; j++) r += ranks[g][j] * ranks[h][j];
                total += 2 * (k + (4 * r) - ((double)cycles * (counts[g] + 1) * (counts[h] + 1))) / 3;
            }
        return total;
    }

    private static double LevelOf(ReadOnlySpan<double> grid, double slope)
    {
        var residuals = new List<double>(grid.Length);
        for (int i = 0; i < grid.Length; i++)
            if (!double.IsNaN(grid[i]))
                residuals.Add(grid[i] - (slope * i));
        return Order.Median(residuals.ToArray());
    }

    private static double[] Present(double[] values) => Array.FindAll(values, v => !double.IsNaN(v));

    private static int Sign(double later, double earlier) => later > earlier ? 1 : later < earlier ? -1 : 0;
}
