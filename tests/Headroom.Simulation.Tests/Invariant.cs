namespace Headroom.Simulation.Tests;

/// <summary>What must hold whatever goes wrong.</summary>
internal enum Invariant
{
    /// <summary>A step recorded as done has its effect in the world.</summary>
    NoEffectLost,

    /// <summary>An effect that must come once comes once.</summary>
    NothingAppliedTwice,

    /// <summary>A step acts only after all it needs is done, in the world and in the journal, and its approval given.</summary>
    DependenciesRespected,

    /// <summary>No limit is exceeded at any time, over crashes too.</summary>
    LimitsRespected,

    /// <summary>Nothing acts before its intent is on the disk.</summary>
    IntentBeforeEffect,

    /// <summary>What was acknowledged as durable is read back after any crash.</summary>
    NothingRecordedLost,

    /// <summary>A step's success is recorded once, and reading the journal back gives the state that the run had.</summary>
    OneRecordedOutcome,

    /// <summary>A wait lasts as long as declared, and its condition held without a break for as long as asked.</summary>
    WaitsKept,

    /// <summary>A finished rollback leaves no effect that can be undone.</summary>
    RollbackLeavesNothing,

    /// <summary>Nothing is undone while something built on it stands.</summary>
    RollbackInOrder,

    /// <summary>Every run comes to an end.</summary>
    EveryRunEnds,
}

internal sealed class InvariantBroken(Invariant invariant, string what) : Exception($"{invariant}: {what}")
{
    public Invariant Invariant { get; } = invariant;
}
