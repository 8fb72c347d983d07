using Headroom.Metrics;
using Headroom.Objectives.Alarms.Muting;
using Headroom.Objectives.Alarms.Rules;
using Headroom.Objectives.Slos;

namespace Headroom.Objectives.Alarms;

/// <summary>What is watched, as the configuration has it.</summary>
/// <param name="Alarms">The alarms, in the file's order.</param>
/// <param name="Slos">The SLOs that alarms may watch.</param>
/// <param name="Alerting">How notifications are put together.</param>
/// <param name="Silences">Silences of the file.</param>
/// <param name="Maintenance">Maintenance windows.</param>
public sealed record AlarmProject(IReadOnlyList<AlarmDefinition> Alarms, IReadOnlyList<SloDefinition> Slos, AlertingSettings Alerting, IReadOnlyList<Silence> Silences, IReadOnlyList<MaintenanceWindow> Maintenance);

/// <summary>Evaluates a project's alarms at an instant, composite ones after those they depend on.</summary>
/// <param name="project">What is watched.</param>
/// <param name="backend">Where measurements live.</param>
/// <param name="ports">Forecasts and anomalies.</param>
public sealed class AlarmEvaluator(AlarmProject project, IMetricsBackend backend, AlarmPorts ports)
{
    private readonly AlarmMeter _meter = new(backend, project.Slos, ports);
    private readonly IReadOnlyList<AlarmDefinition> _composites = AlarmGraph.Ordered(project.Alarms);

    /// <summary>Evaluates the alarms that are due at an instant: those whose period divides it, and all composite ones.</summary>
    /// <returns>What changed.</returns>
    public ValueTask<IReadOnlyList<AlarmTransition>> EvaluateAsync(AlarmBoard board, DateTimeOffset instant, CancellationToken cancel) =>
        EvaluateAsync(board, instant, alarm => instant.ToUnixTimeMilliseconds() % (long)alarm.Period.TotalMilliseconds == 0 ? instant : null, cancel);

    /// <summary>Evaluates every alarm, each at the last multiple of its period up to an instant.</summary>
    /// <returns>What changed.</returns>
    public ValueTask<IReadOnlyList<AlarmTransition>> EvaluateAllAsync(AlarmBoard board, DateTimeOffset instant, CancellationToken cancel) =>
        EvaluateAsync(board, instant, alarm => instant.AddMilliseconds(-(instant.ToUnixTimeMilliseconds() % (long)alarm.Period.TotalMilliseconds)), cancel);

    private async ValueTask<IReadOnlyList<AlarmTransition>> EvaluateAsync(AlarmBoard board, DateTimeOffset instant, Func<AlarmDefinition, DateTimeOffset?> due, CancellationToken cancel)
    {
        var transitions = new List<AlarmTransition>();
        foreach (var alarm in project.Alarms)
            if (alarm.Condition is not CompositeCondition && due(alarm) is { } at)
                transitions.AddRange(board.Apply(alarm, await _meter.ReadAsync(alarm, at.ToUnixTimeMilliseconds(), cancel), at));
        foreach (var alarm in _composites) transitions.AddRange(board.ApplyRule(alarm, name => StateOf(board, name, instant), instant));
        return transitions;
    }

    private AlarmState StateOf(AlarmBoard board, string name, DateTimeOffset at) =>
        project.Maintenance.FirstOrDefault(w => w.Name == name) is { } window ? window.Holds(at) ? AlarmState.Alarm : AlarmState.Ok : board.Of(name).State;
}
