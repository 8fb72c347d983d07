using Headroom.Runs;

namespace Headroom.Simulation.Tests;

/// <summary>A request on its way: to the world, and back.</summary>
internal sealed class Call
{
    public required int Step { get; init; }

    /// <summary>Number of the step in the first plan, whose effect it brings or takes away.</summary>
    public required int Effect { get; init; }

    public required int Attempt { get; init; }

    public required bool Undo { get; init; }

    public required TimeSpan Settle { get; init; }

    /// <summary>When it takes effect; −1 for never.</summary>
    public long LandsAt { get; set; } = -1;

    /// <summary>When its answer comes; −1 for never.</summary>
    public long AnswersAt { get; set; } = -1;

    public StepResult Answer { get; set; } = StepResult.Done();

    public bool Landed { get; set; }

    public bool GivenUp { get; set; }
}

/// <summary>
/// The outside world: it knows what was really done. Its promise to callers: a call takes effect, if ever, at the latest
/// when its step's settle time has passed since the caller gave up on it or died.
/// </summary>
internal sealed class World(Scenario scenario, Faults faults, Random random)
{
    private readonly List<Call> _underWay = [];
    private readonly long[] _holdsAt = new long[scenario.Natures.Length];

    public bool[] Present { get; } = new bool[scenario.Natures.Length];

    public int[] Applied { get; } = new int[scenario.Natures.Length];

    /// <summary>Decides what will become of a call.</summary>
    public Call Send(int step, int effect, int attempt, StepSpec spec, bool undo, long now)
    {
        var call = new Call { Step = step, Effect = effect, Attempt = attempt, Undo = undo, Settle = scenario.Plan.Steps[effect].Settle };
        long latency = (long)(scenario.Durations[effect].Ticks * (0.5 + random.NextDouble()));
        if (faults.Happens(Fault.Throttled))
        {
            call.AnswersAt = now + TimeSpan.FromMilliseconds(50).Ticks;
            call.Answer = StepResult.Throttled("slow down", TimeSpan.FromMilliseconds(random.Next(10_000)));
        }
        else if (faults.Happens(Fault.Failed))
        {
            call.AnswersAt = now + latency;
            call.Answer = StepResult.Failed("internal error");
        }
        else if (!undo && faults.Happens(Fault.Rejected, 0.1))
        {
            call.AnswersAt = now + latency;
            call.Answer = StepResult.Rejected("forbidden");
        }
        else if (!faults.Happens(Fault.TimeoutWithoutEffect))
        {
            if (faults.Happens(Fault.SlowCall)) call.LandsAt = now + (long)((spec.Timeout.Ticks + call.Settle.Ticks) * 0.999 * random.NextDouble());
            else if (faults.Happens(Fault.LostReply)) call.LandsAt = now + (long)(latency * random.NextDouble());
            else
            {
                call.LandsAt = now + (long)(latency * random.NextDouble());
                call.AnswersAt = now + latency;
            }
        }
        _underWay.Add(call);
        if (!undo) _holdsAt[effect] = faults.Happens(Fault.WaitNeverHolds, 0.3) ? long.MaxValue : now + latency + TimeSpan.FromMilliseconds(random.Next(10_000)).Ticks;
        return call;
    }

    public void Land(Call call)
    {
        call.Landed = true;
        _underWay.Remove(call);
        if (call.GivenUp) faults.Count(Fault.EffectAfterTimeout);
        if (call.Undo)
        {
            Present[call.Effect] = false;
            return;
        }
        Applied[call.Effect]++;
        Present[call.Effect] = true;
    }

    /// <summary>The caller no longer waits. Gives whether the time of landing changed.</summary>
    public bool GiveUp(Call call, long now)
    {
        call.GivenUp = true;
        if (call.Landed || call.LandsAt < 0) return false;
        long latest = now + (long)(call.Settle.Ticks * 0.999);
        if (call.LandsAt <= latest) return false;
        call.LandsAt = call.Settle == TimeSpan.Zero || random.Next(2) == 0 ? -1 : now + (long)((latest - now) * random.NextDouble());
        return call.LandsAt >= 0;
    }

    /// <summary>The caller died. Gives the calls that still land, later than before.</summary>
    public IEnumerable<Call> CallerDied(long now)
    {
        foreach (var call in _underWay.ToList())
        {
            if (call.GivenUp) continue;
            bool moved = GiveUp(call, now);
            if (call.LandsAt >= 0) faults.Count(Fault.EffectAfterCrash);
            if (moved) yield return call;
        }
    }

    public CheckResult Look(int effect)
    {
        if (faults.Happens(Fault.LookFailed)) return new CheckResult(CheckVerdict.Failed, "throttled");
        if (scenario.Natures[effect] == StepNature.Undecidable && random.Next(2) == 0)
        {
            faults.Count(Fault.LookUndecided);
            return new CheckResult(CheckVerdict.Undecided, "two candidates");
        }
        return new CheckResult(Present[effect] ? CheckVerdict.Done : CheckVerdict.NotDone);
    }

    public PollResult Poll(int effect, long now)
    {
        if (now < _holdsAt[effect]) return new PollResult(PollVerdict.NotYet, "1 of 2 healthy");
        if (scenario.ConditionFlaps && !faults.Over && random.Next(5) == 0) return new PollResult(PollVerdict.NotYet, "flapping");
        return new PollResult(PollVerdict.Holds);
    }
}
