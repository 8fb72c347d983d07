namespace Headroom.Runs;

/// <summary>What the first record of a run says.</summary>
public sealed record RunHeader
{
    /// <summary>The run's id; with a step's path it makes the idempotency key.</summary>
    public required string Run { get; init; }

    /// <summary>The plan's name.</summary>
    public required string Plan { get; init; }

    /// <summary>SHA-256 of the plan as stored beside the journal, hexadecimal.</summary>
    public required string PlanHash { get; init; }

    /// <summary>The file the plan was read from; null when there was none.</summary>
    public string? Source { get; init; }

    /// <summary>For a rollback: the run that it rolls back.</summary>
    public string? RollsBack { get; init; }

    /// <summary>Who started it.</summary>
    public string? By { get; init; }

    /// <summary>The program's version.</summary>
    public string? Program { get; init; }
}
