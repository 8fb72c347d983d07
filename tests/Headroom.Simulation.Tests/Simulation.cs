using Headroom.Runs;

namespace Headroom.Simulation.Tests;

/// <summary>What one seed did.</summary>
/// <param name="TraceHash">Hash over every event and command, in order.</param>
/// <param name="Faults">How often each fault came, by <see cref="Fault"/>.</param>
/// <param name="Acts">Executions.</param>
/// <param name="RolledBack">Whether a rollback was run to its end.</param>
internal sealed record SimulationResult(ulong TraceHash, int[] Faults, int Acts, bool RolledBack);

/// <summary>
/// One seed: a random plan against a random world with random faults, run to its end over as many processes as it takes,
/// and then, where it failed or was stopped, rolled back.
/// </summary>
internal sealed class Simulation
{
    private const int MostRollbacks = 6;

    private readonly Random _random;
    private readonly Mutation _mutation;
    private readonly Scenario _scenario;
    private readonly Faults _faults;
    private readonly World _world;
    private readonly SimDisk _disk;
    private readonly SimClock _clock = new();

    private readonly long? _dieAfterRecord;
    private bool _diedAfterRecord;

    private Simulation(int seed, Mutation mutation, long? dieAfterRecord = null)
    {
        _random = new Random(seed);
        _mutation = mutation;
        _dieAfterRecord = dieAfterRecord;
        _scenario = Scenario.Create(_random);
        _faults = new Faults(_random, none: dieAfterRecord is not null);
        _world = new World(_scenario, _faults, _random);
        _disk = new SimDisk { Random = _random };
    }

    /// <summary>Runs a seed.</summary>
    /// <exception cref="InvariantBroken">An invariant did not hold.</exception>
    public static SimulationResult Run(int seed, Mutation mutation = Mutation.None) => new Simulation(seed, mutation).Run();

    /// <summary>Runs a seed without other faults, in which the process dies when exactly so many records are on the disk.</summary>
    /// <returns>False when the run ended before it had so many.</returns>
    public static bool RunAndDieAfter(int seed, long record)
    {
        var simulation = new Simulation(seed, Mutation.None, record);
        simulation.Run();
        return simulation._diedAfterRecord;
    }

    private SimulationResult Run()
    {
        const string run = "run";
        var forward = Execute(_scenario.Plan, run, effectOf: step => step, before: null);
        bool rolledBack = false;
        if (forward.Engine.Result != RunResult.Succeeded || _random.Next(8) == 0) rolledBack = RollBack(forward, run);
        return new SimulationResult(_clock.TraceHash, _faults.Counts, _clock.Acts, rolledBack);
    }

    private bool RollBack(SimRun forward, string run)
    {
        var prepared = PreparedPlan.From(_scenario.Plan);
        var undone = new bool[prepared.Count];
        var watch = forward.Watch;
        for (int number = 1; number <= MostRollbacks; number++)
        {
            if (number == MostRollbacks - 1) _faults.Over = true;
            var deadline = number == 1 && _random.Next(10) == 0 ? TimeSpan.FromSeconds(1 + _random.Next(60)) : (TimeSpan?)null;
            var plan = RollbackPlan.Build(prepared, View, run, deadline);
            if (plan is null) break;
            if (_mutation == Mutation.RollbackInAnyOrder) plan = plan with { Steps = [.. plan.Steps.Select(step => step with { Needs = [] })] };
            int[] effects = [.. plan.Steps.Select(step => prepared.IndexOf(step.Id))];
            var back = Execute(plan, $"{run}.rollback-{number}", step => effects[step], watch);
            watch = back.Watch;
            for (int i = 0; i < plan.Steps.Count; i++)
                if (plan.Steps[i].UndoesKey is not null && back.Engine.View(i).State == StepState.Succeeded) undone[effects[i]] = true;
            if (back.Engine.Result == RunResult.Succeeded) break;
        }
        // What is still on its way to the world arrives.
        _clock.LandEverything();
        for (int step = 0; step < prepared.Count; step++)
        {
            if (_world.Present[step] && _scenario.Plan.Steps[step].CanUndo)
                throw new InvariantBroken(Invariant.RollbackLeavesNothing, $"{_scenario.Plan.Steps[step].Id} is still there after the rollback");
        }
        return true;

        StepView View(int step)
        {
            var view = forward.Engine.View(step);
            bool forget = _mutation == Mutation.RollbackSkipsUnfinished && view.State != StepState.Succeeded;
            return undone[step] || forget ? view with { Touched = false } : view;
        }
    }

    private SimRun Execute(RunPlan plan, string run, Func<int, int> effectOf, Watch? before)
    {
        var watch = new Watch(plan, _world, effectOf);
        if (before is not null) watch.After(before);
        var sim = new SimRun(this, PreparedPlan.From(Mutations.Understand(plan, _mutation)), run, effectOf, watch);
        sim.ToTheEnd();
        return sim;
    }

