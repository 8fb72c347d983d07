namespace Headroom.Runs;

/// <summary>Where a step stands.</summary>
public enum StepState : byte
{
    /// <summary>A step that it needs has not succeeded yet.</summary>
    Pending,

    /// <summary>Could start; waits for its limits.</summary>
    Ready,

    /// <summary>Its intent is on the way to the journal.</summary>
    Starting,

    /// <summary>Its action is being executed.</summary>
    Running,

    /// <summary>What came of it is on the way to the journal.</summary>
    Recording,

    /// <summary>It acted; its wait is not over.</summary>
    Waiting,

    /// <summary>It acted; its condition is to be looked at, or is being looked at.</summary>
    Polling,

    /// <summary>It failed and will be tried again after a while.</summary>
    Backoff,

    /// <summary>It was begun and nobody knows what came of it; the outside world is to be looked at.</summary>
    Unknown,

    /// <summary>The outside world is being looked at to learn what came of it.</summary>
    Looking,

    /// <summary>Looking did not tell what came of it; a person must say.</summary>
    NeedsPerson,

    /// <summary>A person must agree before it starts.</summary>
    NeedsApproval,

    /// <summary>Done, and its wait is over.</summary>
    Succeeded,

    /// <summary>Finally failed: set aside after the last try, or rejected.</summary>
    Failed,

    /// <summary>Will not start, because a step that it needs has failed.</summary>
    Quarantined,
}

/// <summary>Where a run stands.</summary>
public enum RunPhase
{
    /// <summary>Not begun, or read back and not yet taken up.</summary>
    Idle,

    /// <summary>Steps start as they become ready.</summary>
    Running,

    /// <summary>No step starts; it will go on later.</summary>
    Paused,

    /// <summary>No step starts any more; it ends when what is running has ended.</summary>
    Stopping,

    /// <summary>Over; see its result.</summary>
    Ended,
}

/// <summary>How a run ended.</summary>
public enum RunResult : byte
{
    /// <summary>Every step succeeded.</summary>
    Succeeded,

    /// <summary>At least one step failed, or the deadline passed.</summary>
    Failed,

    /// <summary>A person stopped it.</summary>
    Stopped,
}

/// <summary>What a person says about a step.</summary>
public enum StepDecision : byte
{
    /// <summary>It may start.</summary>
    Approve,

    /// <summary>It must not start: it fails.</summary>
    Reject,

    /// <summary>Its effect is there: go on as if it had said so itself.</summary>
    Done,

    /// <summary>Its effect is not there: run it again.</summary>
    NotDone,

    /// <summary>It failed and the cause is mended: try it again from the first try.</summary>
    Retry,
}
