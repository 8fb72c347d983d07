namespace Headroom.Objectives.ChangePoints;

/// <summary>
/// Cuts a series into stretches of level or line by optimal partitioning: the cut with the lowest penalised cost
/// (Jackson et al., "An Algorithm for Optimal Partitioning of Data on an Interval", 2005), over candidate places.
/// </summary>
internal sealed class Segmentation(SegmentCosts costs, int length, double innovationVariance, double penalty, double slopePenalty)
{
    /// <summary>Shorter stretches are outliers rather than changes.</summary>
    public const int Shortest = 4;

    // A line through fewer points explains anything.
    private const int ShortestLine = 8;

    /// <summary>Scaled cost of a stretch as a level or, if that pays for its slope, as a line; and the values it starts and ends with.</summary>
    public double Cost(int start, int end, out double from, out double to)
    {
        double level = costs.Level(start, end, out from) / innovationVariance;
        to = from;
        if (end - start < ShortestLine || level <= slopePenalty) return level;
        double line = (costs.Line(start, end, out double first, out double last) / innovationVariance) + slopePenalty;
        if (line >= level) return level;
        (from, to) = (first, last);
        return line;
    }

    /// <summary>What joins two stretches at <paramref name="at"/>, scaled; see <see cref="SegmentCosts.Joint"/>. NaN for a level that does not exist gives 0.</summary>
    public double Joint(int at, double before, double after) =>
        double.IsNaN(before) || double.IsNaN(after) ? 0 : costs.Joint(at, before, after) / innovationVariance;

    /// <summary>The best cut: starts of all stretches but the first, ascending. The joint with the stretch before is that of the best cut so far.</summary>
    /// <param name="candidates">Places where a stretch may start, ascending, without 0 and the length.</param>
    public List<int> Cut(ReadOnlySpan<int> candidates)
    {
        int count = candidates.Length + 2;
        var places = new int[count];
        candidates.CopyTo(places.AsSpan(1));
        places[^1] = length;
        var best = new double[count];
        var ends = new double[count];
        var previous = new int[count];
        (best[0], ends[0]) = (-penalty, double.NaN);
        for (int j = 1; j < count; j++)
        {
            best[j] = double.PositiveInfinity;
            for (int i = 0; i < j; i++)
            {
                if (places[j] - places[i] < Shortest || double.IsPositiveInfinity(best[i])) continue;
                double cost = best[i] + penalty + Cost(places[i], places[j], out double from, out double to);
                if (i > 0) cost += Joint(places[i], ends[i], from);
                if (cost < best[j]) (best[j], previous[j], ends[j]) = (cost, i, to);
            }
        }
        var cuts = new List<int>();
        for (int j = previous[count - 1]; j > 0; j = previous[j]) cuts.Add(places[j]);
        cuts.Reverse();
        return cuts;
    }

    /// <summary>Moves each cut to the best place between its neighbours, twice around; candidates are only near.</summary>
    public void Refine(List<int> cuts)
    {
        for (int round = 0; round < 2; round++)
            for (int k = 0; k < cuts.Count; k++)
                cuts[k] = Best(cuts, k, double.NaN, out _, out _);
    }

    /// <summary>
    /// The best place of cut <paramref name="k"/> between its neighbours, and the span of places whose cost is at most <paramref name="within"/> higher.
    /// </summary>
    public int Best(List<int> cuts, int k, double within, out int low, out int high)
    {
        var (start, end, before, after) = Around(cuts, k);
        int first = start + Shortest;
        int best = cuts[k];
        double lowest = Both(start, best, end, before, after);
        var cost = new double[Math.Max(0, end - Shortest - first + 1)];
        for (int i = 0; i < cost.Length; i++)
        {
            cost[i] = Both(start, first + i, end, before, after);
            if (cost[i] < lowest) (lowest, best) = (cost[i], first + i);
        }
        (low, high) = (best, best);
        for (int i = 0; i < cost.Length; i++)
            if (cost[i] <= lowest + within)
                (low, high) = (Math.Min(low, first + i), Math.Max(high, first + i));
        return best;
    }

