namespace Headroom.Objectives.Statistics;

/// <summary>
/// Dependence and size of a series' noise from its differences, which a change of level touches at one point only (after Chakar,
/// Lebarbier, Lévy-Leduc and Robin, "A Robust Approach for Estimating Change-Points in the Mean of an AR(1) Process", Bernoulli 2017).
/// </summary>
/// <param name="Rho">Lag-1 autocorrelation of the noise, from 0 to <see cref="LargestRho"/>; negative dependence counts as none.</param>
/// <param name="InnovationSd">Standard deviation of what is new at each point.</param>
internal readonly record struct DifferenceNoise(double Rho, double InnovationSd)
{
    /// <summary>Noise that remembers more than this cannot be told from a wandering level.</summary>
    public const double LargestRho = 0.95;

    // A twentieth of the differences may be changes and outliers: they are left out of both variances, and the ratio of the
    // variances of normal differences without their largest 5% is that of all.
    private const double Kept = 0.95;
    private const double VarianceKept = 0.759;

    /// <summary>From finite values; zero for fewer than four.</summary>
    public static DifferenceNoise Estimate(ReadOnlySpan<double> values)
    {
        if (values.Length < 4) return default;
        double first = VarianceOfDifferences(values, 1);
        double second = VarianceOfDifferences(values, 2);
        // For AR(1) the variances are 2σ²(1−ρ) and 2σ²(1−ρ²).
        double rho = first > 0 ? Math.Clamp((second / first) - 1, 0, LargestRho) : 0;
        return new DifferenceNoise(rho, Math.Sqrt(first * (1 + rho) / 2));
    }

    private static double VarianceOfDifferences(ReadOnlySpan<double> values, int lag)
    {
        var differences = new double[values.Length - lag];
        for (int i = 0; i < differences.Length; i++) differences[i] = values[i + lag] - values[i];
        double centre = Order.MedianInPlace(differences);
        for (int i = 0; i < differences.Length; i++) differences[i] = (differences[i] - centre) * (differences[i] - centre);
        int kept = Math.Max(2, (int)Math.Ceiling(Kept * differences.Length));
        Order.KeepSmallest(differences, kept);
        double sum = 0;
        for (int i = 0; i < kept; i++) sum += differences[i];
        return sum / kept / VarianceKept;
    }
}
