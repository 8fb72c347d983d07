namespace Headroom.Runs;

/// <summary>How long a step takes in a rehearsal.</summary>
/// <param name="Act">Time it acts, holding its limits.</param>
/// <param name="Wait">With a wait for a condition: time until the condition holds. A fixed wait takes its own time.</param>
public readonly record struct StepTimes(TimeSpan Act, TimeSpan Wait);

/// <summary>When a step acted and when it was done, since the beginning of the run.</summary>
/// <param name="Start">When it began to act.</param>
/// <param name="Acted">When its action came back.</param>
/// <param name="End">When its wait was over and its dependents could start.</param>
public readonly record struct StepTimeline(TimeSpan Start, TimeSpan Acted, TimeSpan End);

/// <summary>What a rehearsal gave.</summary>
/// <param name="Makespan">Time from the beginning to the end of the run.</param>
/// <param name="LowerBound">The time below which no schedule could finish with these times, and what sets it.</param>
/// <param name="Steps">When each step acted, by its number in the plan.</param>
public sealed record RehearsalResult(TimeSpan Makespan, LowerBound LowerBound, IReadOnlyList<StepTimeline> Steps)
{
    /// <summary>How far the schedule is from the best imaginable; 1 is perfect.</summary>
    public double RatioToBound => LowerBound.Time == TimeSpan.Zero ? 1 : Makespan / LowerBound.Time;
}

/// <summary>
/// Runs the engine itself against modelled times on a clock that jumps from event to event: what the real run would do
/// if nothing failed, in a fraction of a second. Approvals are given at once.
/// </summary>
public static class Rehearsal
{
    /// <summary>Rehearses a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="times">Times of a step by its number; by default the plan's estimates.</param>
    public static RehearsalResult Run(PreparedPlan plan, Func<int, StepTimes>? times = null)
    {
        times ??= step => new StepTimes(plan.Plan.Steps[step].ExpectedAct, plan.Plan.Steps[step].ExpectedWait);
        return new Shell(plan, times).Run();
    }

    private sealed class Shell(PreparedPlan plan, Func<int, StepTimes> times)
    {
        private readonly RunEngine _engine = new(plan);
        private readonly PriorityQueue<RunEvent, (long At, long Order)> _due = new();
        private readonly StepTimeline[] _timelines = new StepTimeline[plan.Count];
        private readonly long[] _act = new long[plan.Count];
        private readonly long[] _wait = new long[plan.Count];
        private readonly long[] _holdsAt = new long[plan.Count];
        private readonly List<RunEvent> _now = [];
        private long _order;
        private long _appended;
        private long _settled;

        public RehearsalResult Run()
        {
            long now = 0;
            Step(RunEvent.Begin(null), now);
            while (_engine.Phase != RunPhase.Ended)
            {
                if (_settled < _appended)
                {
                    // The journal of a rehearsal takes no time.
                    _settled = _appended;
                    Step(RunEvent.Durable(_settled), now);
                }
                else if (_now.Count > 0)
                {
                    var approvals = _now.ToArray();
                    _now.Clear();
                    foreach (var approval in approvals) Step(approval, now);
                }
                else
                {
                    long due = _due.TryPeek(out _, out var first) ? first.At : long.MaxValue;
                    long wake = _engine.WakeAt?.Ticks ?? long.MaxValue;
                    if (due == long.MaxValue && wake == long.MaxValue) throw new InvalidOperationException("the rehearsal came to a stand before its end");
                    now = Math.Max(now, Math.Min(due, wake));
                    Step(due <= wake ? _due.Dequeue() : RunEvent.Tick, now);
                }
            }
            return new RehearsalResult(TimeSpan.FromTicks(now), LowerBound.Of(plan, _act, _wait), _timelines);
        }

        private void Step(in RunEvent happened, long now)
        {
            foreach (ref readonly var command in _engine.Step(happened, TimeSpan.FromTicks(now)))
            {
                int step = command.Step;
                switch (command.Kind)
                {
                    case RunCommandKind.Append:
                        _appended++;
                        Note(command.Record);
                        break;
                    case RunCommandKind.Execute:
                        var taken = times(step);
                        _act[step] = taken.Act.Ticks;
                        _holdsAt[step] = now + taken.Act.Ticks + taken.Wait.Ticks;
                        _timelines[step] = new StepTimeline(TimeSpan.FromTicks(now), default, default);
                        Due(now + taken.Act.Ticks, RunEvent.Executed(step, command.Attempt, StepResult.Done()));
                        break;
                    case RunCommandKind.Poll:
                        Due(now, RunEvent.Polled(step, command.Attempt, new PollResult(now >= _holdsAt[step] ? PollVerdict.Holds : PollVerdict.NotYet)));
                        break;
                    case RunCommandKind.Blocked:
                        for (int i = 0; i < plan.Count; i++)
                            if (_engine.CanDecide(i, StepDecision.Approve)) _now.Add(RunEvent.Decide(i, StepDecision.Approve, null));
                        break;
                }
            }
        }

        private void Note(in RunRecord record)
        {
            if (record.Step < 0) return;
            int step = record.Step;
            ref var timeline = ref _timelines[step];
            if (record.Type == RunRecordType.Outcome)
                timeline = timeline with { Start = record.Attempt == 0 ? record.At : timeline.Start, Acted = record.At, End = record.At };
            if (record.Type != RunRecordType.WaitEnded) return;
            timeline = timeline with { End = record.At };
            _wait[step] = (record.At - timeline.Acted).Ticks;
        }

        private void Due(long at, in RunEvent happened) => _due.Enqueue(happened, (at, _order++));
    }
}
