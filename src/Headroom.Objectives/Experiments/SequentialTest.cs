using MathNet.Numerics.Distributions;
using Normal = Headroom.Objectives.Statistics.Normal;

namespace Headroom.Objectives.Experiments;

/// <summary>
/// A test that stays honest however often one looks and whenever one stops: the mixture sequential probability ratio test of
/// a difference with a normal prior N(0, τ²) under the alternative (Robbins, "Statistical Methods Related to the Law of the
/// Iterated Logarithm", 1970; Johari, Pekelis and Walsh, "Always Valid Inference", 2015). With V the variance of the estimate,
/// Λ = √(V/(V+τ²)) · exp(z²τ²/(2(V+τ²))), averaged over a few τ so that differences far larger than the smallest that matters
/// are found soon too; p = min(1, 1/Λ), and the interval holds every difference that this test would not reject. V is
/// estimated from groups of users, so z is first brought from Student's t to the normal scale.
/// </summary>
public static class SequentialTest
{
    private static readonly double[] Spread = [1, 4, 16];

    /// <summary>Compares an estimate with zero.</summary>
    /// <param name="difference">The estimate.</param>
    /// <param name="variance">Its estimated variance.</param>
    /// <param name="freedom">Degrees of freedom of the variance.</param>
    /// <param name="tau">Size of difference for which the test is tuned.</param>
    /// <param name="significance">For the interval; 0.05 for 95%.</param>
    /// <returns>NaN p-value and an infinite interval when nothing can be said.</returns>
    public static SequentialResult Compare(double difference, double variance, double freedom, double tau, double significance)
    {
        if (!(variance >= 0) || !double.IsFinite(difference) || !(freedom >= 1) || !(tau > 0))
            return new SequentialResult(difference, double.NegativeInfinity, double.PositiveInfinity, double.NaN);
        // Values that never vary leave no doubt about a difference, and none about there being none.
        if (variance == 0) return new SequentialResult(difference, difference, difference, difference == 0 ? 1 : 0);

        double z = NormalScale(Math.Abs(difference) / Math.Sqrt(variance), freedom);
        double p = Math.Min(1, Math.Exp(-LogLikelihoodRatio(z, variance, tau)));
        // The z at which the ratio reaches 1/significance: it grows with z, so halving finds it.
        double low = 0, high = 1;
        while (LogLikelihoodRatio(high, variance, tau) < -Math.Log(significance)) high *= 2;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (LogLikelihoodRatio(middle, variance, tau) < -Math.Log(significance)) low = middle;
            else high = middle;
        }
        double half = Math.Sqrt(variance) * StudentScale(high, freedom);
        return new SequentialResult(difference, difference - half, difference + half, p);
    }

    private static double LogLikelihoodRatio(double z, double variance, double tau)
    {
        double largest = double.NegativeInfinity;
        Span<double> logs = stackalloc double[Spread.Length];
        for (int i = 0; i < logs.Length; i++)
        {
            double mixture = tau * Spread[i] * tau * Spread[i];
            logs[i] = 0.5 * Math.Log(variance / (variance + mixture)) + z * z * mixture / (2 * (variance + mixture));
            largest = Math.Max(largest, logs[i]);
        }
        double sum = 0;
        foreach (double log in logs) sum += Math.Exp(log - largest);
        return largest + Math.Log(sum / logs.Length);
    }

    /// <summary>The z as far out in the normal distribution as t is in Student's.</summary>
    internal static double NormalScale(double t, double freedom)
    {
        double tail = StudentT.CDF(0, 1, freedom, -t);
        return tail > 1e-300 ? -Normal.Quantile(tail) : 37;
    }

    private static double StudentScale(double z, double freedom)
    {
        double tail = Normal.Below(-z);
        return tail > 1e-300 ? -StudentT.InvCDF(0, 1, freedom, tail) : double.PositiveInfinity;
    }
}

/// <summary>A difference and what is known about it at any look.</summary>
/// <param name="Difference">The estimate.</param>
/// <param name="Low">Lower end of the always-valid interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="PValue">Always-valid; NaN when there is too little to say.</param>
public readonly record struct SequentialResult(double Difference, double Low, double High, double PValue);
