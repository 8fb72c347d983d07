using Headroom.Objectives.Kpis;

namespace Headroom.Objectives.Slos;

/// <summary>One entry of <c>slos</c> in headroom.yaml: the share of events, or of time slices, that must be good. Immutable.</summary>
public sealed record SloDefinition
{
    /// <summary>The name shown; unique in the project.</summary>
    public required string Name { get; init; }

    /// <summary>A sentence for a person; null when the file gives none.</summary>
    public string? Description { get; init; }

    /// <summary>The service it is about, for grouping and for exports; null when the file names none.</summary>
    public string? Service { get; init; }

    /// <summary>The share that must be good, above 0 and at most 1.</summary>
    public required double Objective { get; init; }

    /// <summary>Over how long.</summary>
    public required SloWindow Window { get; init; }

    /// <summary>What counts as good.</summary>
    public required Sli Sli { get; init; }

    /// <summary>How time is cut when slices of time are counted instead of events; null when events are counted.</summary>
    public Timeslices? Timeslices { get; init; }

    /// <summary>
    /// Events below which a window is low traffic: its burn rate raises no alarm, and a slice of time does not count. Null for
    /// the default: so many that one bad event alone raises no alarm.
    /// </summary>
    public double? MinimumEvents { get; init; }

    /// <summary>The share that may be bad.</summary>
    public double Budget => 1 - Objective;

    /// <summary>How time is cut; a value judged by a bound is always judged slice by slice.</summary>
    public Timeslices? Slices => Timeslices ?? (Sli is ValueSli ? Timeslices.OfValues : null);
}

/// <summary>A service level indicator: what is measured.</summary>
public abstract record Sli;

/// <summary>Events counted by PromQL in which <c>$window</c> stands for the length of time asked about.</summary>
/// <param name="Good">Good events; null when <paramref name="Bad"/> is given.</param>
/// <param name="Bad">Bad events; null when <paramref name="Good"/> is given.</param>
/// <param name="Total">All events.</param>
public sealed record RatioSli(string? Good, string? Bad, string Total) : Sli;

/// <summary>Requests that took at most a threshold, from a native histogram; the threshold may change at any time and holds for the past too.</summary>
/// <param name="Histogram">A selector of native histograms.</param>
/// <param name="Threshold">The largest good value, in the metric's unit.</param>
/// <param name="By">Labels by which it is judged apart; empty for one figure.</param>
public sealed record LatencySli(string Histogram, double Threshold, IReadOnlyList<string> By) : Sli;

/// <summary>A value judged at the end of each slice of time.</summary>
/// <param name="Query">PromQL that gives a number.</param>
/// <param name="When">What must hold for the slice to be good.</param>
public sealed record ValueSli(string Query, Bound When) : Sli;

/// <summary>Counting slices of time instead of events (OpenSLO: budgetingMethod Timeslices).</summary>
/// <param name="Slice">Length of a slice.</param>
/// <param name="Target">Share of a slice's events that must be good for the slice to be good.</param>
public sealed record Timeslices(TimeSpan Slice, double Target)
{
    /// <summary>How a value judged by a bound is cut unless the file says otherwise: every minute counts.</summary>
    public static Timeslices OfValues { get; } = new(TimeSpan.FromMinutes(1), 1);
}

/// <summary>The stretch of time an SLO is about.</summary>
public abstract record SloWindow
{
    /// <summary>As headroom.yaml writes it.</summary>
    public abstract string Text { get; }
}

/// <summary>The last so much time.</summary>
/// <param name="Length">At least an hour.</param>
public sealed record RollingWindow(TimeSpan Length) : SloWindow
{
    /// <inheritdoc/>
    public override string Text => Configuration.Values.DurationText.Format(Length);
}

/// <summary>The day, week, month, quarter or year that an instant falls in, in a time zone.</summary>
/// <param name="Unit">Which.</param>
/// <param name="Zone">Where.</param>
public sealed record CalendarWindow(CalendarUnit Unit, TimeZoneInfo Zone) : SloWindow
{
    /// <inheritdoc/>
    public override string Text => Zone.Id == "UTC" ? $"calendar {CalendarPeriods.WordOf(Unit)}" : $"calendar {CalendarPeriods.WordOf(Unit)}, {Zone.Id}";
}
