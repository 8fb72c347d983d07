namespace Headroom.Runs;

/// <summary>
/// What a run will do: a graph of steps and the budgets they share. Plain data; it is stored with the run and never
/// changes once the run has begun.
/// </summary>
public sealed record RunPlan
{
    /// <summary>Name of the built-in limit that every acting step draws one unit of unless it says otherwise.</summary>
    public const string WorkersLimit = "workers";

    /// <summary>Concurrency of <see cref="WorkersLimit"/> when the plan does not declare it.</summary>
    public const int DefaultWorkers = 32;

    /// <summary>What the plan is called; shown to people, part of generated run names.</summary>
    public required string Name { get; init; }

    /// <summary>The steps, in any order.</summary>
    public required IReadOnlyList<StepSpec> Steps { get; init; }

    /// <summary>Named budgets that steps draw on. Default: none, which leaves the implied <see cref="WorkersLimit"/>.</summary>
    public IReadOnlyDictionary<string, LimitSpec> Limits { get; init; } = new Dictionary<string, LimitSpec>();

    /// <summary>
    /// Time the run may take, counted while it is being executed (not while it is paused or its process is down);
    /// when it is over no further step starts and the run fails. Default: no deadline.
    /// </summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>
    /// Whether rates start with an empty bucket: right after another run that drew on the same budgets. Default false.
    /// </summary>
    public bool RatesStartEmpty { get; init; }

    /// <summary>What a step that finally failed means for the rest. Default <see cref="FailurePolicy.GoOn"/>.</summary>
    public FailurePolicy OnFailure { get; init; } = FailurePolicy.GoOn;
}

/// <summary>What happens to the rest of a run when a step has finally failed. Its dependents never start.</summary>
public enum FailurePolicy
{
    /// <summary>Everything that does not depend on it goes on.</summary>
    GoOn,

    /// <summary>No further step starts; what is running ends; the run fails.</summary>
    Stop,

    /// <summary>As <see cref="Stop"/>, and then whoever executes the run rolls it back.</summary>
    RollBack,
}