    /// <summary>By how much cut <paramref name="k"/> lowers the scaled cost, and the part of the cost that is left around it a point.</summary>
    public double Gain(List<int> cuts, int k, out double left)
    {
        var (start, end, before, after) = Around(cuts, k);
        double one = Cost(start, end, out double from, out double to);
        if (start > 0) one += Joint(start, before, from);
        if (end < length) one += Joint(end, to, after);
        double two = Both(start, cuts[k], end, before, after);
        left = two / Math.Max(1, end - start - 3);
        return one - two;
    }

    /// <summary>By how much cut <paramref name="k"/> is better than a smooth curve through both stretches.</summary>
    public double GainOverCurve(List<int> cuts, int k)
    {
        var (start, end, _, _) = Around(cuts, k);
        return (costs.Curve(start, end) / innovationVariance) - Both(start, cuts[k], end, double.NaN, double.NaN);
    }

    private double Both(int start, int at, int end, double before, double after)
    {
        double cost = Cost(start, at, out double from, out double middle) + Cost(at, end, out double next, out double to) + Joint(at, middle, next);
        if (start > 0) cost += Joint(start, before, from);
        if (end < length) cost += Joint(end, to, after);
        return cost;
    }

    /// <summary>The stretch between the neighbours of a cut, and the levels it borders on (NaN at the series' ends).</summary>
    private (int Start, int End, double Before, double After) Around(List<int> cuts, int k)
    {
        int start = k == 0 ? 0 : cuts[k - 1];
        int end = k == cuts.Count - 1 ? length : cuts[k + 1];
        double before = double.NaN, after = double.NaN;
        if (start > 0) Cost(k < 2 ? 0 : cuts[k - 2], start, out _, out before);
        if (end < length) Cost(end, k + 2 < cuts.Count ? cuts[k + 2] : length, out after, out _);
        return (start, end, before, after);
    }

    /// <summary>
    /// Places worth a cut. In short series every place; in longer ones those where neighbouring windows of any length differ most, and
    /// a coarse grid for changes of slope.
    /// </summary>
    public static int[] Candidates(ReadOnlySpan<double> values)
    {
        int n = values.Length;
        if (n <= AllPlacesUpTo) return [.. Enumerable.Range(Shortest, Math.Max(0, n - (2 * Shortest) + 1))];
        var sums = new double[n + 1];
        for (int i = 0; i < n; i++) sums[i + 1] = sums[i] + values[i];
        var worth = new bool[n];
        for (int i = GridSteps; i < n; i += n / GridSteps) worth[i] = true;
        var contrast = new double[n];
        for (int width = Shortest; width <= n / 2; width *= 2)
        {
            double spread = 0;
            for (int i = width; i <= n - width; i++)
            {
                double difference = (sums[i + width] - (2 * sums[i]) + sums[i - width]) / width;
                contrast[i % n] = Math.Abs(difference);
                spread += contrast[i % n];
            }
            spread /= n - (2 * width) + 1;
            for (int i = width; i <= n - width && i < n; i++)
                if (contrast[i] > WorthContrast * spread && IsPeak(contrast, i, width / 2, width, n - width))
                    worth[i] = true;
        }
        var places = new List<int>();
        for (int i = Shortest; i <= n - Shortest; i++)
            if (i < n && worth[i])
                places.Add(i);
        return [.. places];
    }

    private const int AllPlacesUpTo = 150;
    private const int GridSteps = 50;

    // In units of the mean contrast.
    private const double WorthContrast = 1.2;

    private static bool IsPeak(double[] contrast, int at, int reach, int first, int last)
    {
        for (int i = Math.Max(first, at - reach); i <= Math.Min(last, Math.Min(contrast.Length - 1, at + reach)); i++)
            if (contrast[i] > contrast[at])
                return false;
        return true;
    }
}
