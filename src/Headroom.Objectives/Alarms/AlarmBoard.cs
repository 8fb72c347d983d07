using System.Globalization;
using Headroom.Metrics;
using Headroom.Objectives.Alarms.Muting;

namespace Headroom.Objectives.Alarms;

/// <summary>One series of an alarm and its state. Immutable.</summary>
/// <param name="Labels">The series; empty for an alarm without series and for a composite one.</param>
/// <param name="State">Its state.</param>
/// <param name="Since">Since when; the first evaluation when it has never changed.</param>
/// <param name="Reason">Why, for a person.</param>
/// <param name="Value">The latest value; null without one.</param>
/// <param name="LastData">When it last had a value; null when it never did.</param>
/// <param name="Acted">By action, the state about which it was last told.</param>
public sealed record AlarmInstance(Labels Labels, AlarmState State, DateTimeOffset Since, string Reason, double? Value, DateTimeOffset? LastData, IReadOnlyDictionary<string, AlarmState> Acted);

/// <summary>An alarm with the states of all its series. Immutable.</summary>
/// <param name="Name">The alarm.</param>
/// <param name="EvaluatedAt">The instant it was last evaluated for; null before the first time.</param>
/// <param name="Instances">Its series, by labels; one without labels when there are none.</param>
/// <param name="Suppression">Where a composite alarm stands with its suppressor.</param>
public sealed record AlarmStatus(string Name, DateTimeOffset? EvaluatedAt, IReadOnlyList<AlarmInstance> Instances, Suppression Suppression)
{
    /// <summary>The worst state of its series: what composite rules see. INSUFFICIENT_DATA before the first evaluation.</summary>
    public AlarmState State => Instances.Count == 0 ? AlarmState.InsufficientData : Instances.Max(i => i.State);
}

/// <summary>A change of state.</summary>
/// <param name="Alarm">The alarm.</param>
/// <param name="Labels">The series.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state now.</param>
/// <param name="At">The instant it was evaluated for.</param>
/// <param name="Reason">Why.</param>
/// <param name="Value">The latest value; null without one.</param>
public sealed record AlarmTransition(string Alarm, Labels Labels, AlarmState From, AlarmState To, DateTimeOffset At, string Reason, double? Value);

/// <summary>
/// The states of all alarms. A state machine without clock or task: readings and instants in, changes of state out. Not safe for several
/// threads; what it hands out is immutable.
/// </summary>
public sealed class AlarmBoard
{
    /// <summary>How long a series that is gone is waited for before it is forgotten.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    private static readonly IReadOnlyDictionary<string, AlarmState> Nobody = new Dictionary<string, AlarmState>();
    private readonly Dictionary<string, AlarmStatus> _alarms = new(StringComparer.Ordinal);

    /// <summary>The alarms that were ever evaluated or restored, in no order.</summary>
    public IEnumerable<AlarmStatus> All => _alarms.Values;

    /// <summary>An alarm's status; one without instances when it was never evaluated.</summary>
    public AlarmStatus Of(string name) => _alarms.GetValueOrDefault(name) ?? new AlarmStatus(name, null, [], Suppression.None);

    /// <summary>Puts a status in the place of an alarm's own: what was recorded, or what was told to whom.</summary>
    public void Restore(AlarmStatus status) => _alarms[status.Name] = status;

    /// <summary>Forgets alarms that are no longer defined.</summary>
    /// <returns>Their names.</returns>
    public IReadOnlyList<string> Retain(IReadOnlyCollection<string> names)
    {
        var gone = _alarms.Keys.Except(names, StringComparer.Ordinal).ToList();
        foreach (string name in gone) _alarms.Remove(name);
        return gone;
    }

