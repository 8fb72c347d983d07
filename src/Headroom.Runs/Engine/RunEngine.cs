namespace Headroom.Runs;

/// <summary>
/// The durable step engine: a synchronous state machine without tasks, clock, randomness or I/O. A shell tells it what
/// happened, and when, and does what it answers; production, simulation and rehearsal are three such shells.
/// <list type="number">
/// <item>An <em>intent</em> is durable before its step acts; an <em>outcome</em> is durable before dependents start.</item>
/// <item>An intent without an outcome is <em>unknown</em>: the outside world is looked at before anything is done again.</item>
/// <item>State changes only by records that are durable; reading them back gives the same state.</item>
/// <item>No step starts unless every limit it draws on has room; among those that can start, the most urgent does.</item>
/// </list>
/// Not safe for use from several threads at a time.
/// </summary>
public sealed partial class RunEngine
{
    /// <summary>Times a step may be cut short by the death of its process before it is set aside: it may be what kills it.</summary>
    public const int MaxInterruptions = 10;

    private readonly PreparedPlan _plan;
    private readonly StepSlot[] _slots;
    private readonly int[] _counts = new int[Enum.GetValues<StepState>().Length];
    private readonly ReadyQueues _queues;
    private readonly IndexedHeap _timers;
    private readonly Queue<RunRecord> _unsettled = new();
    private readonly Stack<int> _walk = new();
    private RunCommand[] _commands = new RunCommand[16];
    private int _commandCount;
    private TimeSpan _now;
    private long _appended;
    private long _durable;
    private int _inFlight;
    private bool _live;
    private bool _scheduled;
    private bool _ending;
    private bool _restSaid;
    private RunResult _stopResult;
    private string? _stopText;

    /// <summary>Creates the engine of a run of which nothing has been recorded yet; see <see cref="Replay"/> for one that has.</summary>
    public RunEngine(PreparedPlan plan)
    {
        _plan = plan;
        _slots = new StepSlot[plan.Count];
        _queues = new ReadyQueues(plan);
        // One timer per step, and one for the deadline.
        _timers = new IndexedHeap(IndexedHeap.Positions(plan.Count + 1));
        _counts[(int)StepState.Pending] = plan.Count;
        for (int i = 0; i < plan.Count; i++)
        {
            _slots[i].NeedsLeft = plan.Needs[i].Length;
            if (_slots[i].NeedsLeft == 0) Set(i, StepState.Ready);
        }
    }

    /// <summary>The plan it runs.</summary>
    public PreparedPlan Plan => _plan;

    /// <summary>Where the run stands.</summary>
    public RunPhase Phase { get; private set; }

    /// <summary>How it ended; null while it has not.</summary>
    public RunResult? Result { get; private set; }

    /// <summary>Why it ended so; null when there is nothing to say.</summary>
    public string? ResultText { get; private set; }

    /// <summary>Time since the run began, counting only while it was being executed.</summary>
    public TimeSpan Now => _now;

    /// <summary>When the engine wants to be stepped even if nothing happens; null when only events matter.</summary>
    public TimeSpan? WakeAt
    {
        get
        {
            if (_ending || Phase is RunPhase.Idle or RunPhase.Ended) return null;
            long at = _timers.Count > 0 ? _timers.PeekKey : long.MaxValue;
            if (Phase == RunPhase.Running && _queues.NextRefill is { } refill) at = Math.Min(at, refill);
            return at == long.MaxValue ? null : TimeSpan.FromTicks(at);
        }
    }

    /// <summary>Actions and looks that have been commanded and have not come back.</summary>
    public int InFlight => _inFlight;

    /// <summary>How many steps are in a state.</summary>
    public int CountOf(StepState state) => _counts[(int)state];

    /// <summary>Where a step stands.</summary>
    public StepView View(int step)
    {
        ref var slot = ref _slots[step];
        return new StepView(slot.State, slot.Attempt, slot.Text, slot.Output, slot.Touched);
    }

    /// <summary>
    /// Takes in what happened and gives what to do about it, in order. The commands are valid until the next call.
    /// </summary>
    /// <param name="happened">What happened.</param>
    /// <param name="now">Time since the run began by the shell's steady clock; never taken backwards.</param>
    public ReadOnlySpan<RunCommand> Step(in RunEvent happened, TimeSpan now)
    {
        _commandCount = 0;
        if (now > _now) _now = now;
        switch (happened.Kind)
        {
            case RunEventKind.Begin: Begin(happened.By); break;
            case RunEventKind.Durable: Settle(happened.Records); break;
            case RunEventKind.Executed: Executed(happened.Step, happened.Attempt, happened.Result); break;
            case RunEventKind.Looked: Looked(happened.Step, happened.Attempt, happened.Check); break;
            case RunEventKind.Polled: Polled(happened.Step, happened.Attempt, happened.Poll); break;
            case RunEventKind.Pause: Pause(happened.By); break;
            case RunEventKind.Continue: Continue(happened.By); break;
            case RunEventKind.Stop: Stop(happened.By); break;
            case RunEventKind.Decide: Decide(happened.Step, happened.Decision, happened.By); break;
        }
        if (!_ending && Phase is not (RunPhase.Idle or RunPhase.Ended))
        {
            FireTimers();
            if (Phase == RunPhase.Running) StartReady();
            SayWhenAtRest();
        }
        return _commands.AsSpan(0, _commandCount);
    }

