namespace Headroom.Objectives.Experiments;

/// <summary>
/// Whether the variants got the share of outcomes that their weights say. When they did not, something is wrong with the
/// assignment or with the recording, and no comparison can be trusted (Fabijan et al., "Diagnosing Sample Ratio Mismatch in
/// Online Controlled Experiments", 2019). Sequential, and by groups of users, so that one busy user proves nothing.
/// </summary>
/// <param name="PValue">Always-valid, over all variants (Bonferroni); NaN when there is too little to say.</param>
/// <param name="Shares">Share of the outcomes, in the order of the variants.</param>
/// <param name="Expected">Share by weight.</param>
public sealed record SampleRatio(double PValue, IReadOnlyList<double> Shares, IReadOnlyList<double> Expected)
{
    /// <summary>Below this p-value the ratio is a mismatch.</summary>
    public const double Significance = 0.01;

    /// <summary>Deviation of a share for which the test is tuned: one point of a hundred.</summary>
    private const double Tau = 0.01;

    /// <summary>Whether the shares cannot be chance.</summary>
    public bool Mismatch => PValue < Significance;

    /// <summary>Tests counts of outcomes.</summary>
    /// <param name="weights">Weights of the variants.</param>
    /// <param name="counts">For each variant, its outcomes by group of users.</param>
    public static SampleRatio Test(IReadOnlyList<double> weights, IReadOnlyList<double[]> counts)
    {
        double allWeights = weights.Sum(), total = counts.Sum(c => c.Sum());
        double[] expected = [.. weights.Select(w => w / allWeights)];
        double[] shares = [.. counts.Select(c => total > 0 ? c.Sum() / total : double.NaN)];
        double p = double.NaN;
        // Of two variants the second says nothing that the first does not.
        int tests = weights.Count == 2 ? 1 : weights.Count;
        for (int v = 0; v < tests && total > 0; v++)
        {
            var deviations = new List<double>();
            for (int g = 0; g < counts[v].Length; g++)
            {
                double inGroup = counts.Sum(c => c[g]);
                if (inGroup > 0) deviations.Add(counts[v][g] - expected[v] * inGroup);
            }
            if (deviations.Count < ExperimentAnalysis.FewestGroups) continue;
            double mean = deviations.Average();
            double squares = deviations.Sum(d => (d - mean) * (d - mean));
            double variance = squares * deviations.Count / (deviations.Count - 1) / (total * total);
            double one = SequentialTest.Compare(shares[v] - expected[v], variance, deviations.Count - 1, Tau, Significance).PValue;
            p = double.IsNaN(p) ? one : Math.Min(p, one);
        }
        return new SampleRatio(Math.Min(1, p * tests), shares, expected);
    }
}