    /// <summary>Takes an alarm's readings.</summary>
    /// <returns>What changed.</returns>
    public IReadOnlyList<AlarmTransition> Apply(AlarmDefinition alarm, AlarmReadings readings, DateTimeOffset at)
    {
        var status = Of(alarm.Name);
        var read = new Dictionary<Labels, AlarmReading>();
        foreach (var reading in readings.Series.Take(AlarmMeter.MostSeries)) read.TryAdd(reading.Labels, reading);
        var known = status.Instances.ToDictionary(i => i.Labels);
        // An alarm whose query finds nothing still has a state: that of one instance without labels.
        if (read.Count == 0 && known.Count == 0) known[Labels.Empty] = New(Labels.Empty, at);
        var transitions = new List<AlarmTransition>();
        var next = new List<AlarmInstance>();
        foreach (var labels in read.Keys.Union(known.Keys).Order())
        {
            var before = known.GetValueOrDefault(labels) ?? New(labels, at);
            bool seen = read.TryGetValue(labels, out var reading);
            bool gone = !seen && before.LastData is { } last && at - last > Patience;
            // Where series have come, the instance that stood for their absence has had its time.
            bool superseded = !seen && labels.Count == 0 && before.LastData is null && read.Count > 0;
            if ((gone && before.State == AlarmState.Ok) || (superseded && before.State != AlarmState.Alarm)) continue;
            if (next.Count == AlarmMeter.MostSeries) break;
            var points = reading?.Points ?? new Datapoint[readings.Rule.EvaluationRange];
            var state = gone || superseded ? AlarmState.Ok : readings.Rule.Judge(points, readings.Missing, before.State);
            string reason = gone ? "the series has been gone for a day" : superseded ? "the query finds series again" : ReasonOf(alarm, readings, reading, points, state);
            var lastData = points.Any(p => p != Datapoint.Missing) ? at : before.LastData;
            next.Add(Move(before, alarm.Name, state, at, reason, reading?.Value, lastData, transitions));
        }
        _alarms[alarm.Name] = status with { EvaluatedAt = at, Instances = next };
        return transitions;
    }

    /// <summary>Takes what a composite alarm's rule comes to with the states the board has now.</summary>
    /// <param name="alarm">A composite alarm; those it depends on have been evaluated.</param>
    /// <param name="stateOf">Gives the state of what its rule names.</param>
    /// <param name="at">The instant.</param>
    /// <returns>What changed.</returns>
    public IReadOnlyList<AlarmTransition> ApplyRule(AlarmDefinition alarm, Func<string, AlarmState> stateOf, DateTimeOffset at)
    {
        var condition = (CompositeCondition)alarm.Condition;
        var status = Of(alarm.Name);
        var before = status.Instances.FirstOrDefault(i => i.Labels.Count == 0) ?? New(Labels.Empty, at);
        var state = condition.Rule.Holds(stateOf) ? AlarmState.Alarm : AlarmState.Ok;
        string children = string.Join(", ", condition.Rule.Children.Take(10).Select(c => $"{c} is {AlarmStates.WordOf(stateOf(c))}"));
        var transitions = new List<AlarmTransition>();
        var after = Move(before, alarm.Name, state, at, $"the rule is {(state == AlarmState.Alarm ? "true" : "false")}{(children.Length == 0 ? "" : ": " + children)}{(condition.Rule.Children.Count > 10 ? ", …" : "")}", null, at, transitions);
        var suppression = condition.Suppressor is { } suppressor
            ? status.Suppression.Next(suppressor, stateOf(suppressor.Alarm) == AlarmState.Alarm, before.State, state, at)
            : Suppression.None;
        _alarms[alarm.Name] = new AlarmStatus(alarm.Name, at, [after], suppression);
        return transitions;
    }

    private static AlarmInstance New(Labels labels, DateTimeOffset at) => new(labels, AlarmState.InsufficientData, at, "not evaluated yet", null, null, Nobody);

    private static AlarmInstance Move(AlarmInstance before, string alarm, AlarmState state, DateTimeOffset at, string reason, double? value, DateTimeOffset? lastData, List<AlarmTransition> transitions)
    {
        if (state == before.State) return before with { Reason = reason, Value = value, LastData = lastData };
        transitions.Add(new AlarmTransition(alarm, before.Labels, before.State, state, at, reason, value));
        return before with { State = state, Since = at, Reason = reason, Value = value, LastData = lastData };
    }

    private static string ReasonOf(AlarmDefinition alarm, AlarmReadings readings, AlarmReading? reading, Datapoint[] points, AlarmState state)
    {
        string real = readings.Failure ?? reading?.Note ?? "";
        if (real.Length == 0)
        {
            // The points that decided: the most recent real ones.
            var decided = points.Where(p => p != Datapoint.Missing).TakeLast(readings.Rule.Periods).ToList();
            int breaching = decided.Count(p => p == Datapoint.Breaching), there = decided.Count;
            string bound = alarm.Condition is ThresholdCondition threshold ? $"breach {threshold.When.Text}" : "are anomalous";
            real = there == 0
                ? $"there is no data in the last {points.Length} periods"
                : string.Create(CultureInfo.InvariantCulture, $"{breaching} of the last {there} points {bound}{(reading?.Value is { } value ? $" (latest {value:0.######})" : "")}; {readings.Rule.ToAlarm} of {readings.Rule.Periods} make an alarm");
        }
        return state == AlarmState.Alarm && points.All(p => p == Datapoint.Missing) ? real + ", which counts as breaching" : real;
    }
}
