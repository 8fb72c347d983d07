namespace Headroom.Runs;

/// <content>What a state makes happen next: queues, timers, starts.</content>
public sealed partial class RunEngine
{
    // Once in the life of an engine; afterwards each change of state schedules its own step.
    private void ScheduleAll()
    {
        if (_scheduled) return;
        _scheduled = true;
        if (_plan.Plan.Deadline is { } deadline) _timers.Set(_plan.Count, deadline.Ticks);
        for (int step = 0; step < _slots.Length; step++) Schedule(step);
    }

    // Does nothing while records are read back; taking the run up schedules every step once.
    private void Schedule(int step)
    {
        if (!_scheduled) return;
        ref var slot = ref _slots[step];
        var spec = _plan.Plan.Steps[step];
        switch (slot.State)
        {
            case StepState.Ready when spec.NeedsApproval && !slot.Approved:
                Set(step, StepState.NeedsApproval);
                break;
            case StepState.Ready when spec.Action is null:
                // Nothing to do outside; recorded all the same, for its wait begins here.
                Set(step, StepState.Recording);
                Append(RunRecordType.Outcome, step, 0, (byte)StepResultKind.Done, null);
                break;
            case StepState.Ready:
                _queues.Add(step, _plan.ExecuteClass[step]);
                break;
            case StepState.Backoff:
                long due = (_now + spec.Retry.DelayAfter(slot.Failures + slot.Throttles, Spread(step, slot.Failures + slot.Throttles))).Ticks;
                _timers.Set(step, Math.Max(due, slot.NotBefore));
                break;
            case StepState.Unknown:
                // What is under way must have come true or not before anyone looks, or tries again.
                _timers.Set(step, (_now + spec.Settle).Ticks);
                break;
            case StepState.Waiting when !spec.Wait!.Until:
                _timers.Set(step, slot.Since + spec.Wait.For.Ticks);
                break;
            case StepState.Waiting:
                _timers.Set(step, _now.Ticks);
                break;
        }
    }

    private void FireTimers()
    {
        while (_timers.Count > 0 && _timers.PeekKey <= _now.Ticks)
        {
            int step = _timers.Pop();
            if (step == _plan.Count)
            {
                if (Phase != RunPhase.Stopping) StopBecause(RunResult.Failed, $"its deadline of {_plan.Plan.Deadline} passed");
                continue;
            }
            ref var slot = ref _slots[step];
            switch (slot.State)
            {
                case StepState.Running or StepState.Looking or StepState.Polling:
                    Command(new RunCommand { Kind = RunCommandKind.Cancel, Step = step, Attempt = slot.Attempt });
                    break;
                case StepState.Backoff:
                    Set(step, StepState.Ready);
                    _queues.Add(step, _plan.ExecuteClass[step]);
                    break;
                case StepState.Unknown when _plan.Plan.Steps[step].Repeatable:
                    AgainUnseen(step);
                    break;
                case StepState.Unknown:
                    _queues.Add(step, _plan.CheckClass[step]);
                    break;
                case StepState.Waiting when _plan.Plan.Steps[step].Wait!.Until:
                    Set(step, StepState.Polling);
                    _queues.Add(step, _plan.CheckClass[step]);
                    break;
                case StepState.Waiting:
                    EndWait(step, PollVerdict.Holds, null);
                    break;
            }
        }
    }

    // A repeatable step needs no look: that it was cut short is all there is to know.
    private void AgainUnseen(int step)
    {
        ref var slot = ref _slots[step];
        bool setAside = slot.Interrupted ? slot.Interruptions >= MaxInterruptions : slot.Failures >= _plan.Plan.Steps[step].Retry.Attempts;
        if (setAside)
        {
            Set(step, StepState.Recording);
            Append(RunRecordType.Outcome, step, slot.Attempt, (byte)StepResultKind.Rejected, slot.Interrupted ? InterruptedTooOften(slot) : slot.Text);
        }
        else
        {
            if (slot.Interrupted)
            {
                MakeReady(step);
                return;
            }
            Set(step, StepState.Backoff);
            Schedule(step);
        }
    }

    private static string InterruptedTooOften(in StepSlot slot) => $"the process running it ended {slot.Interruptions} times while it ran";

    private void StartReady()
    {
        int step;
        while ((step = _queues.Take(_now.Ticks)) >= 0)
        {
            ref var slot = ref _slots[step];
            switch (slot.State)
            {
                case StepState.Ready:
                    Set(step, StepState.Starting);
                    _inFlight++;
                    Append(RunRecordType.Intent, step, slot.Attempt + 1, 0, null);
                    break;
                case StepState.Unknown:
                    Set(step, StepState.Looking);
                    StartLook(step, RunCommandKind.Look);
                    break;
                case StepState.Polling:
                    StartLook(step, RunCommandKind.Poll);
                    break;
            }
        }
    }

    private void StartLook(int step, RunCommandKind kind)
    {
        ref var slot = ref _slots[step];
        slot.Busy = true;
        _inFlight++;
        _restSaid = false;
        _queues.Spend(_plan.CheckClass[step], _now.Ticks);
        _timers.Set(step, (_now + _plan.Plan.Steps[step].Timeout).Ticks);
        Command(new RunCommand { Kind = kind, Step = step, Attempt = slot.Attempt });
    }

    private void EndWait(int step, PollVerdict verdict, string? text)
    {
        Set(step, StepState.Recording);
        Append(RunRecordType.WaitEnded, step, _slots[step].Attempt, (byte)verdict, text);
    }
}
