namespace Headroom.Runs;

/// <summary>What the engine wants done.</summary>
public enum RunCommandKind : byte
{
    /// <summary>Append a record to the journal; say <see cref="RunEventKind.Durable"/> when it is on disk.</summary>
    Append,

    /// <summary>Execute a step; say <see cref="RunEventKind.Executed"/> when it came back.</summary>
    Execute,

    /// <summary>Look whether a step's effect is there; say <see cref="RunEventKind.Looked"/>.</summary>
    Look,

    /// <summary>Look whether a step's condition holds; say <see cref="RunEventKind.Polled"/>.</summary>
    Poll,

    /// <summary>Cancel what a step is doing: its time is over. It still has to come back.</summary>
    Cancel,

    /// <summary>A paused run has come to rest: everything that ran has come back and is recorded.</summary>
    Drained,

    /// <summary>Nothing can happen before a person approves or decides.</summary>
    Blocked,

    /// <summary>The run is over and its end is recorded.</summary>
    Ended,
}

/// <summary>Something for the shell to do.</summary>
public readonly record struct RunCommand
{
    /// <summary>What to do.</summary>
    public required RunCommandKind Kind { get; init; }

    /// <summary>With which step; −1 for the run.</summary>
    public int Step { get; init; }

    /// <summary>For which attempt.</summary>
    public int Attempt { get; init; }

    /// <summary>What to append.</summary>
    public RunRecord Record { get; init; }
}
