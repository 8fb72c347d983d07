using Headroom.Runs;

namespace Headroom.Simulation.Tests;

/// <summary>
/// Bugs planted at the border between engine and shell, one or more for each invariant: if the simulation did not notice
/// them, its silence about the real engine would mean nothing.
/// </summary>
internal enum Mutation
{
    None,
    ActBeforeIntentIsDurable,
    AcknowledgeBeforeSync,
    TakeInterruptedForNotDone,
    TakeInterruptedForDone,
    LookBeforeSettled,
    ForgetANeed,
    LooserLimits,
    ShorterWaits,
    LoseLastRecordAtRestart,
    RecordOutcomeTwice,
    RollbackSkipsUnfinished,
    RollbackInAnyOrder,
    LoseAnswers,
}

internal static class Mutations
{
    /// <summary>The plan as a buggy engine would understand it.</summary>
    public static RunPlan Understand(RunPlan plan, Mutation mutation) => mutation switch
    {
        Mutation.ForgetANeed => plan with { Steps = [.. plan.Steps.Select(s => s.Needs.Count > 1 ? s with { Needs = [.. s.Needs.Skip(1)] } : s)] },
        Mutation.LooserLimits => plan with { Limits = plan.Limits.ToDictionary(l => l.Key, l => l.Value.Concurrency is { } c ? LimitSpec.Slots(c + 1) : LimitSpec.Rate(l.Value.RatePerSecond!.Value * 1.2, l.Value.Burst + 1)) },
        Mutation.ShorterWaits => plan with { Steps = [.. plan.Steps.Select(s => s.Wait is null ? s : s with { Wait = s.Wait with { For = s.Wait.For * 0.9, Until = s.Wait.Until } })] },
        Mutation.LookBeforeSettled => plan with { Steps = [.. plan.Steps.Select(s => s with { Settle = TimeSpan.Zero })] },
        _ => plan,
    };
}
