using Headroom.Configuration.Diagnostics;

namespace Headroom.Runs;

/// <summary>Why a process stopped executing a run.</summary>
public enum RunRest
{
    /// <summary>The run is over.</summary>
    Ended,

    /// <summary>It was paused; it can be taken up again at any time.</summary>
    Paused,

    /// <summary>Nothing can happen before a person says what became of a step, or approves one.</summary>
    NeedsPerson,

    /// <summary>Its journal could not be written; it can be taken up again when the cause is mended.</summary>
    Halted,
}

/// <summary>How a process left a run.</summary>
/// <param name="Rest">Why it stopped executing it.</param>
/// <param name="Result">With <see cref="RunRest.Ended"/>: how the run ended.</param>
/// <param name="Text">Why, when there is something to say.</param>
/// <param name="Problem">With <see cref="RunRest.Halted"/>: what is wrong and what to do.</param>
public sealed record RunReport(RunRest Rest, RunResult? Result, string? Text, Problem? Problem);

/// <summary>How far a run is.</summary>
/// <param name="Phase">Where the run stands.</param>
/// <param name="Total">All steps.</param>
/// <param name="Succeeded">Done.</param>
/// <param name="Running">Acting now.</param>
/// <param name="Waiting">Acted; their wait is not over.</param>
/// <param name="Retrying">Failed and to be tried again.</param>
/// <param name="Unknown">Interrupted, and being looked at.</param>
/// <param name="NeedsPerson">Wait for a decision or an approval.</param>
/// <param name="Failed">Finally failed.</param>
/// <param name="Quarantined">Held back by a failure.</param>
/// <param name="Elapsed">Time since the run began, while it was executed.</param>
public sealed record RunProgress(
    RunPhase Phase, int Total, int Succeeded, int Running, int Waiting, int Retrying, int Unknown, int NeedsPerson, int Failed, int Quarantined, TimeSpan Elapsed)
{
    /// <summary>Counts an engine's steps.</summary>
    public static RunProgress Of(RunEngine engine) => new(
        engine.Phase,
        engine.Plan.Count,
        engine.CountOf(StepState.Succeeded),
        engine.CountOf(StepState.Running),
        engine.CountOf(StepState.Waiting) + engine.CountOf(StepState.Polling),
        engine.CountOf(StepState.Backoff),
        engine.CountOf(StepState.Unknown) + engine.CountOf(StepState.Looking),
        engine.CountOf(StepState.NeedsPerson) + engine.CountOf(StepState.NeedsApproval),
        engine.CountOf(StepState.Failed),
        engine.CountOf(StepState.Quarantined),
        engine.Now);
}

/// <summary>How a process executes a run.</summary>
public sealed record RunOptions
{
    /// <summary>The actions by name, see <see cref="StepSpec.Action"/>.</summary>
    public required IReadOnlyDictionary<string, IStepAction> Actions { get; init; }

    /// <summary>Who executes it, for the audit trail; by default the process id.</summary>
    public string? By { get; init; }

    /// <summary>
    /// Whether to stay when only a person can say what became of a step. By default the process leaves the run, which can be
    /// taken up with the answer. For an approval it stays in any case.
    /// </summary>
    public bool StayWhenUndecided { get; init; }

    /// <summary>Time that running steps have to end by themselves when the run is left. Default 10 s.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Time that a cancelled action has to come back; then it is taken for unknown and its worker for free. Default 30 s.
    /// </summary>
    public TimeSpan CancelTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often requests from other processes (stop, approve) are looked for. Default 500 ms.</summary>
    public TimeSpan RequestInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Called with each record once it is durable, in order, on the thread that executes the run. Must be quick.</summary>
    public Action<RunRecord>? OnRecord { get; init; }
}
