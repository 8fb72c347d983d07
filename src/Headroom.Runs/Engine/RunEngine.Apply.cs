namespace Headroom.Runs;

/// <content>What a record means for the state: the same whether it has just become durable or is read back.</content>
public sealed partial class RunEngine
{
    /// <summary>
    /// Reads back one record of the run's journal, in order, before <see cref="RunEventKind.Begin"/>.
    /// </summary>
    /// <exception cref="InvalidDataException">The record does not fit the plan or the records before it.</exception>
    public void Replay(in RunRecord record)
    {
        if (_live) throw new InvalidOperationException("records are read back before the run is taken up");
        if (record.Step < -1 || record.Step >= _plan.Count) throw new InvalidDataException($"record {record.Type} names step {record.Step} of {_plan.Count}");
        if (record.At > _now) _now = record.At;
        Apply(record);
    }

    private void Settle(long records)
    {
        while (_durable < Math.Min(records, _appended))
        {
            _durable++;
            Apply(_unsettled.Dequeue());
        }
    }

    private void Apply(in RunRecord record)
    {
        switch (record.Type)
        {
            case RunRecordType.Opened:
                if (!_live) MarkInterrupted();
                if (!_live && Phase != RunPhase.Ended && Phase != RunPhase.Stopping) Phase = RunPhase.Running;
                break;
            case RunRecordType.Intent: ApplyIntent(record); break;
            case RunRecordType.Outcome: ApplyOutcome(record); break;
            case RunRecordType.Looked: ApplyLooked(record); break;
            case RunRecordType.WaitEnded: ApplyWaitEnded(record); break;
            case RunRecordType.Decided: ApplyDecided(record); break;
            case RunRecordType.Paused when !_live: Phase = RunPhase.Paused; break;
            case RunRecordType.Continued when !_live: Phase = RunPhase.Running; break;
            case RunRecordType.StopAsked when !_live: StopBecause(RunResult.Stopped, record.Text is null ? null : $"stopped by {record.Text}"); break;
            case RunRecordType.Ended:
                (Phase, Result, ResultText, _ending) = (RunPhase.Ended, (RunResult)record.Code, record.Text, false);
                if (_live) Command(new RunCommand { Kind = RunCommandKind.Ended, Step = -1 });
                break;
        }
    }

    // Whoever had these in hand is dead: what came of them is unknown.
    private void MarkInterrupted()
    {
        for (int step = 0; step < _slots.Length; step++)
        {
            ref var slot = ref _slots[step];
            if (slot.State != StepState.Running) continue;
            slot.Interrupted = true;
            slot.Interruptions++;
            slot.Text = "its process ended before it came back";
            slot.FailedLooks = 0;
            Set(step, StepState.Unknown);
        }
    }

    private void ApplyIntent(in RunRecord record)
    {
        ref var slot = ref _slots[record.Step];
        slot.Attempt = record.Attempt;
        slot.Touched = true;
        slot.Interrupted = false;
        Set(record.Step, StepState.Running);
        if (!_live) return;
        slot.Busy = true;
        _queues.Spend(_plan.ExecuteClass[record.Step], _now.Ticks);
        _timers.Set(record.Step, (_now + _plan.Plan.Steps[record.Step].Timeout).Ticks);
        Command(new RunCommand { Kind = RunCommandKind.Execute, Step = record.Step, Attempt = record.Attempt });
    }

    private void ApplyOutcome(in RunRecord record)
    {
        int step = record.Step;
        ref var slot = ref _slots[step];
        slot.Text = record.Text;
        switch ((StepResultKind)record.Code)
        {
            case StepResultKind.Done:
                Acted(step, record);
                break;
            case StepResultKind.Failed:
                FailedOnce(step);
                break;
            case StepResultKind.Throttled:
                Throttled(step);
                break;
            case StepResultKind.Rejected:
                GiveUp(step);
                break;
            default:
                // Without a look there will be no other record of this try.
                if (_plan.Plan.Steps[step].Repeatable) slot.Failures++;
                slot.FailedLooks = 0;
                Set(step, StepState.Unknown);
                Schedule(step);
                break;
        }
    }

    private void ApplyLooked(in RunRecord record)
    {
        int step = record.Step;
        ref var slot = ref _slots[step];
        slot.Text = record.Text ?? slot.Text;
        switch ((CheckVerdict)record.Code)
        {
            case CheckVerdict.Done:
                Acted(step, record);
                break;
            case CheckVerdict.NotDone:
                slot.Touched = false;
                if (!slot.Interrupted) FailedOnce(step);
                else if (slot.Interruptions >= MaxInterruptions)
                {
                    slot.Text = InterruptedTooOften(slot);
                    GiveUp(step);
                }
                else MakeReady(step);
                break;
            default:
                Set(step, StepState.NeedsPerson);
                break;
        }
    }

