using System.Globalization;

namespace Headroom.Objectives.Slos;

/// <summary>A part of the calendar.</summary>
public enum CalendarUnit
{
    /// <summary>From midnight to midnight.</summary>
    Day,

    /// <summary>From Monday (ISO 8601).</summary>
    Week,

    /// <summary>From the first of a month.</summary>
    Month,

    /// <summary>From the first of January, April, July or October.</summary>
    Quarter,

    /// <summary>From the first of January.</summary>
    Year,
}

/// <summary>One day, week, month, quarter or year.</summary>
/// <param name="Start">Its first instant.</param>
/// <param name="End">The first instant after it.</param>
/// <param name="Name">As people write it: <c>2026-03-29</c>, <c>2026-W13</c>, <c>2026-03</c>, <c>2026-Q1</c>, <c>2026</c>.</param>
public readonly record struct CalendarPeriod(DateTimeOffset Start, DateTimeOffset End, string Name)
{
    /// <summary>How long it is; a day with a clock change has 23 or 25 hours.</summary>
    public TimeSpan Length => End - Start;
}

/// <summary>
/// Calendar periods in a time zone. They follow each other without gap or overlap, whatever the clocks do: where a day's
/// midnight does not exist the day begins with the first instant after the gap, where it exists twice with the first.
/// </summary>
public static class CalendarPeriods
{
    private static readonly (CalendarUnit Unit, string Word)[] Words =
        [(CalendarUnit.Day, "day"), (CalendarUnit.Week, "week"), (CalendarUnit.Month, "month"), (CalendarUnit.Quarter, "quarter"), (CalendarUnit.Year, "year")];

    /// <summary>The unit's word in headroom.yaml and the API.</summary>
    public static string WordOf(CalendarUnit unit) => Words.First(w => w.Unit == unit).Word;

    /// <summary>The unit of a word, or null.</summary>
    public static CalendarUnit? UnitOf(string word) => Words.Where(w => w.Word == word).Select(w => (CalendarUnit?)w.Unit).FirstOrDefault();

    /// <summary>Finds a zone by its IANA name.</summary>
    public static bool TryFindZone(string name, out TimeZoneInfo zone, out string reason)
    {
        reason = "";
        // "local" and the operating system's own aliases are not names a file may depend on.
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone!) && (zone.HasIanaId || zone.Id == "UTC")) return true;
        reason = "the zone database of this machine does not have it";
        zone = TimeZoneInfo.Utc;
        return false;
    }

    /// <summary>The period an instant falls in.</summary>
    public static CalendarPeriod Containing(DateTimeOffset at, CalendarUnit unit, TimeZoneInfo zone)
    {
        var first = FirstDayOf(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime), unit);
        var period = Of(first, unit, zone);
        // Where clocks go back over midnight a date is shown twice, and the date alone does not decide.
        while (at < period.Start) period = Of(first = FirstDayOf(first.AddDays(-1), unit), unit, zone);
        while (at >= period.End) period = Of(first = Next(first, unit), unit, zone);
        return period;
    }

    /// <summary>The last periods up to the one an instant falls in, oldest first.</summary>
    public static IReadOnlyList<CalendarPeriod> Last(int count, DateTimeOffset at, CalendarUnit unit, TimeZoneInfo zone)
    {
        var periods = new List<CalendarPeriod>(count);
        for (var period = Containing(at, unit, zone); periods.Count < count; period = Containing(period.Start.AddTicks(-1), unit, zone)) periods.Add(period);
        periods.Reverse();
        return periods;
    }

    /// <summary>The instant at which a zone's clocks show a local time: the first when they do so twice, the end of the gap when they never do.</summary>
    public static DateTimeOffset InstantOf(DateTime local, TimeZoneInfo zone)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (!zone.IsInvalidTime(local))
        {
            var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
            return new DateTimeOffset(local, offset).ToUniversalTime();
        }
        // Clocks change on whole minutes.
        var before = local.AddTicks(-(local.Ticks % TimeSpan.TicksPerMinute));
        while (zone.IsInvalidTime(before)) before = before.AddMinutes(-1);
        return new DateTimeOffset(before, zone.GetUtcOffset(before)).ToUniversalTime().AddMinutes(1);
    }

    private static CalendarPeriod Of(DateOnly first, CalendarUnit unit, TimeZoneInfo zone) =>
        new(InstantOf(first.ToDateTime(TimeOnly.MinValue), zone), InstantOf(Next(first, unit).ToDateTime(TimeOnly.MinValue), zone), NameOf(first, unit));

    private static DateOnly FirstDayOf(DateOnly day, CalendarUnit unit) => unit switch
    {
        CalendarUnit.Day => day,
        CalendarUnit.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        CalendarUnit.Month => new DateOnly(day.Year, day.Month, 1),
        CalendarUnit.Quarter => new DateOnly(day.Year, ((day.Month - 1) / 3 * 3) + 1, 1),
        _ => new DateOnly(day.Year, 1, 1),
    };

    private static DateOnly Next(DateOnly first, CalendarUnit unit) => unit switch
    {
        CalendarUnit.Day => first.AddDays(1),
        CalendarUnit.Week => first.AddDays(7),
        CalendarUnit.Month => first.AddMonths(1),
        CalendarUnit.Quarter => first.AddMonths(3),
        _ => first.AddYears(1),
    };

    private static string NameOf(DateOnly first, CalendarUnit unit) => unit switch
    {
        CalendarUnit.Day => first.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        CalendarUnit.Week => $"{ISOWeek.GetYear(first.ToDateTime(TimeOnly.MinValue)):d4}-W{ISOWeek.GetWeekOfYear(first.ToDateTime(TimeOnly.MinValue)):d2}",
        CalendarUnit.Month => first.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        CalendarUnit.Quarter => $"{first.Year:d4}-Q{((first.Month - 1) / 3) + 1}",
        _ => first.ToString("yyyy", CultureInfo.InvariantCulture),
    };
}
