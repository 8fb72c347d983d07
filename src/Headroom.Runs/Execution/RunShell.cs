using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Headroom.Durable;

namespace Headroom.Runs;

/// <summary>
/// The production shell: one loop steps the engine, appends its records to the journal, and hands its commands to the
/// thread pool. Many steps share one fsync, because the loop takes in all that has happened before it waits.
/// <list type="number">
/// <item>Take an event: an action came back, records became durable, a timer is due, someone asks for something.</item>
/// <item>Step the engine.</item>
/// <item>Append its records; start and cancel actions.</item>
/// <item>When there is nothing to take, wait.</item>
/// </list>
/// </summary>
internal sealed class RunShell
{
    private readonly RunEngine _engine;
    private readonly Journal _journal;
    private readonly RunOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<int, int, long, StepContext> _context;
    private readonly Channel<RunEvent> _events = Channel.CreateUnbounded<RunEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Queue<Acknowledgement> _acknowledgements = new();
    private readonly Queue<RunRecord> _observed = new();
    private readonly List<RunRecord> _durable = [];
    private readonly ArrayBufferWriter<byte> _payload = new(512);
    private readonly StepWork?[] _active;
    private readonly PriorityQueue<StepWork, TimeSpan> _cancelled = new();
    private readonly Action _wake;
    private readonly ITimer _timer;
    private readonly TimeSpan _base;
    private readonly long _started;
    private readonly Lock _gate = new();
    private Acknowledgement? _last;
    private long _appended;
    private TimeSpan? _drainUntil;
    private bool _drainCancelled;
    private bool _blocked;
    private RunReport? _report;

