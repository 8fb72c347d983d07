namespace Headroom.Objectives.Statistics;

/// <summary>
/// What is left of a series when its seasons and its movement are taken out, so that the dependence of neighbouring
/// values can be measured. A movement is a line or a single step: about a line, the rest of a clean step looks
/// strongly dependent, and the step would hide itself.
/// </summary>
internal static class TrendResiduals
{
    /// <summary>
    /// Variance inflation for S from the residuals' lag-1 autocorrelation. Taking out seasons and the better of two movements lowers the
    /// estimate; (5 + 13ρ)/n is added, chosen so that the measured false-positive rates hold (docs/objectives.md).
    /// </summary>
    public static double Inflation(ReadOnlySpan<double> grid, int seasons, double slope)
    {
        int count = 0;
        foreach (double value in grid)
            if (!double.IsNaN(value))
                count++;
        if (count < 3) return 1;
        double rho = SerialDependence.OfRanks(Better(AboutLine(grid, seasons, slope), AboutStep(grid, seasons)));
        return SerialDependence.VarianceInflation(rho + ((5 + (13 * rho)) / count), count);
    }

    private static double[] AboutLine(ReadOnlySpan<double> grid, int seasons, double slope)
    {
        var residuals = grid.ToArray();
        for (int i = 0; i < residuals.Length; i++) residuals[i] -= slope * i;
        return Centred(residuals, seasons);
    }

    /// <summary>Residuals about the step where the ranks change most (Pettitt, "A Non-parametric Approach to the Change-point Problem", 1979), a cycle or more from either end.</summary>
    private static double[]? AboutStep(ReadOnlySpan<double> grid, int seasons)
    {
        var centred = Centred(grid.ToArray(), seasons);
        var at = new List<int>(centred.Length);
        for (int i = 0; i < centred.Length; i++)
            if (!double.IsNaN(centred[i]))
                at.Add(i);
        var values = at.Select(i => centred[i]).ToArray();
        var (ranks, _) = Order.Ranks(values);
        double n = values.Length;
        double sum = 0, best = -1;
        int step = -1;
        for (int i = 0; i < values.Length - 1; i++)
        {
            sum += ranks[i] - ((n + 1) / 2);
            int before = i + 1;
            if (before < seasons || n - before < seasons) continue;
            double weight = sum * sum / (before * (n - before));
            if (weight > best) (best, step) = (weight, before);
        }
        if (step < 0) return null;
        double size = Order.Median(values.AsSpan(step)) - Order.Median(values.AsSpan(0, step));
        var residuals = grid.ToArray();
        for (int i = at[step]; i < residuals.Length; i++) residuals[i] -= size;
        return Centred(residuals, seasons);
    }

    /// <summary>Takes each season's median out, in place.</summary>
    private static double[] Centred(double[] values, int seasons)
    {
        var season = new List<double>();
        for (int g = 0; g < seasons; g++)
        {
            season.Clear();
            for (int i = g; i < values.Length; i += seasons)
                if (!double.IsNaN(values[i]))
                    season.Add(values[i]);
            double median = Order.Median(season.ToArray());
            for (int i = g; i < values.Length; i += seasons) values[i] -= median;
        }
        return values;
    }

    private static double[] Better(double[] line, double[]? step) => step is not null && Size(step) < Size(line) ? step : line;

    private static double Size(double[] residuals) => residuals.Where(r => !double.IsNaN(r)).Sum(Math.Abs);
}