    /// <summary>Whether a decision on a step means anything now.</summary>
    public bool CanDecide(int step, StepDecision decision)
    {
        bool over = Phase == RunPhase.Ended && Result != RunResult.Failed;
        return !over && !_ending && decision switch
        {
            StepDecision.Approve or StepDecision.Reject => _slots[step].State == StepState.NeedsApproval,
            StepDecision.Done => _slots[step].State is StepState.NeedsPerson or StepState.Failed,
            StepDecision.NotDone => _slots[step].State == StepState.NeedsPerson,
            _ => _slots[step].State == StepState.Failed,
        };
    }

    private void Begin(string? by)
    {
        if (_live) return;
        bool resumed = Phase != RunPhase.Idle;
        _live = true;
        Append(RunRecordType.Opened, -1, 0, 0, by);
        if (Phase == RunPhase.Ended) return;
        if (Phase is RunPhase.Idle or RunPhase.Paused) Phase = RunPhase.Running;
        MarkInterrupted();
        // What the last process took from a bucket, looks included, is not all known.
        if (resumed || _plan.Plan.RatesStartEmpty) _queues.EmptyRates(_now.Ticks);
        ScheduleAll();
    }

    private void Executed(int step, int attempt, in StepResult result)
    {
        ref var slot = ref _slots[step];
        if (slot.State != StepState.Running || slot.Attempt != attempt) return;
        CameBack(step, _plan.ExecuteClass[step]);
        if (result.Kind == StepResultKind.Throttled)
        {
            slot.NotBefore = _now.Ticks + result.RetryAfter.Ticks;
            _queues.HoldBack(_plan.ExecuteClass[step], slot.NotBefore);
        }
        Set(step, StepState.Recording);
        Append(RunRecordType.Outcome, step, attempt, (byte)result.Kind, result.Text, result.Output);
    }

    private void Looked(int step, int attempt, in CheckResult check)
    {
        ref var slot = ref _slots[step];
        if (slot.State != StepState.Looking || slot.Attempt != attempt) return;
        CameBack(step, _plan.CheckClass[step]);
        var verdict = check.Verdict;
        if (verdict == CheckVerdict.Failed)
        {
            var retry = _plan.Plan.Steps[step].Retry;
            if (++slot.FailedLooks < Math.Max(retry.Attempts, RetryPolicy.Default.Attempts))
            {
                Set(step, StepState.Unknown);
                _timers.Set(step, (_now + retry.DelayAfter(slot.FailedLooks, Spread(step, slot.FailedLooks))).Ticks);
                return;
            }
            verdict = CheckVerdict.Undecided;
        }
        Set(step, StepState.Recording);
        Append(RunRecordType.Looked, step, attempt, (byte)verdict, check.Text, check.Output);
    }

    private void Polled(int step, int attempt, in PollResult poll)
    {
        ref var slot = ref _slots[step];
        if (slot.State != StepState.Polling || !slot.Busy || slot.Attempt != attempt) return;
        CameBack(step, _plan.CheckClass[step]);
        var wait = _plan.Plan.Steps[step].Wait!;
        long now = _now.Ticks;
        if (poll.Verdict == PollVerdict.Failed)
        {
            EndWait(step, PollVerdict.Failed, poll.Text);
            return;
        }
        if (poll.Verdict == PollVerdict.Holds)
        {
            if (slot.HoldsSince < 0) slot.HoldsSince = now;
            if (now - slot.HoldsSince >= wait.For.Ticks)
            {
                EndWait(step, PollVerdict.Holds, null);
                return;
            }
        }
        else
        {
            slot.HoldsSince = -1;
        }
        if (now - slot.Since >= wait.Timeout.Ticks)
        {
            EndWait(step, PollVerdict.NotYet, $"its condition did not hold within {wait.Timeout}{(poll.Text is null ? "" : ": " + poll.Text)}");
            return;
        }
        long next = now + wait.Every.Ticks;
        if (slot.HoldsSince >= 0) next = Math.Min(next, slot.HoldsSince + wait.For.Ticks);
        Set(step, StepState.Waiting);
        _timers.Set(step, Math.Min(next, Math.Max(now + 1, slot.Since + wait.Timeout.Ticks)));
    }

    private void Pause(string? by)
    {
        if (_ending || Phase != RunPhase.Running) return;
        Append(RunRecordType.Paused, -1, 0, 0, by);
        Phase = RunPhase.Paused;
    }

