using Headroom.Objectives.Statistics;

namespace Headroom.Objectives.Histories;

/// <summary>A series of values in time order, with or without times.</summary>
/// <param name="Values">NaN where nothing was measured.</param>
/// <param name="Times">Unix milliseconds, ascending, as many as values; null for a series without times.</param>
public sealed record History(double[] Values, long[]? Times)
{
    // A grid of many more places than points would be mostly holes: the points are irregular, and taken as they follow each other.
    private const int LargestStretch = 3;

    private static readonly long[] s_cycles = [3_600_000L, 86_400_000L, 7 * 86_400_000L];

    /// <summary>The median distance between points in milliseconds; 0 without times, or when most are at one instant.</summary>
    public long Step { get; } = MedianStep(Times);

    /// <summary>Periods, in points, that the step suggests: a day and a week of what is measured by the hour or finer, a week of days, a year of months and quarters.</summary>
    public IReadOnlyList<int> LikelyPeriods => Step switch
    {
        0 => [],
        // Months and quarters differ in length.
        >= 28 * 86_400_000L and <= 31 * 86_400_000L => [12],
        >= 89 * 86_400_000L and <= 92 * 86_400_000L => [4],
        _ => [.. s_cycles.Where(c => c % Step == 0 && c / Step is >= 4 and <= 2_016).Select(c => (int)(c / Step)).Where(p => Step < 60_000 || p > 12 || Step >= 3_600_000)],
    };

    /// <summary>
    /// The values at equal distances, NaN where a place has none and the last where it has several; and for each place the first point at or after
    /// it. Without times, or with irregular ones, the values as they are.
    /// </summary>
    public (double[] Values, int[] Points) OnGrid()
    {
        int n = Values.Length;
        if (Times is null || Step <= 0 || n < 3 || (Times[^1] - Times[0]) / Step >= LargestStretch * (long)n) return (Values, [.. Enumerable.Range(0, n)]);
        // Months are no multiple of anything.
        if (Step >= 28 * 86_400_000L) return (Values, [.. Enumerable.Range(0, n)]);
        int places = (int)Math.Round((Times[^1] - Times[0]) / (double)Step) + 1;
        var grid = new double[places];
        var points = new int[places];
        Array.Fill(grid, double.NaN);
        Array.Fill(points, -1);
        for (int i = 0; i < n; i++)
        {
            int place = (int)Math.Round((Times[i] - Times[0]) / (double)Step);
            if (double.IsFinite(Values[i])) grid[place] = Values[i];
            if (points[place] < 0) points[place] = i;
        }
        for (int place = places - 1, next = n - 1; place >= 0; place--) points[place] = next = points[place] < 0 ? next : points[place];
        return (grid, points);
    }

    private static long MedianStep(long[]? times)
    {
        if (times is null || times.Length < 2) return 0;
        var steps = new double[times.Length - 1];
        for (int i = 0; i < steps.Length; i++) steps[i] = times[i + 1] - times[i];
        return (long)Math.Round(Order.MedianInPlace(steps));
    }
}
