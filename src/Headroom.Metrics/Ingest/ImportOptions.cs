namespace Headroom.Metrics.Ingest;

/// <summary>How files and bodies with one sample a line are read, whatever their format. All memory is bounded by these.</summary>
public record ImportOptions
{
    /// <summary>Samples handed over at a time. Default 8,192.</summary>
    public int BatchSize { get; init; } = 8192;

    /// <summary>Rejections that are listed; all are counted. Default 100.</summary>
    public int MaxRejectionsListed { get; init; } = 100;

    /// <summary>The longest line, and the longest CSV record over several lines, in bytes. Default 1 MiB.</summary>
    public int MaxLineBytes { get; init; } = 1024 * 1024;

    /// <summary>Different series accepted; samples of further ones are rejected. Default 2,000,000.</summary>
    public int MaxSeries { get; init; } = 2_000_000;

    /// <summary>Limits of labels.</summary>
    public SeriesLimits Limits { get; init; } = new();

    /// <summary>Labels given to every series that has no label of that name, for example <c>service</c>. Default none.</summary>
    public IReadOnlyList<Label> DefaultLabels { get; init; } = [];

    /// <summary>
    /// The label <c>service</c> of series that come with neither that label nor <c>job</c> (<see cref="ServiceLabel"/>). Default null: none is added,
    /// not even from <c>job</c>.
    /// </summary>
    public string? DefaultService { get; init; }

    /// <summary>The earliest time accepted, Unix milliseconds. Default 0, that is 1970.</summary>
    public long EarliestTime { get; init; }

    /// <summary>How far ahead of this machine's clock a time may lie. Default one day; <see cref="TimeSpan.MaxValue"/> for any.</summary>
    public TimeSpan MaxAhead { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>
/// Takes a batch of samples. The request is cleared and used again once the task completes, so nothing of it but the
/// labels and notes may be kept; the outcome's rejections are told to the user with their lines.
/// </summary>
public delegate ValueTask<WriteOutcome> BatchWriter(WriteRequest batch, CancellationToken cancel);
