namespace Headroom.Runs.Tests.Execution;

/// <summary>An action that a test writes out; by default everything works.</summary>
internal sealed class ScriptedAction : IStepAction
{
    private readonly Lock _gate = new();
    private readonly List<string> _calls = [];

    public Func<StepContext, CancellationToken, ValueTask<StepResult>> Act { get; init; } = (step, _) => ValueTask.FromResult(StepResult.Done(step.Step.Id + " was here"));

    public Func<StepContext, CheckResult> Check { get; init; } = _ => new CheckResult(CheckVerdict.NotDone);

    public Func<StepContext, PollResult> Poll { get; init; } = _ => new PollResult(PollVerdict.Holds);

    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate) return [.. _calls];
        }
    }

    public ValueTask<StepResult> ActAsync(StepContext step, CancellationToken cancel)
    {
        Note("act", step);
        return Act(step, cancel);
    }

    public ValueTask<CheckResult> CheckAsync(StepContext step, CancellationToken cancel)
    {
        Note("check", step);
        return ValueTask.FromResult(Check(step));
    }

    public ValueTask<PollResult> PollAsync(StepContext step, CancellationToken cancel)
    {
        Note("poll", step);
        return ValueTask.FromResult(Poll(step));
    }

    public ValueTask<StepResult> UndoAsync(StepContext step, CancellationToken cancel)
    {
        Note("undo", step);
        return ValueTask.FromResult(StepResult.Done());
    }

    public ValueTask RecoverAsync(IReadOnlyList<StepContext> interrupted, CancellationToken cancel)
    {
        foreach (var step in interrupted) Note("recover", step);
        return ValueTask.CompletedTask;
    }

    private void Note(string what, StepContext step)
    {
        lock (_gate) _calls.Add($"{what} {step.Step.Id}");
    }
}
