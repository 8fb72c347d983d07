using Headroom.Metrics.PromQL;
using Headroom.Objectives.Statistics;

namespace Headroom.Objectives.Usage;

/// <summary>
/// When a system is used: its typical week, the hours of most and of least use, and how much of its ups and downs the hour and
/// the day explain (document 2, "usage patterns"). Hours are those of a time zone, so that a change of clocks moves nothing.
/// </summary>
public sealed record UsagePattern
{
    /// <summary>Fewer values than this are no pattern.</summary>
    public const int FewestValues = 48;

    /// <summary>How many values it comes from.</summary>
    public required int Values { get; init; }

    /// <summary>Median by day of the week (Monday first) and hour; NaN where nothing was measured.</summary>
    public required double[][] Week { get; init; }

    /// <summary>Median by hour of the day over all days; NaN where nothing was measured.</summary>
    public required double[] Day { get; init; }

    /// <summary>The hours of the day in which use is in its highest tenth of the way between least and most, in order; empty when use is flat.</summary>
    public required IReadOnlyList<int> PeakHours { get; init; }

    /// <summary>The longest stretch of hours with use in the lowest quarter of that way: where maintenance does least harm; null when use is flat.</summary>
    public required HourRange? LowPeriod { get; init; }

    /// <summary>Most used hour over the least used one; NaN when the least is not above zero.</summary>
    public required double PeakToLow { get; init; }

    /// <summary>Share of the variance that the hour of the day explains, 0 to 1.</summary>
    public required double DailyShare { get; init; }

    /// <summary>Share that day and hour of the week explain beyond the hour alone, 0 to 1; NaN with less than two weeks.</summary>
    public required double WeeklyShare { get; init; }

    /// <summary>Medians of weekdays and of weekends; NaN where nothing was measured.</summary>
    public required (double Weekdays, double Weekend) Typical { get; init; }

    /// <summary>Finds the pattern of a series.</summary>
    /// <param name="points">Values over time; those that are not finite are left out.</param>
    /// <param name="zone">Whose hours and days.</param>
    /// <returns>Null when there are fewer than <see cref="FewestValues"/> values, or they span less than two days.</returns>
    public static UsagePattern? Of(IReadOnlyList<Point> points, TimeZoneInfo zone)
    {
        var values = new List<(int Day, int Hour, double Value)>(points.Count);
        long first = long.MaxValue, last = long.MinValue;
        foreach (var point in points)
        {
            if (point.Histogram is not null || !double.IsFinite(point.Value)) continue;
            var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(point.Time), zone);
            values.Add((((int)local.DayOfWeek + 6) % 7, local.Hour, point.Value));
            (first, last) = (Math.Min(first, point.Time), Math.Max(last, point.Time));
        }
        const long dayMs = 86_400_000;
        if (values.Count < FewestValues || last - first < 2 * dayMs - dayMs / 24) return null;

        double[] day = [.. Enumerable.Range(0, 24).Select(h => Median(values.Where(v => v.Hour == h)))];
        double[][] week = [.. Enumerable.Range(0, 7).Select(d => Enumerable.Range(0, 24).Select(h => Median(values.Where(v => v.Day == d && v.Hour == h))).ToArray())];
        var measured = day.Where(double.IsFinite).ToArray();
        double least = measured.Min(), most = measured.Max();
        double daily = Explained(values, v => v.Hour);
        // Less than a tenth of the variance, or less than 5% up and down: that is no rhythm.
        bool flat = daily < 0.1 || most - least <= 0.05 * Math.Abs(most);
        return new UsagePattern
        {
            Values = values.Count,
            Week = week,
            Day = day,
            PeakHours = flat ? [] : [.. Enumerable.Range(0, 24).Where(h => day[h] >= most - 0.1 * (most - least))],
            LowPeriod = flat ? null : Longest(day, least + 0.25 * (most - least)),
            PeakToLow = least > 0 ? most / least : double.NaN,
            DailyShare = daily,
            WeeklyShare = last - first >= 14 * dayMs - dayMs / 24 ? Math.Max(0, Explained(values, v => v.Day * 24 + v.Hour) - daily) : double.NaN,
            Typical = (Median(values.Where(v => v.Day < 5)), Median(values.Where(v => v.Day >= 5))),
        };
    }

    private static double Median(IEnumerable<(int Day, int Hour, double Value)> values)
    {
        double[] all = [.. values.Select(v => v.Value)];
        return all.Length == 0 ? double.NaN : Order.Median(all);
    }

    // One less the variance within the groups over the variance of all (η², corrected for the number of groups as ε² is).
    private static double Explained(List<(int Day, int Hour, double Value)> values, Func<(int Day, int Hour, double Value), int> group)
    {
        double mean = values.Average(v => v.Value);
        double all = values.Sum(v => (v.Value - mean) * (v.Value - mean));
        if (all <= 0) return 0;
        double within = 0;
        int groups = 0;
        foreach (var members in values.GroupBy(group))
        {
            groups++;
            double middle = members.Average(v => v.Value);
            within += members.Sum(v => (v.Value - middle) * (v.Value - middle));
        }
        return values.Count <= groups ? 0 : Math.Clamp(1 - within / (values.Count - groups) / (all / (values.Count - 1)), 0, 1);
    }

    // Hours run round midnight.
    private static HourRange? Longest(double[] day, double limit)
    {
        HourRange? best = null;
        for (int start = 0; start < 24; start++)
        {
            int length = 0;
            while (length < 24 && day[(start + length) % 24] <= limit) length++;
            if (length > 0 && (best is null || length > best.Value.Hours)) best = new HourRange(start, length);
        }
        return best;
    }
}

/// <summary>A stretch of hours of the day.</summary>
/// <param name="From">The hour in which it starts, 0 to 23.</param>
/// <param name="Hours">How many hours; it may run past midnight.</param>
public readonly record struct HourRange(int From, int Hours)
{
    /// <summary>The hour at which it ends, 0 to 23.</summary>
    public int To => (From + Hours) % 24;
}