    /// <summary>One run over the lives of all the processes that work on it.</summary>
    private sealed class SimRun(Simulation sim, PreparedPlan plan, string directory, Func<int, int> effectOf, Watch watch) : IDisposable
    {
        private const int MostEvents = 60_000;
        private const int FaultsEndAfter = 3_000;
        private const int MostDeaths = 9;

        private readonly Random _random = sim._random;
        private readonly Faults _faults = sim._faults;
        private readonly SimClock _clock = sim._clock;
        private readonly World _world = sim._world;
        private readonly Dictionary<int, Call> _calls = [];
        private readonly List<RunRecord> _waiting = [];
        private readonly List<RunRecord> _underWay = [];
        private readonly long _segmentBytes = sim._random.Next(3) == 0 ? 400 + sim._random.Next(2000) : 1 << 20;
        private SimLog _log = null!;
        private bool _alive;
        private bool _personAsked;
        private bool _over;
        private long _startedAt;
        private TimeSpan _base;
        private long _appended;
        private long _durable;
        private long _utcOffset;
        private int _events;
        private int _deaths;

        public RunEngine Engine { get; private set; } = null!;

        public Watch Watch => watch;

        public void ToTheEnd()
        {
            while (!_over)
            {
                StartProcess();
                while (_alive && !_over) Next();
            }
            var log = new SimLog(directory, sim._disk, _segmentBytes);
            watch.Recovered(log.Recovered);
            watch.Ended(Engine, log.Recovered, plan);
            log.Dispose();
        }

        public void Dispose() => _log.Dispose();

        private void StartProcess()
        {
            _log = new SimLog(directory, sim._disk, _segmentBytes);
            if (sim._mutation == Mutation.LoseLastRecordAtRestart && _log.Recovered.Count > 0) _log.Recovered.RemoveAt(_log.Recovered.Count - 1);
            watch.Recovered(_log.Recovered);
            Engine = new RunEngine(plan);
            foreach (var record in _log.Recovered) Engine.Replay(record);
            _clock.Life++;
            _calls.Clear();
            _waiting.Clear();
            _underWay.Clear();
            (_appended, _durable, _startedAt, _base) = (0, 0, _clock.Now, Engine.Now);
            (_alive, _personAsked) = (true, false);
            if (Engine.Phase == RunPhase.Ended && Engine.Result != RunResult.Failed)
            {
                _over = true;
                return;
            }
            if (_random.Next(3) == 0) _clock.InProcess(_random.Next(60_000), Meddle);
            if (Engine.Phase == RunPhase.Ended) AskPerson();
            Step(RunEvent.Begin("simulation"));
        }

        private void Next()
        {
            if (++_events > MostEvents) throw new InvariantBroken(Invariant.EveryRunEnds, $"{MostEvents} events, and {directory} is {Engine.Phase} with {Engine.InFlight} in flight");
            if (_events > FaultsEndAfter) _faults.Over = true;
            long? wake = Engine.WakeAt is { } at ? _startedAt + (at - _base).Ticks : null;
            if (!_clock.MoveOn(wake, out var action)) throw new InvariantBroken(Invariant.EveryRunEnds, $"nothing will ever happen again, and {directory} is {Engine.Phase} with {Engine.InFlight} in flight");
            if (action is null) Step(RunEvent.Tick);
            else action();
            if (_alive && !_over && _calls.Count > 0 && Dies(Fault.CrashWithCallUnderWay, 0.02)) Die();
        }

        private void Step(in RunEvent happened)
        {
            if (!_alive) return;
            var now = _base + TimeSpan.FromTicks(_clock.Now - _startedAt);
            if (_faults.Happens(Fault.ClockJumpForward, 0.1)) _utcOffset += _random.Next(100_000_000);
            if (_faults.Happens(Fault.ClockJumpBackward, 0.1)) _utcOffset -= _random.Next(100_000_000);
            _clock.Trace((long)happened.Kind, happened.Step, happened.Attempt, now.Ticks);
            // The commands are only valid until the next step.
            foreach (var command in Engine.Step(happened, now).ToArray())
            {
                _clock.Trace(64 + (long)command.Kind, command.Step, command.Attempt, (long)command.Record.Type << 8 | command.Record.Code);
                Do(command);
                if (!_alive || _over) return;
            }
            if (!_log.UnderWay && _log.Waiting) Commit();
        }

