using Headroom.Runs;

namespace Headroom.Simulation.Tests;

/// <summary>
/// Watches one run for broken invariants, with nothing but the plan, the journal and the world: it shares no code with the
/// engine's own bookkeeping.
/// </summary>
internal sealed class Watch(RunPlan plan, World world, Func<int, int> effectOf)
{
    private readonly Dictionary<string, int> _index = plan.Steps.Index().ToDictionary(pair => pair.Item.Id, pair => pair.Index);
    private readonly List<RunRecord> _journal = [];
    private readonly HashSet<(int Step, int Attempt)> _intents = [];
    private readonly int[] _successes = new int[plan.Steps.Count];
    private readonly bool[] _done = new bool[plan.Steps.Count];
    private readonly bool[] _approved = new bool[plan.Steps.Count];
    private readonly long[] _actedAt = new long[plan.Steps.Count];
    private readonly long[] _holdsSince = [.. plan.Steps.Select(_ => -1L)];
    private readonly Dictionary<string, (int InUse, long FullAt)> _limits = [];
    private int _synced;

    /// <summary>Rates are shared with the run that follows: the world does not know where one run ends.</summary>
    public Watch After(Watch before)
    {
        foreach (var (name, state) in before._limits) _limits[name] = (0, state.FullAt);
        return this;
    }

    /// <summary>Records are on the disk for good.</summary>
    public void Durable(IEnumerable<RunRecord> records)
    {
        foreach (var record in records) Note(record);
        _synced = _journal.Count;
    }

    /// <summary>A process reads the journal back.</summary>
    public void Recovered(IReadOnlyList<RunRecord> records)
    {
        if (records.Count < _synced) Broken(Invariant.NothingRecordedLost, $"{_synced} records were acknowledged, {records.Count} are there");
        for (int i = 0; i < _synced; i++)
            if (!Same(records[i], _journal[i])) Broken(Invariant.NothingRecordedLost, $"record {i + 1} reads {records[i].Type} and was {_journal[i].Type}");
        // What was written but not acknowledged may have survived: then it counts.
        for (int i = _journal.Count; i < records.Count; i++) Note(records[i]);
    }

    /// <summary>The process is gone, and with it all it held.</summary>
    public void ProcessEnded()
    {
        foreach (string name in _limits.Keys.ToList()) _limits[name] = _limits[name] with { InUse = 0 };
        Array.Fill(_holdsSince, -1);
    }

    public void Acts(int step, int attempt, long now)
    {
        var spec = plan.Steps[step];
        if (!_intents.Contains((step, attempt))) Broken(Invariant.IntentBeforeEffect, $"{spec.Id} acts, and its intent {attempt} is not on the disk");
        if (spec.NeedsApproval && !_approved[step]) Broken(Invariant.DependenciesRespected, $"{spec.Id} acts without approval");
        foreach (string need in spec.Needs)
        {
            int needed = _index[need];
            if (!_done[needed]) Broken(Invariant.DependenciesRespected, $"{spec.Id} acts before {need} is recorded as done");
            bool undone = plan.Steps[needed].UndoesKey is not null;
            if (plan.Steps[needed].Action is not null && world.Present[effectOf(needed)] == undone)
                Broken(Invariant.DependenciesRespected, $"{spec.Id} acts, and {need} that it needs is not there");
            if (plan.Steps[needed].Wait is { Until: false } wait && now < _actedAt[needed] + wait.For.Ticks)
                Broken(Invariant.WaitsKept, $"{spec.Id} acts {TimeSpan.FromTicks(now - _actedAt[needed])} after {need} acted, which waits {wait.For}");
        }
        if (_done[step]) Broken(Invariant.OneRecordedOutcome, $"{spec.Id} acts after it was recorded as done");
        Take(spec.Limits, implied: true, now);
    }

    public void Looks(int step, long now) => Take(plan.Steps[step].CheckLimits, implied: false, now);

    public void ActingCameBack(int step) => Release(plan.Steps[step].Limits, implied: true);

    public void LookCameBack(int step) => Release(plan.Steps[step].CheckLimits, implied: false);

    public void PollCameBack(int step, PollResult result, long now)
    {
        if (result.Verdict != PollVerdict.Holds) _holdsSince[step] = -1;
        else if (_holdsSince[step] < 0) _holdsSince[step] = now;
    }

    /// <summary>A record leaves the engine, before it is on the disk.</summary>
    public void Appended(in RunRecord record, long now)
    {
        if (record.Step < 0) return;
        var spec = plan.Steps[record.Step];
        bool acted = record.Type == RunRecordType.Outcome && record.Code == (byte)StepResultKind.Done
            || record.Type == RunRecordType.Looked && record.Code == (byte)CheckVerdict.Done
            || record.Type == RunRecordType.Decided && record.Code is (byte)StepDecision.Done or (byte)StepDecision.Retry;
        if (acted) _actedAt[record.Step] = now;
        if (record.Type != RunRecordType.WaitEnded || record.Code != (byte)PollVerdict.Holds) return;
        if (spec.Wait!.Until && (_holdsSince[record.Step] < 0 || now - _holdsSince[record.Step] < spec.Wait.For.Ticks))
            Broken(Invariant.WaitsKept, $"the condition of {spec.Id} did not hold for {spec.Wait.For}");
        if (!spec.Wait.Until && now < _actedAt[record.Step] + spec.Wait.For.Ticks)
            Broken(Invariant.WaitsKept, $"{spec.Id} waited {TimeSpan.FromTicks(now - _actedAt[record.Step])} instead of {spec.Wait.For}");
    }

