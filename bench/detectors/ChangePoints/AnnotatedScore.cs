namespace Headroom.Detectors.Bench.ChangePoints;

/// <summary>
/// F1 of change points against several annotators, as the Turing change-point benchmark scores it (van den Burg and Williams, "An
/// Evaluation of Change Point Detection Algorithms", 2020): margin 5, the first index always counted, precision against all
/// annotators together, recall averaged over them.
/// </summary>
internal static class AnnotatedScore
{
    public const int Margin = 5;

    public static (double F1, double Precision, double Recall) Of(IReadOnlyList<int[]> annotators, IEnumerable<int> predicted)
    {
        var found = predicted.Append(0).Distinct().Order().ToArray();
        var all = annotators.SelectMany(a => a).Append(0).Distinct().Order().ToArray();
        double precision = (double)Matches(all, found) / found.Length;
        double recall = annotators.Average(a =>
        {
            var own = a.Append(0).Distinct().Order().ToArray();
            return (double)Matches(own, found) / own.Length;
        });
        return (precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall), precision, recall);
    }

    /// <summary>How many true points have a prediction within the margin, each prediction used once.</summary>
    private static int Matches(int[] truth, int[] found)
    {
        var left = found.ToHashSet();
        int count = 0;
        foreach (int t in truth)
        {
            var near = left.Where(x => Math.Abs(x - t) <= Margin).OrderBy(x => Math.Abs(x - t)).ToArray();
            if (near.Length == 0) continue;
            left.Remove(near[0]);
            count++;
        }
        return count;
    }
}