        private void Do(in RunCommand command)
        {
            int step = command.Step, attempt = command.Attempt;
            switch (command.Kind)
            {
                case RunCommandKind.Append:
                    Append(command.Record);
                    if (sim._mutation == Mutation.ActBeforeIntentIsDurable && command.Record.Type == RunRecordType.Intent) Act(step, attempt);
                    break;
                case RunCommandKind.Execute when sim._mutation != Mutation.ActBeforeIntentIsDurable:
                    Act(step, attempt);
                    break;
                case RunCommandKind.Look:
                    Look(step, attempt);
                    break;
                case RunCommandKind.Poll:
                    watch.Looks(step, _clock.Now);
                    _clock.InProcess(10 + _random.Next(200), () =>
                    {
                        var result = _world.Poll(effectOf(step), _clock.Now);
                        watch.LookCameBack(step);
                        watch.PollCameBack(step, result, _clock.Now);
                        Step(RunEvent.Polled(step, attempt, result));
                    });
                    break;
                case RunCommandKind.Cancel:
                    Cancel(step, attempt);
                    break;
                case RunCommandKind.Drained:
                    Drained();
                    break;
                case RunCommandKind.Blocked:
                    AskPerson();
                    break;
                case RunCommandKind.Ended:
                    Ended();
                    break;
            }
            if (Engine.CountOf(StepState.NeedsPerson) + Engine.CountOf(StepState.NeedsApproval) > 0) AskPerson();
        }

        private void Append(in RunRecord record)
        {
            watch.Appended(record, _clock.Now);
            _log.Append(record, Math.Max(0, _clock.Now / TimeSpan.TicksPerMillisecond + _utcOffset));
            _waiting.Add(record);
            _appended++;
            if (sim._mutation == Mutation.RecordOutcomeTwice && record.Type == RunRecordType.Outcome && record.Code == 0)
            {
                _log.Append(record, 0);
                _waiting.Add(record);
            }
        }

        private void Commit()
        {
            long upTo = _appended;
            if (sim._dieAfterRecord <= _log.Last && !sim._diedAfterRecord)
            {
                sim._diedAfterRecord = true;
                _log.TearWaiting((int)(_waiting.Count - (_log.Last - sim._dieAfterRecord.Value)));
                Die();
                return;
            }
            if (Dies(Fault.CrashBeforeWrite, 0.05))
            {
                if (_faults.Happens(Fault.TornWrite, 4)) _log.TearWaiting();
                Die();
                return;
            }
            _underWay.AddRange(_waiting);
            _waiting.Clear();
            sim._disk.FullAtNextWrite = _faults.Happens(Fault.DiskFull, 0.02);
            if (!Disk(_log.Write)) return;
            if (Dies(Fault.CrashBetweenWriteAndSync, 0.05))
            {
                Die();
                return;
            }
            if (sim._mutation == Mutation.AcknowledgeBeforeSync) _clock.InProcess(0, () => Step(RunEvent.Durable(upTo)));
            _clock.InProcess(_random.Next(20) == 0 ? _random.Next(500) : 1, () =>
            {
                sim._disk.FailNextSync = _faults.Happens(Fault.SyncError, 0.02);
                if (!Disk(_log.Sync)) return;
                watch.Durable(_underWay);
                _underWay.Clear();
                if (Dies(Fault.CrashAfterSync, 0.05))
                {
                    Die();
                    return;
                }
                _durable = upTo;
                Step(RunEvent.Durable(_durable));
                if (_alive && !_over && !_log.UnderWay && _log.Waiting) Commit();
            });
        }

        // An error of the disk ends the process: nothing more is done on the word of a journal that cannot be written.
        private bool Disk(Action action)
        {
            try
            {
                action();
                return true;
            }
            catch (IOException)
            {
                Die();
                return false;
            }
        }

        private void Act(int step, int attempt)
        {
            var spec = plan.Plan.Steps[step];
            watch.Acts(step, attempt, _clock.Now);
            _clock.Acts++;
            var call = _world.Send(step, effectOf(step), attempt, spec, spec.UndoesKey is not null, _clock.Now);
            _calls[step] = call;
            if (call.LandsAt >= 0) Lands(call);
            if (call.AnswersAt >= 0 && sim._mutation != Mutation.LoseAnswers) _clock.InProcessAt(call.AnswersAt, () => Answer(call, call.Answer));
        }

        private void Lands(Call call)
        {
            long at = call.LandsAt;
            _clock.InWorldAt(at, () =>
            {
                if (call.Landed || call.LandsAt != at) return;
                _world.Land(call);
                watch.Landed(call, sim._scenario.Natures[call.Effect]);
                if (call.Undo) CheckUndoOrder(call.Effect);
            });
        }

