using System.Text.Json;

namespace Headroom.Runs;

/// <summary>
/// Steps that are commands. Each runs in a session and process group of its own, with its output in a file of the run's
/// directory and <c>HEADROOM_RUN</c>, <c>HEADROOM_STEP</c>, <c>HEADROOM_ATTEMPT</c> and <c>HEADROOM_IDEMPOTENCY_KEY</c> in its environment.
/// </summary>
public sealed class CommandAction(TimeProvider time) : IStepAction
{
    /// <summary>The action's name in a plan.</summary>
    public const string Name = "command";

    /// <summary>Exit code of a check that says: the effect is not there.</summary>
    public const int NotDone = 3;

    // What a POSIX shell gives back for a command that it found but could not execute, and for one that it did not find.
    private const int NotExecutable = 126;
    private const int NotFound = 127;

    /// <inheritdoc/>
    public async ValueTask<StepResult> ActAsync(StepContext step, CancellationToken cancel)
    {
        var arguments = ArgumentsOf(step);
        if (arguments.Command is null) return StepResult.Done();
        return await ChangeAsync(step, arguments.Command, arguments, ActLog(step), cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<StepResult> UndoAsync(StepContext step, CancellationToken cancel)
    {
        var arguments = ArgumentsOf(step);
        if (arguments.Undo is null) return StepResult.Rejected("the plan has no 'undo' for it");
        return await ChangeAsync(step, arguments.Undo, arguments, UndoLog(step), cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<CheckResult> CheckAsync(StepContext step, CancellationToken cancel)
    {
        var arguments = ArgumentsOf(step);
        if (arguments.Check is null)
            return new CheckResult(CheckVerdict.Undecided, "it was interrupted, and the plan has no 'check' that could tell whether it was done");
        var ended = await CommandProcess.RunAsync(arguments.Check, arguments.Directory, step, $"check-{step.Attempt}", time, cancel).ConfigureAwait(false);
        return ended switch
        {
            { StartError: { } error } => new CheckResult(CheckVerdict.Undecided, $"its check could not be started: {error}"),
            { Killed: true } => new CheckResult(CheckVerdict.Failed, "its check took too long"),
            { ExitCode: 0 } => new CheckResult(CheckVerdict.Done, "its check says that it was done"),
            { ExitCode: NotDone } => new CheckResult(CheckVerdict.NotDone, "its check says that it was not done"),
            _ => new CheckResult(CheckVerdict.Undecided, $"its check ended with exit code {ended.ExitCode}, which is neither 0 (done) nor {NotDone} (not done){ended.Said}"),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<PollResult> PollAsync(StepContext step, CancellationToken cancel)
    {
        var arguments = ArgumentsOf(step);
        if (arguments.Until is null) return new PollResult(PollVerdict.Failed, "the plan has no 'until' for it");
        var ended = await CommandProcess.RunAsync(arguments.Until, arguments.Directory, step, "until", time, cancel).ConfigureAwait(false);
        return ended switch
        {
            { StartError: { } error } => new PollResult(PollVerdict.Failed, $"its condition could not be looked at: {error}"),
            { Killed: false, ExitCode: 0 } => new PollResult(PollVerdict.Holds),
            { Killed: false, ExitCode: NotExecutable or NotFound } => new PollResult(PollVerdict.Failed, $"its condition could not be looked at{ended.Said}"),
            _ => new PollResult(PollVerdict.NotYet, ended.Killed ? "its condition took too long to look at" : $"exit code {ended.ExitCode}{ended.Said}"),
        };
    }

    /// <inheritdoc/>
    public ValueTask RecoverAsync(IReadOnlyList<StepContext> interrupted, CancellationToken cancel) =>
        new(OrphanedCommands.EndAsync([.. interrupted.Select(step => (step, step.Step.UndoesKey is null ? ActLog(step) : UndoLog(step)))], time, cancel));

    private async ValueTask<StepResult> ChangeAsync(StepContext step, IReadOnlyList<string> command, CommandArguments arguments, string log, CancellationToken cancel)
    {
        var ended = await CommandProcess.RunAsync(command, arguments.Directory, step, log, time, cancel).ConfigureAwait(false);
        if (ended.StartError is { } error) return StepResult.Rejected($"it could not be started: {error}");
        if (ended.Killed) return StepResult.Unknown($"it did not end in time and was killed{ended.Said}");
        if (ended.ExitCode == 0) return StepResult.Done();
        string failure = $"exit code {ended.ExitCode}{ended.Said}";
        if (ended.ExitCode is NotExecutable or NotFound) return StepResult.Rejected(failure);
        // A command that lost its connection may have had its effect all the same: where there is a check, it is asked first.
        return arguments.Check is not null && step.Step.UndoesKey is null ? StepResult.Unknown(failure) : StepResult.Failed(failure);
    }

    private static string ActLog(StepContext step) => $"attempt-{step.Attempt}";

    private static string UndoLog(StepContext step) => $"undo-{step.Attempt}";

    private static CommandArguments ArgumentsOf(StepContext step) =>
        step.Step.Arguments is { } arguments
            ? arguments.Deserialize(CommandJson.Default.CommandArguments) ?? throw new JsonException("a command step without arguments")
            : throw new JsonException("a command step without arguments");
}
