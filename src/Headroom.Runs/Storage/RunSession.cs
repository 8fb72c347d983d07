using Headroom.Configuration.Diagnostics;
using Headroom.Durable;

namespace Headroom.Runs;

/// <summary>
/// A run that this process has taken up. Only one session of a run exists at a time, over all processes; disposing it
/// lets others take the run up.
/// </summary>
public sealed class RunSession : IAsyncDisposable
{
    private readonly Journal _journal;
    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly List<RunEvent> _early = [];
    private readonly Lock _gate = new();
    private RunShell? _shell;
    private bool _leave;
    private string? _leaveBy;

    internal RunSession(RunState state, Journal journal, string directory, TimeProvider time, Random random) =>
        (State, _journal, _directory, _time, _random) = (state, journal, directory, time, random);

    /// <summary>The run as it was read back; its engine is the one that executes.</summary>
    public RunState State { get; }

    /// <summary>The run's id.</summary>
    public string Id => State.Id;

    /// <summary>Executes the run until it ends, is left, or needs a person. May be called once.</summary>
    /// <param name="options">How.</param>
    /// <param name="cancel">Cancelling leaves the run in good order, as <see cref="Leave"/>.</param>
    /// <exception cref="ProblemException">A step has an action that is not known here.</exception>
    public async Task<RunReport> ExecuteAsync(RunOptions options, CancellationToken cancel = default)
    {
        if (_shell is not null) throw new InvalidOperationException("a session executes its run once");
        foreach (var step in State.Plan.Plan.Steps)
        {
            if (step.Action is not null && !options.Actions.ContainsKey(step.Action))
                throw new ProblemException(RunProblems.UnknownAction(step.Id, step.Action));
        }
        if (State.Engine.Phase == RunPhase.Ended && _early.Count == 0)
            return new RunReport(RunRest.Ended, State.Engine.Result, State.Engine.ResultText, null);
        options = options with { By = options.By ?? $"process {Environment.ProcessId}" };
        await RecoverAsync(options.Actions, cancel).ConfigureAwait(false);
        var shell = new RunShell(State.Engine, _journal, options, _time, Context);
        lock (_gate)
        {
            _shell = shell;
            foreach (var happened in _early) shell.Post(happened);
            if (_leave) shell.Leave(_leaveBy);
        }
        await using var registration = cancel.Register(() => Leave("interrupt"));
        await using var requests = _time.CreateTimer(_ => TakeRequests(), null, options.RequestInterval, options.RequestInterval);
        return await shell.RunAsync().ConfigureAwait(false);
    }

    /// <summary>Lets what runs come back, at most the drain time, and then leaves the run to be taken up later.</summary>
    public void Leave(string? by)
    {
        lock (_gate)
        {
            if (_shell is { } shell) shell.Leave(by);
            else (_leave, _leaveBy) = (true, by);
        }
    }

    /// <summary>Ends the run for good: nothing more starts, and it ends when what runs has come back.</summary>
    public void Stop(string? by) => Post(RunEvent.Stop(by));

    /// <summary>Says what a person decided on a step.</summary>
    /// <exception cref="ProblemException">There is no such step, or nothing to decide on it.</exception>
    public void Decide(string step, StepDecision decision, string? by)
    {
        int number = State.Plan.IndexOf(step);
        if (number < 0) throw new ProblemException(RunProblems.NoSuchStep(Id, step));
        if (!CanDecide(number, decision)) throw new ProblemException(RunProblems.NotDecidable(step, decision, State.Engine.View(number).State));
        Post(RunEvent.Decide(number, decision, by));
    }

    /// <summary>Whether a decision on a step means anything now; safe from any thread.</summary>
    public bool CanDecide(int step, StepDecision decision) => _shell?.CanDecide(step, decision) ?? CouldDecide(step, decision);

    /// <summary>How far the run is; safe from any thread.</summary>
    public RunProgress Progress() => _shell?.Progress() ?? RunProgress.Of(State.Engine);

    /// <summary>Writes what is on its way and lets others take the run up.</summary>
    public ValueTask DisposeAsync() => _journal.DisposeAsync();

    private StepContext Context(int step, int attempt, long epoch)
    {
        var engine = State.Engine;
        return new StepContext(Id, _directory, engine.Plan, step, attempt, epoch, needed => engine.View(needed).Output);
    }

    private async Task RecoverAsync(IReadOnlyDictionary<string, IStepAction> actions, CancellationToken cancel)
    {
        var interrupted = Enumerable.Range(0, State.Plan.Count)
            .Where(step => State.Engine.View(step).State is StepState.Running or StepState.Unknown)
            .Select(step => Context(step, State.Engine.View(step).Attempts, _journal.Epoch))
            .GroupBy(context => context.Step.Action!);
        foreach (var steps in interrupted) await actions[steps.Key].RecoverAsync([.. steps], cancel).ConfigureAwait(false);
    }

    // Before the run is taken up a step that waits for approval is still called ready.
    private bool CouldDecide(int step, StepDecision decision) =>
        State.Engine.CanDecide(step, decision)
        || (decision is StepDecision.Approve or StepDecision.Reject && State.Engine.View(step).State == StepState.Ready && State.Plan.Plan.Steps[step].NeedsApproval);

    private void Post(in RunEvent happened)
    {
        lock (_gate)
        {
            if (_shell is { } shell) shell.Post(happened);
            else _early.Add(happened);
        }
    }

    private void TakeRequests()
    {
        try
        {
            foreach (var request in new RunRequests(Path.Combine(_directory, "requests"), _time, _random).TakeAll())
            {
                if (request.Kind == RunEventKind.Stop) Stop(request.By);
                else if (request.Kind == RunEventKind.Pause) Leave(request.By);
                else if (request.Kind == RunEventKind.Decide && State.Plan.IndexOf(request.Step ?? "") is >= 0 and var step)
                    Post(RunEvent.Decide(step, request.Decision, request.By));
            }
        }
        // The next look may work; whoever asked sees in the journal whether it was taken.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }
}
