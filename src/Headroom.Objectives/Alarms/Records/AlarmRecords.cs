using System.Text.Json.Serialization;

namespace Headroom.Objectives.Alarms.Records;

/// <summary>An alarm's status as a document keeps it.</summary>
internal sealed record StatusRecord(string Name, DateTimeOffset? EvaluatedAt, bool SuppressorInAlarm, DateTimeOffset? WaitUntil, DateTimeOffset? ExtensionUntil, IReadOnlyList<InstanceRecord> Instances);

/// <summary>One series of it.</summary>
internal sealed record InstanceRecord(IReadOnlyDictionary<string, string> Labels, string State, DateTimeOffset Since, string Reason, double? Value, DateTimeOffset? LastData, IReadOnlyDictionary<string, string> Acted);

/// <summary>Groups between two looks.</summary>
internal sealed record GroupsRecord(IReadOnlyDictionary<string, Notifications.GroupState> Groups);

/// <summary>A silence as a document keeps it.</summary>
internal sealed record SilenceRecord(string Id, string Match, DateTimeOffset From, DateTimeOffset Until, string? Comment, string? By);

/// <summary>Something that happened to an alarm.</summary>
/// <param name="At">When.</param>
/// <param name="Kind"><c>state</c> for a change of state, <c>action</c> for a delivery that succeeded or was given up.</param>
/// <param name="Alarm">The alarm.</param>
/// <param name="Labels">The series; empty for an action about several.</param>
/// <param name="From">The state before; null for an action.</param>
/// <param name="To">The state after; null for an action.</param>
/// <param name="Reason">Why, or what came of the action.</param>
/// <param name="Value">The latest value; null without one.</param>
/// <param name="Action">The action, without secrets; null for a change of state.</param>
/// <param name="Outcome"><c>delivered</c>, <c>failed</c>; null for a change of state.</param>
/// <param name="Attempts">How often it was tried; null for a change of state.</param>
/// <param name="Id">The delivery's idempotency key; null for a change of state.</param>
public sealed record AlarmHistoryEntry(
    DateTimeOffset At, string Kind, string Alarm, IReadOnlyDictionary<string, string> Labels, string? From, string? To, string Reason, double? Value,
    string? Action = null, string? Outcome = null, int? Attempts = null, string? Id = null);

/// <summary>A notification on its way. It holds no address and no header: those are taken from the configuration when it is sent.</summary>
/// <param name="Id">Its idempotency key.</param>
/// <param name="Alarm">An alarm that has the action.</param>
/// <param name="ActionId">Which of its actions.</param>
/// <param name="Body">The JSON that is sent.</param>
/// <param name="CreatedAt">When it was decided.</param>
/// <param name="NextAt">When it is to be tried next.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="LastError">Why the last attempt failed; null before.</param>
public sealed record OutboxEntry(string Id, string Alarm, string ActionId, string Body, DateTimeOffset CreatedAt, DateTimeOffset NextAt, int Attempts, string? LastError);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(StatusRecord))]
[JsonSerializable(typeof(GroupsRecord))]
[JsonSerializable(typeof(SilenceRecord))]
[JsonSerializable(typeof(AlarmHistoryEntry))]
[JsonSerializable(typeof(OutboxEntry))]
internal sealed partial class AlarmRecordJson : JsonSerializerContext;
