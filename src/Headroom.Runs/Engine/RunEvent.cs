namespace Headroom.Runs;

/// <summary>What can happen to a run.</summary>
public enum RunEventKind : byte
{
    /// <summary>Time has passed.</summary>
    Tick,

    /// <summary>The run is taken up: for the first time, or after its records were read back.</summary>
    Begin,

    /// <summary>Records are durable.</summary>
    Durable,

    /// <summary>An action came back.</summary>
    Executed,

    /// <summary>A look at what became of an interrupted step came back.</summary>
    Looked,

    /// <summary>A look at a condition came back.</summary>
    Polled,

    /// <summary>No further step shall start for now.</summary>
    Pause,

    /// <summary>Steps may start again.</summary>
    Continue,

    /// <summary>The run shall end.</summary>
    Stop,

    /// <summary>A person decided on a step.</summary>
    Decide,
}

/// <summary>Something that happened to a run, as its shell tells the engine.</summary>
public readonly record struct RunEvent
{
    /// <summary>What happened.</summary>
    public RunEventKind Kind { get; private init; }

    /// <summary>To which step; −1 for the run.</summary>
    public int Step { get; private init; }

    /// <summary>To which attempt of it: an answer to an earlier one is ignored.</summary>
    public int Attempt { get; private init; }

    /// <summary>With <see cref="RunEventKind.Durable"/>: how many of the records appended since <see cref="RunEventKind.Begin"/> are durable.</summary>
    public long Records { get; private init; }

    /// <summary>What came of it.</summary>
    public StepResult Result { get; private init; }

    /// <summary>What a look told.</summary>
    public CheckResult Check { get; private init; }

    /// <summary>What a poll told.</summary>
    public PollResult Poll { get; private init; }

    /// <summary>What a person decided.</summary>
    public StepDecision Decision { get; private init; }

    /// <summary>Who asked or decided, for the audit trail.</summary>
    public string? By { get; private init; }

    /// <summary>Time has passed.</summary>
    public static RunEvent Tick => new() { Step = -1 };

    /// <summary>The run is taken up by someone.</summary>
    public static RunEvent Begin(string? by) => new() { Kind = RunEventKind.Begin, Step = -1, By = by };

    /// <summary>The first <paramref name="records"/> records since <see cref="Begin"/> are durable.</summary>
    public static RunEvent Durable(long records) => new() { Kind = RunEventKind.Durable, Step = -1, Records = records };

    /// <summary>An action came back.</summary>
    public static RunEvent Executed(int step, int attempt, StepResult result) =>
        new() { Kind = RunEventKind.Executed, Step = step, Attempt = attempt, Result = result };

    /// <summary>A look at an interrupted step came back.</summary>
    public static RunEvent Looked(int step, int attempt, CheckResult check) =>
        new() { Kind = RunEventKind.Looked, Step = step, Attempt = attempt, Check = check };

    /// <summary>A look at a condition came back.</summary>
    public static RunEvent Polled(int step, int attempt, PollResult poll) =>
        new() { Kind = RunEventKind.Polled, Step = step, Attempt = attempt, Poll = poll };

    /// <summary>Someone pauses the run.</summary>
    public static RunEvent Pause(string? by) => new() { Kind = RunEventKind.Pause, Step = -1, By = by };

    /// <summary>Someone lets a paused run go on.</summary>
    public static RunEvent Continue(string? by) => new() { Kind = RunEventKind.Continue, Step = -1, By = by };

    /// <summary>Someone ends the run.</summary>
    public static RunEvent Stop(string? by) => new() { Kind = RunEventKind.Stop, Step = -1, By = by };

    /// <summary>Someone decides on a step; ignored when there is nothing to decide, see <see cref="RunEngine.CanDecide"/>.</summary>
    public static RunEvent Decide(int step, StepDecision decision, string? by) =>
        new() { Kind = RunEventKind.Decide, Step = step, Decision = decision, By = by };
}