        private void CheckUndoOrder(int effect)
        {
            var original = sim._scenario.Plan.Steps;
            string id = original[effect].Id;
            for (int i = 0; i < original.Count; i++)
            {
                if (_world.Present[i] && original[i].CanUndo && original[i].Needs.Contains(id))
                    throw new InvariantBroken(Invariant.RollbackInOrder, $"{id} is undone while {original[i].Id}, which needs it, is there");
            }
        }

        private void Answer(Call call, StepResult result)
        {
            if (!_calls.TryGetValue(call.Step, out var current) || current != call) return;
            _calls.Remove(call.Step);
            watch.ActingCameBack(call.Step);
            Step(RunEvent.Executed(call.Step, call.Attempt, result));
        }

        private void Cancel(int step, int attempt)
        {
            if (!_calls.TryGetValue(step, out var call) || call.Attempt != attempt || call.GivenUp) return;
            if (_world.GiveUp(call, _clock.Now)) Lands(call);
            if (sim._mutation == Mutation.LoseAnswers) return;
            _clock.InProcess(1, () => Answer(call, StepResult.Unknown("no answer")));
            // An answer may still arrive when nobody waits for it any more.
            if (_faults.Happens(Fault.LateReply, 3)) _clock.InProcess(5 + _random.Next(5000), () => Step(RunEvent.Executed(step, attempt, StepResult.Done("late"))));
        }

        private void Look(int step, int attempt)
        {
            watch.Looks(step, _clock.Now);
            _clock.InProcess(10 + _random.Next(300), () =>
            {
                watch.LookCameBack(step);
                var told = sim._mutation switch
                {
                    Mutation.TakeInterruptedForNotDone => new CheckResult(CheckVerdict.NotDone),
                    Mutation.TakeInterruptedForDone => new CheckResult(CheckVerdict.Done),
                    _ => _world.Look(effectOf(step)),
                };
                Step(RunEvent.Looked(step, attempt, told));
            });
        }

        private void Meddle()
        {
            if (_faults.Happens(Fault.Stop, 3)) Step(RunEvent.Stop("operator"));
            else if (!_faults.Over)
            {
                Step(RunEvent.Pause("operator"));
                if (!_alive) return;
                // The operator's patience with what still runs.
                _clock.InProcess(10_000, () =>
                {
                    if (Engine.Phase != RunPhase.Paused) return;
                    foreach (int step in _calls.Keys.ToList()) Cancel(step, _calls[step].Attempt);
                });
            }
        }

        private void Drained()
        {
            if (_random.Next(2) == 0)
            {
                _faults.Count(Fault.PauseAndGoOn);
                _clock.InProcess(_random.Next(100_000), () => Step(RunEvent.Continue("operator")));
                return;
            }
            _faults.Count(Fault.PauseAndExit);
            EndProcess(downFor: _random.Next(1_000_000));
        }

        private void Ended()
        {
            if (Engine.Result == RunResult.Failed && Engine.CountOf(StepState.Failed) > 0 && _random.Next(4) == 0 && !_faults.Over)
            {
                AskPerson();
                return;
            }
            _over = true;
            EndProcess(downFor: 0);
        }

        private void AskPerson()
        {
            if (_personAsked) return;
            _personAsked = true;
            _clock.InProcess(1000 + _random.Next(60_000), () =>
            {
                _personAsked = false;
                bool retry = Engine.Phase == RunPhase.Ended;
                bool reopened = false;
                for (int step = 0; step < plan.Count && _alive; step++)
                {
                    var decision = Engine.View(step).State switch
                    {
                        StepState.NeedsApproval => _random.Next(12) == 0 ? StepDecision.Reject : StepDecision.Approve,
                        StepState.NeedsPerson => _world.Present[effectOf(step)] ? StepDecision.Done : StepDecision.NotDone,
                        StepState.Failed when retry && !reopened => StepDecision.Retry,
                        _ => (StepDecision?)null,
                    };
                    if (decision is null || !Engine.CanDecide(step, decision.Value)) continue;
                    reopened |= decision == StepDecision.Retry;
                    if (decision == StepDecision.Retry) _faults.Count(Fault.RetryAfterTheEnd);
                    Step(RunEvent.Decide(step, decision.Value, "person"));
                }
                if (_alive && retry && !reopened) _over = true;
            });
        }

        private bool Dies(Fault how, double weight) => _deaths < MostDeaths && _faults.Happens(how, weight);

        private void Die()
        {
            _deaths++;
            foreach (var call in _world.CallerDied(_clock.Now)) Lands(call);
            EndProcess(downFor: 100 + _random.Next(_random.Next(3) == 0 ? 3_600_000 : 5_000));
            if (_faults.Happens(Fault.PowerLoss, 4)) sim._disk.LosePower();
        }

        private void EndProcess(long downFor)
        {
            _alive = false;
            _log.Dispose();
            watch.ProcessEnded();
            _clock.Sleep(downFor);
        }
    }
}
