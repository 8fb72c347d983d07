using Headroom.Metrics;

namespace Headroom.Objectives.Alarms;

/// <summary>What an alarm's condition sees of one series.</summary>
/// <param name="Labels">The series; empty when the query gives one figure or none.</param>
/// <param name="Points">The data points of the evaluation range, oldest first.</param>
/// <param name="Value">The latest real value; null without one.</param>
/// <param name="Note">What the state's reason should say; null for the usual words.</param>
public sealed record AlarmReading(Labels Labels, Datapoint[] Points, double? Value, string? Note);

/// <summary>An alarm's readings at an instant.</summary>
/// <param name="Rule">M out of N.</param>
/// <param name="Missing">How missing points count.</param>
/// <param name="Series">By labels; empty when there is no data at all.</param>
/// <param name="Failure">Why nothing could be read; null when it could.</param>
public sealed record AlarmReadings(DatapointRule Rule, MissingData Missing, IReadOnlyList<AlarmReading> Series, string? Failure);
