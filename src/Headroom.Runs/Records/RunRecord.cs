namespace Headroom.Runs;

/// <summary>The kinds of record in a run's journal. Numbers are part of the format on disk.</summary>
public enum RunRecordType : byte
{
    /// <summary>The first record: which run this is and the hash of its plan (text: <see cref="RunHeader"/> as JSON).</summary>
    Started = 1,

    /// <summary>A process took the run up.</summary>
    Opened = 2,

    /// <summary>A step is about to act.</summary>
    Intent = 3,

    /// <summary>What came of it (code: <see cref="StepResultKind"/>).</summary>
    Outcome = 4,

    /// <summary>What a look at an interrupted step told (code: <see cref="CheckVerdict"/>).</summary>
    Looked = 5,

    /// <summary>A wait is over (code: <see cref="PollVerdict"/>).</summary>
    WaitEnded = 6,

    /// <summary>A person decided (code: <see cref="StepDecision"/>).</summary>
    Decided = 7,

    /// <summary>The run was paused.</summary>
    Paused = 8,

    /// <summary>The run was let go on by the process that had paused it.</summary>
    Continued = 9,

    /// <summary>Someone asked for the end of the run.</summary>
    StopAsked = 10,

    /// <summary>The run is over (code: <see cref="RunResult"/>).</summary>
    Ended = 11,
}

/// <summary>One record of a run's journal. Together, in order, they are its state and its audit trail.</summary>
public readonly record struct RunRecord
{
    /// <summary>What is recorded.</summary>
    public required RunRecordType Type { get; init; }

    /// <summary>Number of the step in the plan; −1 when it is about the run.</summary>
    public int Step { get; init; }

    /// <summary>Number of the attempt, from 1; 0 when nothing was attempted.</summary>
    public int Attempt { get; init; }

    /// <summary>The value of the type's own enumeration.</summary>
    public byte Code { get; init; }

    /// <summary>Time since the run began, counting only while it was being executed.</summary>
    public TimeSpan At { get; init; }

    /// <summary>Wall clock when it was written, in Unix milliseconds UTC; for people, nothing is decided by it.</summary>
    public long UtcMilliseconds { get; init; }

    /// <summary>Why, or who; null when there is nothing to say.</summary>
    public string? Text { get; init; }

    /// <summary>The output of a step that is done.</summary>
    public string? Output { get; init; }

    /// <summary>Fencing number of the process that wrote it; known when read back.</summary>
    public long Epoch { get; init; }
}