    private void Continue(string? by)
    {
        if (_ending || Phase != RunPhase.Paused) return;
        Append(RunRecordType.Continued, -1, 0, 0, by);
        Phase = RunPhase.Running;
    }

    private void Stop(string? by)
    {
        if (_ending || Phase is not (RunPhase.Running or RunPhase.Paused)) return;
        Append(RunRecordType.StopAsked, -1, 0, 0, by);
        StopBecause(RunResult.Stopped, by is null ? null : $"stopped by {by}");
    }

    private void Decide(int step, StepDecision decision, string? by)
    {
        if (!_live || !CanDecide(step, decision)) return;
        Set(step, StepState.Recording);
        Append(RunRecordType.Decided, step, _slots[step].Attempt, (byte)decision, by);
    }

    private void StopBecause(RunResult result, string? text)
    {
        Phase = RunPhase.Stopping;
        (_stopResult, _stopText) = (result, text);
    }

    // Nothing runs and nothing is on its way: either that was the run, or it says what it waits for, once.
    private void SayWhenAtRest()
    {
        if (_inFlight > 0 || _unsettled.Count > 0) return;
        int open = _plan.Count - CountOf(StepState.Succeeded) - CountOf(StepState.Failed) - CountOf(StepState.Quarantined);
        if (Phase == RunPhase.Stopping || open == 0)
        {
            _ending = true;
            bool clean = CountOf(StepState.Succeeded) == _plan.Count;
            var result = clean ? RunResult.Succeeded : Phase == RunPhase.Stopping ? _stopResult : RunResult.Failed;
            Append(RunRecordType.Ended, -1, 0, (byte)result, result == RunResult.Succeeded ? null : _stopText ?? FailureText());
            return;
        }
        if (_restSaid) return;
        bool onlyPersons = _queues.Count == 0 && _timers.Count - (_plan.Plan.Deadline is null ? 0 : 1) <= 0;
        if (Phase == RunPhase.Paused || onlyPersons)
        {
            Command(new RunCommand { Kind = Phase == RunPhase.Paused ? RunCommandKind.Drained : RunCommandKind.Blocked, Step = -1 });
            _restSaid = true;
        }
    }

    private string FailureText()
    {
        int failed = CountOf(StepState.Failed);
        int held = CountOf(StepState.Quarantined);
        return $"{failed} {(failed == 1 ? "step" : "steps")} failed" + (held == 0 ? "" : $", {held} that need {(failed == 1 ? "it" : "them")} did not start");
    }

    private void Append(RunRecordType type, int step, int attempt, byte code, string? text, string? output = null)
    {
        var record = new RunRecord { Type = type, Step = step, Attempt = attempt, Code = code, At = _now, Text = text, Output = output };
        _unsettled.Enqueue(record);
        _appended++;
        _restSaid = false;
        Command(new RunCommand { Kind = RunCommandKind.Append, Step = step, Attempt = attempt, Record = record });
    }

    private void Command(in RunCommand command)
    {
        if (_commandCount == _commands.Length) Array.Resize(ref _commands, _commandCount * 2);
        _commands[_commandCount++] = command;
    }

    private void CameBack(int step, int ofClass)
    {
        _inFlight--;
        _slots[step].Busy = false;
        _timers.Clear(step);
        _queues.Release(ofClass);
    }

    private void Set(int step, StepState state)
    {
        ref var slot = ref _slots[step];
        _counts[(int)slot.State]--;
        _counts[(int)state]++;
        slot.State = state;
    }

    // A number that differs between steps and tries but is the same whenever the run is replayed.
    private static uint Spread(int step, int failures)
    {
        uint x = (uint)step * 2654435769u + (uint)failures * 2246822519u + 374761393u;
        x = (x ^ (x >> 15)) * 2246822519u;
        x = (x ^ (x >> 13)) * 3266489917u;
        return x ^ (x >> 16);
    }

    private struct StepSlot
    {
        public StepState State;
        public bool Busy;
        public bool GaveUp;
        public bool WaitFailed;
        public bool Interrupted;
        public bool Approved;
        public bool Touched;
        public int NeedsLeft;
        public int Attempt;
        public int Failures;
        public int Throttles;
        public int Interruptions;
        public int FailedLooks;
        public long Since;
        public long NotBefore;
        public long HoldsSince;
        public string? Text;
        public string? Output;
    }
}

/// <summary>Where a step stands, as recorded.</summary>
/// <param name="State">Its state.</param>
/// <param name="Attempts">How often it was begun.</param>
/// <param name="Text">Why it stands there, when there is something to say.</param>
/// <param name="Output">What it gave back.</param>
/// <param name="Touched">
/// Whether the outside world may carry its effect: it was begun, and the last word was not that its effect is not there.
/// </param>
public readonly record struct StepView(StepState State, int Attempts, string? Text, string? Output, bool Touched);
