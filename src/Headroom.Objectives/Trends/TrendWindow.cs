namespace Headroom.Objectives.Trends;

/// <summary>How a trend looks at its window: instants a step apart, gathered into buckets of which a day has a whole number.</summary>
/// <param name="Length">The window's length, up to the instant judged.</param>
/// <param name="Step">How far apart the query is evaluated.</param>
/// <param name="Bucket">Width of the buckets whose medians are tested; the seasons are the buckets of a day.</param>
public sealed record TrendWindow(TimeSpan Length, TimeSpan Step, TimeSpan Bucket)
{
    private static readonly int[] BucketHours = [1, 2, 3, 4, 6, 8, 12, 24];

    /// <summary>The last 7 days in hours, four evaluations in each unless the KPI gives its own step.</summary>
    public static TrendWindow Week(TimeSpan? step = null) => Of(TimeSpan.FromDays(7), step ?? TimeSpan.FromMinutes(15), 1);

    /// <summary>The last 30 days in sixths of a day, four evaluations in each unless the KPI gives its own step.</summary>
    public static TrendWindow Month(TimeSpan? step = null) => Of(TimeSpan.FromDays(30), step ?? TimeSpan.FromHours(1), 4);

    /// <summary>Buckets in a day.</summary>
    public int Seasons => (int)(TimeSpan.FromDays(1) / Bucket);

    /// <summary>Buckets in the window.</summary>
    public int Buckets => (int)(Length / Bucket);

    private static TrendWindow Of(TimeSpan length, TimeSpan step, int leastHours)
    {
        int hours = BucketHours.First(h => h >= leastHours && (h == 24 || TimeSpan.FromHours(h) >= step));
        return new TrendWindow(length, step, TimeSpan.FromHours(hours));
    }
}
