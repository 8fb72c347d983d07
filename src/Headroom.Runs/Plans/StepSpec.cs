using System.Text.Json;

namespace Headroom.Runs;

/// <summary>One step of a plan.</summary>
public sealed record StepSpec
{
    /// <summary>
    /// Unique path of the step within the plan, for example <c>shop/deploy</c>: 1–200 of <c>A–Z a–z 0–9 . _ - /</c>.
    /// With the run's id it makes the idempotency key, so it must mean the same thing whenever the run is resumed.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>Name of the action that carries it out; null for a step that only waits, asks, or joins others.</summary>
    public string? Action { get; init; }

    /// <summary>What the action is told; its own JSON.</summary>
    public JsonElement? Arguments { get; init; }

    /// <summary>Ids of the steps that must have succeeded first.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>
    /// Units of each limit that executing it takes. One of <see cref="RunPlan.WorkersLimit"/> is implied for a step
    /// with an action; 0 takes none.
    /// </summary>
    public IReadOnlyDictionary<string, int> Limits { get; init; } = new Dictionary<string, int>();

    /// <summary>Units of each limit that one look at the outside world takes (after an interruption, and while waiting). Default none.</summary>
    public IReadOnlyDictionary<string, int> CheckLimits { get; init; } = new Dictionary<string, int>();

    /// <summary>How often it is tried.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>Time one execution may take before it is cancelled; what it did is then unknown. Default 10 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Whether running it again when it may already have happened does no harm. Then nothing is looked at after an
    /// interruption: it is simply run again. Default false.
    /// </summary>
    public bool Repeatable { get; init; }

    /// <summary>
    /// How long something asked for may still take effect after the asker has given up. After an unknown outcome the
    /// look waits this long. Default zero, right for a process that was killed.
    /// </summary>
    public TimeSpan Settle { get; init; }

    /// <summary>Whether the action can undo it. Undoing must be harmless when there is nothing to undo. Default false.</summary>
    public bool CanUndo { get; init; }

    /// <summary>For a step of a rollback: the idempotency key of the step that it undoes; its action is then told to undo.</summary>
    public string? UndoesKey { get; init; }

    /// <summary>What must be true after it acted before its dependents may start; holds no worker meanwhile. Default nothing.</summary>
    public WaitSpec? Wait { get; init; }

    /// <summary>Whether a person must agree before it starts. Default false.</summary>
    public bool NeedsApproval { get; init; }

    /// <summary>
    /// How long acting is expected to take; decides what starts first and the forecast, nothing else. Default 1 s for a
    /// step with an action. Rough values do: even the number of hops alone beats first come, first served.
    /// </summary>
    public TimeSpan? Estimate { get; init; }

    /// <summary>Expected time of the waiting part. Default <see cref="WaitSpec.For"/>.</summary>
    public TimeSpan? WaitEstimate { get; init; }

    internal TimeSpan ExpectedAct => Action is null ? TimeSpan.Zero : Estimate ?? TimeSpan.FromSeconds(1);

    internal TimeSpan ExpectedWait => Wait is null ? TimeSpan.Zero : WaitEstimate ?? Wait.For;
}

/// <summary>
/// A passive wait after a step acted: a fixed time, or until the action's condition holds, or until it has held for a
/// time without a break. Time counts while the run is being executed: a bake that nobody watched is not a bake.
/// </summary>
public sealed record WaitSpec
{
    /// <summary>Without a condition the time to wait; with one, how long it must hold without a break. Default zero.</summary>
    public TimeSpan For { get; init; }

    /// <summary>Whether the action's condition is polled. Default false.</summary>
    public bool Until { get; init; }

    /// <summary>Time between two polls. Default 5 s.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time after which a condition that does not hold fails the step. Default 10 min.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}
