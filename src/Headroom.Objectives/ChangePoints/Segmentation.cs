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

    /// <summary>Scaled cost of a stretch as a level or, if that pays for its slope, as a line.</summary>
    public double Cost(int start, int end)
    {
        double level = costs.Level(start, end) / innovationVariance;
        if (end - start < ShortestLine || level <= slopePenalty) return level;
        return Math.Min(level, (costs.Line(start, end, out _, out _) / innovationVariance) + slopePenalty);
    }

    /// <summary>Whether a stretch is better described by a line, and the values it starts and ends with.</summary>
    public bool IsLine(int start, int end, out double from, out double to)
    {
        double level = costs.Level(start, end, out double mean) / innovationVariance;
        (from, to) = (mean, mean);
        if (end - start < ShortestLine) return false;
        double line = (costs.Line(start, end, out double first, out double last) / innovationVariance) + slopePenalty;
        if (line >= level) return false;
        (from, to) = (first, last);
        return true;
    }

    /// <summary>The best cut: starts of all stretches but the first, ascending.</summary>
    /// <param name="candidates">Places where a stretch may start, ascending, without 0 and the length.</param>
    public List<int> Cut(ReadOnlySpan<int> candidates)
    {
        int count = candidates.Length + 2;
        var places = new int[count];
        candidates.CopyTo(places.AsSpan(1));
        places[^1] = length;
        var best = new double[count];
        var previous = new int[count];
        best[0] = -penalty;
        for (int j = 1; j < count; j++)
        {
            best[j] = double.PositiveInfinity;
            for (int i = 0; i < j; i++)
            {
                if (places[j] - places[i] < Shortest || best[i] + penalty >= best[j]) continue;
                double cost = best[i] + penalty + Cost(places[i], places[j]);
                if (cost < best[j]) (best[j], previous[j]) = (cost, i);
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
            {
                int before = k == 0 ? 0 : cuts[k - 1];
                int after = k == cuts.Count - 1 ? length : cuts[k + 1];
                cuts[k] = BestBetween(before, after, cuts[k], double.NaN, out _, out _);
            }
    }

    /// <summary>The best place to cut a stretch, and the span of places whose cost is at most <paramref name="within"/> higher.</summary>
    public int BestBetween(int start, int end, int near, double within, out int low, out int high)
    {
        int from = start + Shortest;
        int to = end - Shortest;
        int best = near;
        double lowest = Cost(start, near) + Cost(near, end);
        var cost = new double[Math.Max(0, to - from + 1)];
        for (int at = from; at <= to; at++)
        {
            cost[at - from] = Cost(start, at) + Cost(at, end);
            if (cost[at - from] < lowest) (lowest, best) = (cost[at - from], at);
        }
        (low, high) = (best, best);
        if (double.IsNaN(within)) return best;
        for (int at = from; at <= to; at++)
        {
            if (cost[at - from] > lowest + within) continue;
            low = Math.Min(low, at);
            high = Math.Max(high, at);
        }
        return best;
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
