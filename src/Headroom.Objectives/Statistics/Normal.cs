using MathNet.Numerics;

namespace Headroom.Objectives.Statistics;

/// <summary>The standard normal distribution.</summary>
public static class Normal
{
    /// <summary>P(|Z| ≥ |z|): the two-sided p-value of a z score.</summary>
    public static double TwoSided(double z) => SpecialFunctions.Erfc(Math.Abs(z) / Math.Sqrt(2));

    /// <summary>P(Z ≤ z).</summary>
    public static double Below(double z) => 0.5 * SpecialFunctions.Erfc(-z / Math.Sqrt(2));

    /// <summary>The z below which a share of the distribution lies.</summary>
    public static double Quantile(double share) => -Math.Sqrt(2) * SpecialFunctions.ErfcInv(2 * share);
}