    public RunShell(RunEngine engine, Journal journal, RunOptions options, TimeProvider time, Func<int, int, long, StepContext> context)
    {
        (_engine, _journal, _options, _time, _context) = (engine, journal, options, time, context);
        _active = new StepWork?[engine.Plan.Count];
        _wake = () => Post(RunEvent.Tick);
        _timer = time.CreateTimer(static state => ((RunShell)state!).Post(RunEvent.Tick), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        (_base, _started) = (engine.Now, time.GetTimestamp());
    }

    private TimeSpan Now => _base + _time.GetElapsedTime(_started);

    /// <summary>Tells the run that something happened; safe from any thread, also after its end.</summary>
    public void Post(in RunEvent happened) => _events.Writer.TryWrite(happened);

    /// <summary>Pauses the run and leaves it when what runs has come back, at the latest after the drain time.</summary>
    public void Leave(string? by)
    {
        lock (_gate) _drainUntil ??= Now + _options.DrainTime;
        Post(RunEvent.Pause(by));
    }

    public RunProgress Progress()
    {
        lock (_gate) return RunProgress.Of(_engine);
    }

    /// <summary>Whether a decision means anything now; safe from any thread.</summary>
    public bool CanDecide(int step, StepDecision decision)
    {
        lock (_gate) return _engine.CanDecide(step, decision);
    }

    public async Task<RunReport> RunAsync()
    {
        try
        {
            Take(RunEvent.Begin(_options.By));
            while (_report is null)
            {
                while (_report is null && _events.Reader.TryRead(out var happened)) Take(happened);
                // Only when all that was said has been heard: a decision may stand in the queue.
                if (_blocked) _report ??= new RunReport(RunRest.NeedsPerson, null, null, null);
                if (_report is not null) break;
                ArmTimer();
                await _events.Reader.WaitToReadAsync().ConfigureAwait(false);
            }
        }
        catch (JournalFaultedException fault)
        {
            _report = new RunReport(RunRest.Halted, null, null, RunProblems.JournalFaulted(fault));
        }
        finally
        {
            await EndActionsAsync().ConfigureAwait(false);
            await _timer.DisposeAsync().ConfigureAwait(false);
        }
        return _report;
    }

    private void Take(in RunEvent happened)
    {
        lock (_gate)
        {
            TakeAcknowledgements();
            if (happened.Kind == RunEventKind.Decide) _blocked = false;
            if (_report is null) Step(happened);
            if (_report is null) GiveUpOnLateOnes();
        }
        // Outside the lock: whoever is told may be about to ask how far the run is.
        foreach (var record in _durable) _options.OnRecord!(record);
        _durable.Clear();
    }

    private void TakeAcknowledgements()
    {
        while (_report is null && _acknowledgements.TryPeek(out var next) && next.Written.IsCompleted)
        {
            _acknowledgements.Dequeue();
            // Throws what the journal failed with.
            next.Written.GetAwaiter().GetResult();
            while (_observed.Count > _appended - next.Records) _durable.Add(_observed.Dequeue());
            Step(RunEvent.Durable(next.Records));
        }
    }

    private void Step(in RunEvent happened)
    {
        foreach (ref readonly var command in _engine.Step(happened, Now))
        {
            switch (command.Kind)
            {
                case RunCommandKind.Append: Append(command.Record); break;
                case RunCommandKind.Execute or RunCommandKind.Look or RunCommandKind.Poll: Start(command); break;
                case RunCommandKind.Cancel: Cancel(command.Step); break;
                case RunCommandKind.Drained when _drainUntil is not null: _report = new RunReport(RunRest.Paused, null, null, null); break;
                case RunCommandKind.Blocked: Blocked(); break;
                case RunCommandKind.Ended: _report = new RunReport(RunRest.Ended, _engine.Result, _engine.ResultText, null); break;
            }
        }
    }

    private void Append(in RunRecord record)
    {
        long utc = Math.Max(0, _time.GetUtcNow().ToUnixTimeMilliseconds());
        _payload.ResetWrittenCount();
        RunRecordCodec.Write(_payload, record, utc);
        if (!_journal.TryAppend((byte)record.Type, _payload.WrittenSpan, out var ticket))
            throw new InvalidOperationException("the journal's queue is smaller than what a run may have on its way");
        _appended++;
        if (_options.OnRecord is not null) _observed.Enqueue(record with { UtcMilliseconds = utc, Epoch = _journal.Epoch });
        if (_last?.Written == ticket.Written)
        {
            _last.Records = _appended;
            return;
        }
        _last = new Acknowledgement(ticket.Written) { Records = _appended };
        _acknowledgements.Enqueue(_last);
        ticket.Written.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_wake);
    }

    private void Start(in RunCommand command)
    {
        var spec = _engine.Plan.Plan.Steps[command.Step];
        var work = new StepWork(this, command.Kind, command.Step, command.Attempt, _options.Actions[spec.Action!], _context(command.Step, command.Attempt, _journal.Epoch));
        _active[command.Step] = work;
        ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
    }

    private void Cancel(int step)
    {
        if (_active[step] is not { } work || work.IsCancelled) return;
        work.Cancel();
        _cancelled.Enqueue(work, Now + _options.CancelTime);
    }

    // What still runs when the run is left must not go on behind the back of whoever takes it up next.
    private async Task EndActionsAsync()
    {
        foreach (var work in _active)
            if (work is { IsOver: false }) work.Cancel();
        var until = Now + _options.DrainTime;
        while (_active.Any(work => work is { IsOver: false }) && Now < until)
        {
            Arm(until);
            await _events.Reader.WaitToReadAsync().ConfigureAwait(false);
            while (_events.Reader.TryRead(out _)) { }
        }
    }

