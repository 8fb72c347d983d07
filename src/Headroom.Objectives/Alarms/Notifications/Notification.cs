using Headroom.Metrics;

namespace Headroom.Objectives.Alarms.Notifications;

/// <summary>Something to be told through one action.</summary>
/// <param name="Group">Tells its group from others.</param>
/// <param name="Alarm">An alarm that has the action; the configuration's entry is looked up by it when the notification is sent.</param>
/// <param name="ActionId">Which of its actions.</param>
/// <param name="Repeat">Whether nothing is new, and it is told again because it lasts.</param>
/// <param name="Alarms">The series that changed, and those in ALARM.</param>
public sealed record Notification(string Group, string Alarm, string ActionId, bool Repeat, IReadOnlyList<NotifiedAlarm> Alarms);

/// <summary>One series in a notification.</summary>
/// <param name="Alarm">Its alarm.</param>
/// <param name="Description">The alarm's description.</param>
/// <param name="Labels">Labels of the series and of the alarm.</param>
/// <param name="Before">The state told last.</param>
/// <param name="State">The state now.</param>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why.</param>
/// <param name="Value">The latest value; null without one.</param>
public sealed record NotifiedAlarm(string Alarm, string? Description, Labels Labels, AlarmState Before, AlarmState State, DateTimeOffset Since, string Reason, double? Value);

/// <summary>What is remembered of a group between two looks.</summary>
/// <param name="FirstPending">Since when something waits to be told; null when nothing does.</param>
/// <param name="LastSent">When it was last told; null when it is new.</param>
public sealed record GroupState(DateTimeOffset? FirstPending, DateTimeOffset? LastSent);
