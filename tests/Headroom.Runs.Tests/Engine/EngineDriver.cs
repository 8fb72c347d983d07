namespace Headroom.Runs.Tests.Engine;

/// <summary>
/// Drives an engine by hand: its journal is a list that is durable at once unless held, its clock stands still unless moved, and
/// actions come back when the test says so.
/// </summary>
internal sealed class EngineDriver
{
    private readonly List<RunCommand> _open = [];
    private long _appended;
    private long _durable;

    public EngineDriver(RunPlan plan, IEnumerable<RunRecord>? journal = null)
    {
        Plan = PreparedPlan.From(plan);
        Engine = new RunEngine(Plan);
        foreach (var record in journal ?? [])
        {
            Journal.Add(record);
            Engine.Replay(record);
        }
        Now = Engine.Now;
    }

    public PreparedPlan Plan { get; }

    public RunEngine Engine { get; }

    public List<RunRecord> Journal { get; } = [];

    public TimeSpan Now { get; private set; }

    public bool HoldJournal { get; set; }

    public List<RunCommandKind> Said { get; } = [];

    /// <summary>Ids of the steps that act now, in the order in which they began.</summary>
    public IEnumerable<string> Acting => Of(RunCommandKind.Execute);

    public IEnumerable<string> Looking => Of(RunCommandKind.Look);

    public IEnumerable<string> Polling => Of(RunCommandKind.Poll);

    public EngineDriver Begin()
    {
        Step(RunEvent.Begin("test"));
        return this;
    }

    public void Step(RunEvent happened)
    {
        foreach (var command in Engine.Step(happened, Now).ToArray())
        {
            switch (command.Kind)
            {
                case RunCommandKind.Append:
                    Journal.Add(command.Record);
                    _appended++;
                    break;
                case RunCommandKind.Execute or RunCommandKind.Look or RunCommandKind.Poll:
                    _open.Add(command);
                    break;
                default:
                    Said.Add(command.Kind);
                    break;
            }
        }
        if (!HoldJournal) Settle();
    }

    public void Settle()
    {
        if (_durable >= _appended) return;
        _durable = _appended;
        Step(RunEvent.Durable(_durable));
    }

    /// <summary>Moves the clock, stopping wherever the engine wants to be stepped.</summary>
    public void Advance(double seconds)
    {
        var until = Now + TimeSpan.FromSeconds(seconds);
        while (Engine.WakeAt is { } wake && wake <= until)
        {
            if (wake > Now) Now = wake;
            Step(RunEvent.Tick);
        }
        Now = until;
        Step(RunEvent.Tick);
    }

    public void Done(string id, string? output = null) => ComesBack(id, StepResult.Done(output));

    public void ComesBack(string id, StepResult result)
    {
        var command = Take(id, RunCommandKind.Execute);
        Step(RunEvent.Executed(command.Step, command.Attempt, result));
    }

    public void Looked(string id, CheckVerdict verdict)
    {
        var command = Take(id, RunCommandKind.Look);
        Step(RunEvent.Looked(command.Step, command.Attempt, new CheckResult(verdict)));
    }

    public void Polled(string id, PollVerdict verdict)
    {
        var command = Take(id, RunCommandKind.Poll);
        Step(RunEvent.Polled(command.Step, command.Attempt, new PollResult(verdict)));
    }

    public void Decide(string id, StepDecision decision) => Step(RunEvent.Decide(Plan.IndexOf(id), decision, "someone"));

    public StepState State(string id) => Engine.View(Plan.IndexOf(id)).State;

    public StepView View(string id) => Engine.View(Plan.IndexOf(id));

    /// <summary>The process dies; another one reads the journal back and takes the run up.</summary>
    public EngineDriver Crash() => new EngineDriver(Plan.Plan, Journal.Take(Journal.Count - (int)(_appended - _durable))).Begin();

    private IEnumerable<string> Of(RunCommandKind kind) => _open.Where(c => c.Kind == kind).Select(c => Plan.Plan.Steps[c.Step].Id);

    private RunCommand Take(string id, RunCommandKind kind)
    {
        var command = _open.Single(c => c.Kind == kind && Plan.Plan.Steps[c.Step].Id == id);
        _open.Remove(command);
        return command;
    }
}
