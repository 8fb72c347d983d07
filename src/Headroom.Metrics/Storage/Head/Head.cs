namespace Headroom.Metrics.Storage;

/// <summary>
/// What the store holds in memory: every series that was written to since the start, with the samples no block has yet.
/// Everything here is guarded by <see cref="Gate"/>, which is held for as long as one request takes to apply or one query
/// takes to note what it will read, never while something is read from or written to disk on a query's behalf.
/// </summary>
internal sealed class Head(long windowMs, int recentIds)
{
    private readonly Dictionary<Labels, HeadSeries> _byLabels = [];

    /// <summary>Guards the head and the set of blocks.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Out-of-order window of observations in milliseconds.</summary>
    public long WindowMs { get; } = windowMs;

    /// <summary>Number of the current snapshot generation: views taken so far hold leaves of lower ones only.</summary>
    public long Generation { get; private set; } = 1;

    /// <summary>For packing leaves.</summary>
    public ByteWriter Scratch { get; } = new();

    public HeadIndex Index { get; } = new();

    public RecentIds Ids { get; } = new(recentIds);

    /// <summary>The blocks, oldest flush first. Replaced as a whole.</summary>
    public IReadOnlyList<Block> Blocks { get; set; } = [];

    /// <summary>Samples and raw entries added since the last flush began.</summary>
    public long Pending { get; set; }

    /// <summary>Bytes put in the journal since the last flush began.</summary>
    public long PendingBytes { get; set; }

    /// <summary>Clock time, Unix milliseconds, at which the first of the pending samples was added; meaningless when there are none.</summary>
    public long PendingSince { get; set; }

    /// <summary>Flushes begun since the start.</summary>
    public long Flushes { get; set; }

    /// <summary>Highest series number in the journal.</summary>
    public long LastNumber { get; set; }

    /// <summary>Records up to this sequence no longer count as defining series numbers.</summary>
    public long DefinitionFloor { get; set; }

    public int SeriesCount => Index.SeriesCount;

    public HeadSeries? Find(Labels labels) => _byLabels.GetValueOrDefault(labels);

    /// <summary>Adds a series that is not there yet, with what the blocks know of it.</summary>
    public HeadSeries Add(Labels labels)
    {
        var series = new HeadSeries(labels);
        foreach (var block in Blocks)
        {
            int number = block.Find(labels);
            if (number < 0) continue;
            var entry = block.Entry(number);
            series.Kinds |= entry.Kinds;
            if (entry.Samples.Count > 0) series.Stored(entry.Samples[0].First, entry.Samples[^1].Last);
        }
        _byLabels.Add(labels, series);
        Index.Add(series);
        return series;
    }

    /// <summary>Called when views were taken: what changes from now on must not change what they hold.</summary>
    public void NextGeneration() => Generation++;
}