    private void GiveUpOnLateOnes()
    {
        while (_cancelled.TryPeek(out var work, out var until) && (work.IsOver || until <= Now))
        {
            _cancelled.Dequeue();
            // Its answer, should it come, is to an attempt that is no longer awaited.
            if (!work.IsOver) Step(work.Answer(StepResult.Unknown($"it was cancelled and did not come back within {_options.CancelTime.TotalSeconds:0} s")));
        }
        if (_drainUntil is not { } drain || Now < drain) return;
        if (!_drainCancelled)
        {
            _drainCancelled = true;
            for (int step = 0; step < _active.Length; step++)
                if (_active[step] is { IsOver: false }) Cancel(step);
            _drainUntil = Now + TimeSpan.FromSeconds(5);
        }
        else
        {
            _report = new RunReport(RunRest.Paused, null, $"{_engine.InFlight} steps did not come back in time and will be looked at when the run is taken up", null);
        }
    }

    private void Blocked()
    {
        if (_engine.CountOf(StepState.NeedsApproval) > 0 || _options.StayWhenUndecided) return;
        _blocked = true;
    }

    private void ArmTimer()
    {
        TimeSpan at;
        lock (_gate)
        {
            at = _engine.WakeAt ?? TimeSpan.MaxValue;
            if (_cancelled.TryPeek(out _, out var until) && until < at) at = until;
            if (_drainUntil < at) at = _drainUntil.Value;
        }
        Arm(at);
    }

    private void Arm(TimeSpan at)
    {
        if (at == TimeSpan.MaxValue) return;
        var due = at - Now;
        // Timers count whole milliseconds; rounding down would wake too early, again and again.
        _timer.Change(due <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(due.TotalMilliseconds), int.MaxValue)), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Records that go to the disk together.</summary>
    private sealed class Acknowledgement(Task written)
    {
        public Task Written => written;

        /// <summary>How many records are durable once it completes.</summary>
        public long Records { get; set; }
    }

    /// <summary>One call of an action.</summary>
    [SuppressMessage("Design", "CA1001", Justification = "A source without timer or wait handle holds nothing to dispose, and disposing would race with cancelling.")]
    private sealed class StepWork(RunShell shell, RunCommandKind kind, int step, int attempt, IStepAction action, StepContext context) : IThreadPoolWorkItem
    {
        private readonly CancellationTokenSource _cancel = new();
        private volatile bool _over;

        public bool IsCancelled => _cancel.IsCancellationRequested;

        public bool IsOver => _over;

        public void Cancel() => _ = _cancel.CancelAsync();

        public void Execute() => _ = CallAsync();

        /// <summary>The event for an answer that the action did not give itself.</summary>
        public RunEvent Answer(in StepResult result)
        {
            _over = true;
            return kind switch
            {
                RunCommandKind.Look => RunEvent.Looked(step, attempt, new CheckResult(CheckVerdict.Failed, result.Text)),
                RunCommandKind.Poll => RunEvent.Polled(step, attempt, new PollResult(PollVerdict.NotYet, result.Text)),
                _ => RunEvent.Executed(step, attempt, result),
            };
        }

        private async Task CallAsync()
        {
            RunEvent answer;
            try
            {
                answer = kind switch
                {
                    RunCommandKind.Look => RunEvent.Looked(step, attempt, await action.CheckAsync(context, _cancel.Token).ConfigureAwait(false)),
                    RunCommandKind.Poll => RunEvent.Polled(step, attempt, await action.PollAsync(context, _cancel.Token).ConfigureAwait(false)),
                    _ when context.Step.UndoesKey is not null => RunEvent.Executed(step, attempt, await action.UndoAsync(context, _cancel.Token).ConfigureAwait(false)),
                    _ => RunEvent.Executed(step, attempt, await action.ActAsync(context, _cancel.Token).ConfigureAwait(false)),
                };
                _over = true;
            }
            catch (OperationCanceledException) when (_cancel.IsCancellationRequested)
            {
                answer = Answer(StepResult.Unknown("it was cancelled before it came back"));
            }
            // A surprise in an action says nothing about its effect, and must not end the run.
            catch (Exception surprise)
            {
                answer = Answer(StepResult.Unknown($"{surprise.GetType().Name}: {surprise.Message}"));
            }
            shell.Post(answer);
        }
    }
}
