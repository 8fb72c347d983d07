namespace Headroom.Objectives.Alarms.Muting;

/// <summary>Keeps back the actions of the alarms that match, for a time. Their states change and are recorded as always.</summary>
/// <param name="Id">Tells it from others.</param>
/// <param name="Matchers">Which alarms.</param>
/// <param name="From">When it begins.</param>
/// <param name="Until">When it ends.</param>
/// <param name="Comment">Why; null when nobody said.</param>
/// <param name="By">Who; null when nobody said.</param>
public sealed record Silence(string Id, AlarmMatchers Matchers, DateTimeOffset From, DateTimeOffset Until, string? Comment, string? By)
{
    /// <summary>Whether it holds at an instant.</summary>
    public bool Holds(DateTimeOffset at) => at >= From && at < Until;
}

/// <summary>
/// A stretch of time that comes back on days of the week, in a time zone, and keeps back the actions of the alarms that match. In composite
/// rules its name is an alarm that is in ALARM while it is open.
/// </summary>
/// <param name="Name">Unique in the project, also among alarms.</param>
/// <param name="Matchers">Which alarms.</param>
/// <param name="Days">On which days it begins; empty for every day.</param>
/// <param name="From">When it begins, by the clocks of the zone; where they skip that time, when they go on.</param>
/// <param name="For">How long it lasts, in elapsed time: a change of the clocks makes it neither longer nor shorter.</param>
/// <param name="Zone">Where.</param>
public sealed record MaintenanceWindow(string Name, AlarmMatchers Matchers, IReadOnlyList<DayOfWeek> Days, TimeOnly From, TimeSpan For, TimeZoneInfo Zone)
{
    /// <summary>Whether it is open at an instant.</summary>
    public bool Holds(DateTimeOffset at)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, Zone).DateTime);
        for (int back = 0; back <= For.TotalDays + 2; back++)
        {
            // One day on, because clocks that went back show yesterday's date again.
            var day = today.AddDays(1 - back);
            if (Days.Count > 0 && !Days.Contains(day.DayOfWeek)) continue;
            var start = Slos.CalendarPeriods.InstantOf(day.ToDateTime(From), Zone);
            if (at >= start && at - start < For) return true;
        }
        return false;
    }
}

/// <summary>While one alarm is in ALARM, others that follow from it keep quiet (Alertmanager, inhibit_rules).</summary>
/// <param name="Source">What must be in ALARM.</param>
/// <param name="Target">What then keeps quiet.</param>
/// <param name="Equal">Labels that must be the same on both; a missing one is empty.</param>
public sealed record Inhibition(AlarmMatchers Source, AlarmMatchers Target, IReadOnlyList<string> Equal);