    private void ApplyWaitEnded(in RunRecord record)
    {
        if ((PollVerdict)record.Code == PollVerdict.Holds)
        {
            Complete(record.Step);
            return;
        }
        _slots[record.Step].Text = record.Text;
        _slots[record.Step].WaitFailed = true;
        GiveUp(record.Step);
    }

    private void ApplyDecided(in RunRecord record)
    {
        int step = record.Step;
        ref var slot = ref _slots[step];
        string by = record.Text is null ? "" : " by " + record.Text;
        bool waitFailed = slot.WaitFailed;
        if (slot.GaveUp) Reopen(step);
        switch ((StepDecision)record.Code)
        {
            case StepDecision.Approve:
                slot.Approved = true;
                MakeReady(step);
                break;
            case StepDecision.Reject:
                slot.Text = "rejected" + by;
                GiveUp(step);
                break;
            case StepDecision.Done:
                Acted(step, record with { Text = "declared done" + by });
                break;
            case StepDecision.NotDone:
                slot.Touched = false;
                MakeReady(step);
                break;
            case StepDecision.Retry when waitFailed:
                // Its effect is there; only what it waits for did not come.
                Acted(step, record with { Text = null, Output = slot.Output });
                break;
            case StepDecision.Retry:
                MakeReady(step);
                break;
        }
    }

    private void Acted(int step, in RunRecord record)
    {
        ref var slot = ref _slots[step];
        slot.Touched = _plan.Plan.Steps[step].Action is not null;
        slot.Text = record.Text;
        slot.Output = record.Output;
        slot.Since = record.At.Ticks;
        slot.HoldsSince = -1;
        if (_plan.Plan.Steps[step].Wait is null)
        {
            Complete(step);
            return;
        }
        Set(step, StepState.Waiting);
        Schedule(step);
    }

    private void Complete(int step)
    {
        Set(step, StepState.Succeeded);
        foreach (int dependent in _plan.Dependents[step])
        {
            if (--_slots[dependent].NeedsLeft == 0) MakeReady(dependent);
        }
    }

    private void MakeReady(int step)
    {
        Set(step, StepState.Ready);
        Schedule(step);
    }

    private void FailedOnce(int step)
    {
        ref var slot = ref _slots[step];
        if (++slot.Failures >= _plan.Plan.Steps[step].Retry.Attempts)
        {
            GiveUp(step);
            return;
        }
        Set(step, StepState.Backoff);
        Schedule(step);
    }

    // Nothing was done, so it costs no try; but a budget that is never there must not keep the run from ending.
    private void Throttled(int step)
    {
        ref var slot = ref _slots[step];
        if (++slot.Throttles >= 10 * _plan.Plan.Steps[step].Retry.Attempts)
        {
            GiveUp(step);
            return;
        }
        Set(step, StepState.Backoff);
        Schedule(step);
    }

    private void GiveUp(int step)
    {
        _slots[step].GaveUp = true;
        Set(step, StepState.Failed);
        Quarantine(step);
        if (_plan.Plan.OnFailure != FailurePolicy.GoOn && Phase != RunPhase.Stopping)
            StopBecause(RunResult.Failed, $"step '{_plan.Plan.Steps[step].Id}' failed, and the plan stops at the first failure");
    }

    private void Quarantine(int failed)
    {
        _walk.Push(failed);
        while (_walk.TryPop(out int step))
        {
            foreach (int dependent in _plan.Dependents[step])
            {
                if (_slots[dependent].State != StepState.Pending) continue;
                _slots[dependent].Text = $"needs '{_plan.Plan.Steps[failed].Id}', which failed";
                Set(dependent, StepState.Quarantined);
                _walk.Push(dependent);
            }
        }
    }

    // A failed step gets another chance, and with it what it held back, unless another failure holds that back too.
    private void Reopen(int step)
    {
        ref var slot = ref _slots[step];
        slot.GaveUp = slot.WaitFailed = false;
        slot.Failures = slot.Throttles = slot.Interruptions = 0;
        for (int i = 0; i < _slots.Length; i++)
        {
            if (_slots[i].State != StepState.Quarantined) continue;
            _slots[i].Text = null;
            Set(i, StepState.Pending);
        }
        for (int i = 0; i < _slots.Length; i++)
        {
            if (_slots[i].GaveUp) Quarantine(i);
        }
        bool stoppedByFailure = Phase is RunPhase.Ended or RunPhase.Stopping && _stopResult != RunResult.Stopped;
        if (!stoppedByFailure) return;
        (Phase, Result, ResultText) = (RunPhase.Running, null, null);
        (_stopResult, _stopText) = (RunResult.Succeeded, null);
        if (_live) ScheduleAll();
    }
}