    /// <summary>A call has just taken effect.</summary>
    public void Landed(Call call, StepNature nature)
    {
        if (!call.Undo)
        {
            if (nature is StepNature.Once or StepNature.Undecidable && world.Applied[call.Effect] > 1)
                Broken(Invariant.NothingAppliedTwice, $"{plan.Steps[call.Step].Id} was applied {world.Applied[call.Effect]} times");
            return;
        }
    }

    /// <summary>The run says that it is over: what it recorded must be what the world shows.</summary>
    public void Ended(RunEngine engine, IReadOnlyList<RunRecord> readBack, PreparedPlan asUnderstood)
    {
        for (int step = 0; step < plan.Steps.Count; step++)
        {
            var spec = plan.Steps[step];
            if (!_done[step] || spec.Action is null) continue;
            bool undone = spec.UndoesKey is not null;
            if (world.Present[effectOf(step)] != undone) continue;
            if (undone) Broken(Invariant.RollbackLeavesNothing, $"{spec.Id} was undone and is there");
            else Broken(Invariant.NoEffectLost, $"{spec.Id} is recorded as done and is not there");
        }
        for (int step = 0; step < plan.Steps.Count; step++)
            if (_successes[step] > 1) Broken(Invariant.OneRecordedOutcome, $"{plan.Steps[step].Id} is recorded as done {_successes[step]} times");
        var replayed = new RunEngine(asUnderstood);
        foreach (var record in readBack) replayed.Replay(record);
        if (replayed.Phase != engine.Phase || replayed.Result != engine.Result)
            Broken(Invariant.OneRecordedOutcome, $"the journal says {replayed.Phase} {replayed.Result}, the run said {engine.Phase} {engine.Result}");
        for (int step = 0; step < plan.Steps.Count; step++)
        {
            var (live, read) = (engine.View(step), replayed.View(step));
            // Ready and what follows from it without a record are the same to whoever takes the run up.
            if (live.Attempts != read.Attempts || live.Touched != read.Touched || Settled(live.State) != Settled(read.State))
                Broken(Invariant.OneRecordedOutcome, $"{plan.Steps[step].Id}: the journal says {read}, the run said {live}");
        }
    }

    private static StepState Settled(StepState state) => state switch
    {
        StepState.Succeeded or StepState.Failed or StepState.Quarantined or StepState.Pending => state,
        _ => StepState.Ready,
    };

    private void Note(in RunRecord record)
    {
        _journal.Add(record);
        if (record.Step < 0) return;
        var wait = plan.Steps[record.Step].Wait;
        switch (record.Type)
        {
            case RunRecordType.Intent:
                _intents.Add((record.Step, record.Attempt));
                break;
            case RunRecordType.Outcome when record.Code == (byte)StepResultKind.Done && wait is null:
            case RunRecordType.Looked when record.Code == (byte)CheckVerdict.Done && wait is null:
            case RunRecordType.Decided when record.Code == (byte)StepDecision.Done && wait is null:
            case RunRecordType.WaitEnded when record.Code == (byte)PollVerdict.Holds:
                _done[record.Step] = true;
                _successes[record.Step]++;
                break;
            case RunRecordType.Decided when record.Code == (byte)StepDecision.Approve:
                _approved[record.Step] = true;
                break;
        }
    }

    private static bool Same(in RunRecord a, in RunRecord b) =>
        a.Type == b.Type && a.Step == b.Step && a.Attempt == b.Attempt && a.Code == b.Code && a.At == b.At && a.Text == b.Text && a.Output == b.Output;

    private IEnumerable<(string Name, int Units)> Uses(IReadOnlyDictionary<string, int> draws, bool implied)
    {
        foreach (var (name, units) in draws)
            if (units > 0) yield return (name, units);
        if (implied && !draws.ContainsKey(RunPlan.WorkersLimit)) yield return (RunPlan.WorkersLimit, 1);
    }

    private void Take(IReadOnlyDictionary<string, int> draws, bool implied, long now)
    {
        foreach (var (name, units) in Uses(draws, implied))
        {
            var (inUse, fullAt) = _limits.GetValueOrDefault(name);
            var limit = plan.Limits[name];
            if (limit.Concurrency is { } most)
            {
                if (inUse + units > most) Broken(Invariant.LimitsRespected, $"{inUse + units} units of {name} are in use, of {most}");
                _limits[name] = (inUse + units, 0);
                continue;
            }
            // A bucket in real time, of which downtime is a part: the engine's own may only be emptier.
            double perUnit = TimeSpan.TicksPerSecond / limit.RatePerSecond!.Value;
            long next = Math.Max(fullAt, now) + (long)(units * perUnit);
            if (next - now > (long)Math.Ceiling(limit.Burst * perUnit) + limit.Burst) Broken(Invariant.LimitsRespected, $"more than {limit.RatePerSecond:f2} a second after {limit.Burst} of {name}");
            _limits[name] = (0, next);
        }
    }

    private void Release(IReadOnlyDictionary<string, int> draws, bool implied)
    {
        foreach (var (name, units) in Uses(draws, implied))
            if (plan.Limits[name].Concurrency is not null) _limits[name] = _limits[name] with { InUse = _limits[name].InUse - units };
    }

    private static void Broken(Invariant invariant, string what) => throw new InvariantBroken(invariant, what);
}
