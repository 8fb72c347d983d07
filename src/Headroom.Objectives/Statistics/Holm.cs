namespace Headroom.Objectives.Statistics;

/// <summary>
/// Holm's step-down correction for testing many hypotheses: keeps the chance of any false positive at the stated level
/// whatever the tests' dependence (Holm, "A Simple Sequentially Rejective Multiple Test Procedure", 1979).
/// </summary>
public static class Holm
{
    /// <summary>Adjusted p-values in the order given; NaN (a test that was not made) stays NaN and does not count.</summary>
    public static double[] Adjust(ReadOnlySpan<double> pValues)
    {
        var values = pValues.ToArray();
        var order = Enumerable.Range(0, values.Length).Where(i => !double.IsNaN(values[i])).OrderBy(i => values[i]).ToArray();
        var adjusted = new double[values.Length];
        Array.Fill(adjusted, double.NaN);
        double highest = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            highest = Math.Max(highest, Math.Min(1, (order.Length - rank) * values[order[rank]]));
            adjusted[order[rank]] = highest;
        }
        return adjusted;
    }
}
