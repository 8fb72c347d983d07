namespace Headroom.Objectives.Statistics;

/// <summary>
/// The Theil–Sen line: the median of the slopes of all pairs of points, with the median residual as its level (Theil,
/// 1950; Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau", 1968). Up to 29% of the points may be
/// arbitrary without moving it far.
/// </summary>
/// <param name="Slope">Change of y for each unit of x.</param>
/// <param name="Intercept">The value at x = 0.</param>
public readonly record struct TheilSen(double Slope, double Intercept)
{
    /// <summary>Fits a line through points; slope 0 when no two have different x, NaN for no points. O(n²): callers bound n.</summary>
    public static TheilSen Fit(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var slopes = new List<double>(x.Length * (x.Length - 1) / 2);
        for (int i = 1; i < x.Length; i++)
            for (int j = 0; j < i; j++)
                if (x[i] != x[j])
                    slopes.Add((y[i] - y[j]) / (x[i] - x[j]));
        double slope = slopes.Count == 0 ? 0 : Order.MedianInPlace(slopes.ToArray());
        var residuals = new double[x.Length];
        for (int i = 0; i < x.Length; i++) residuals[i] = y[i] - (slope * x[i]);
        return new TheilSen(slope, Order.MedianInPlace(residuals));
    }
}
