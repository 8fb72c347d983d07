namespace Headroom.Runs;

/// <summary>
/// What a step does outside. Written once per kind of step; the engine decides when to call it. Everything may be called
/// again after a crash: <see cref="ActAsync"/> at least once per step, and never again without <see cref="CheckAsync"/> having said
/// that the effect is not there, unless the step is repeatable.
/// </summary>
public interface IStepAction
{
    /// <summary>
    /// Brings the effect about. Pass <see cref="StepContext.Key"/> on as client token, name or tag wherever the other side
    /// takes one. An exception means that nobody knows what happened, as does being cancelled.
    /// </summary>
    ValueTask<StepResult> ActAsync(StepContext step, CancellationToken cancel);

    /// <summary>Looks whether the effect of an interrupted step is there. By default nobody can tell, and a person is asked.</summary>
    ValueTask<CheckResult> CheckAsync(StepContext step, CancellationToken cancel) =>
        ValueTask.FromResult(new CheckResult(CheckVerdict.Undecided, "this kind of step cannot be looked up"));

    /// <summary>Looks whether the condition that the step waits for holds.</summary>
    ValueTask<PollResult> PollAsync(StepContext step, CancellationToken cancel) =>
        ValueTask.FromResult(new PollResult(PollVerdict.Failed, "this kind of step has no condition to wait for"));

    /// <summary>Takes the effect back. Must be harmless when there is nothing to take back; it is repeated until it succeeds.</summary>
    ValueTask<StepResult> UndoAsync(StepContext step, CancellationToken cancel) =>
        ValueTask.FromResult(StepResult.Rejected("this kind of step cannot be undone"));

    /// <summary>
    /// Called before a run goes on in which steps of this action were cut short by the death of their process: the place to
    /// end what that process left running, before anything is looked at.
    /// </summary>
    ValueTask RecoverAsync(IReadOnlyList<StepContext> interrupted, CancellationToken cancel) => ValueTask.CompletedTask;
}

/// <summary>What an action may know about the step it carries out.</summary>
public sealed class StepContext
{
    private readonly Func<int, string?> _outputs;
    private readonly PreparedPlan _plan;
    private string? _key;

    internal StepContext(string run, string directory, PreparedPlan plan, int step, int attempt, long epoch, Func<int, string?> outputs)
    {
        (Run, Directory, _plan, Attempt, Epoch, _outputs) = (run, directory, plan, attempt, epoch, outputs);
        Step = plan.Plan.Steps[step];
    }

    /// <summary>The run's id.</summary>
    public string Run { get; }

    /// <summary>The run's directory; an action may keep files under <c>output/</c> there.</summary>
    public string Directory { get; }

    /// <summary>The step.</summary>
    public StepSpec Step { get; }

    /// <summary>Which attempt this is, from 1.</summary>
    public int Attempt { get; }

    /// <summary>Fencing number of the process that executes the run: a store that keeps it can refuse a predecessor.</summary>
    public long Epoch { get; }

    /// <summary>
    /// The idempotency key: the same for every attempt. When undoing, the key of the step that is undone, for that is the name
    /// the effect goes by.
    /// </summary>
    public string Key => _key ??= Step.UndoesKey ?? IdempotencyKey.Of(Run, Step.Id);

    /// <summary>What a step of this run gave back; null when it gave nothing or has not succeeded. Ask only for steps that this one needs.</summary>
    public string? OutputOf(string stepId) => _plan.IndexOf(stepId) is >= 0 and var step ? _outputs(step) : null;
}
