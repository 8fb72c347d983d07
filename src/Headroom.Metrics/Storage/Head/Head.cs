namespace Headroom.Metrics.Storage;

/// <summary>
/// What the store holds in memory: every series that was written to since the start, with the samples no block has yet.
/// Everything here is guarded by <see cref="Gate"/>, which is held for as long as one request takes to apply or one query
/// takes to note what it will read, never while something is read from or written to disk on a query's behalf.
/// </summary>
internal sealed class Head(EmbeddedStoreOptions options, long openedAt)
{
    private readonly Dictionary<Labels, HeadSeries> _byLabels = [];

    /// <summary>Guards the head and the set of blocks.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Out-of-order window of observations in milliseconds.</summary>
    public long WindowMs { get; } = (long)options.OutOfOrderWindow.TotalMilliseconds;

    /// <summary>What the columns share.</summary>
    public ColumnMemory Memory { get; } = new();

    public HeadIndex Index { get; private set; } = new();

    public RecentIds Ids { get; } = new(options.RecentIds);

    public ExemplarRing Exemplars { get; } = new(options.MaxExemplars);

    public MetadataTable Metadata { get; } = new(options.MaxMetadata);

    /// <summary>The blocks, oldest flush first. Replaced as a whole.</summary>
    public IReadOnlyList<LiveBlock> Blocks { get; private set; } = [];

    /// <summary>
    /// For each of <see cref="Resolutions"/>, the time through which its samples were rolled up, or dropped. Replaced as a
    /// whole.
    /// </summary>
    public IReadOnlyList<long> RolledThrough { get; private set; } = Manifest.Empty.RolledThrough;

    /// <summary>Time of the newest sample ever accepted; <see cref="long.MinValue"/> when there is none.</summary>
    public long Newest { get; private set; } = long.MinValue;

    /// <summary>Samples and raw entries added since the last flush began.</summary>
    public long Pending { get; set; }

    /// <summary>Bytes put in the journal since the last flush began.</summary>
    public long PendingBytes { get; set; }

    /// <summary>
    /// Clock time, Unix milliseconds, at which the first of the pending samples was added; meaningless when there are
    /// none.
    /// </summary>
    public long PendingSince { get; set; }

    /// <summary>Highest series number in the journal.</summary>
    public long LastNumber { get; set; }

    /// <summary>Records up to this sequence no longer count as defining series numbers.</summary>
    public long DefinitionFloor { get; set; }

    public int SeriesCount => Index.SeriesCount;

    public HeadSeries? Find(Labels labels) => _byLabels.GetValueOrDefault(labels);

    /// <summary>Adds a series that is not there yet, with what the blocks know of it.</summary>
    public HeadSeries Add(Labels labels)
    {
        var series = new HeadSeries(labels, openedAt);
        ulong hash = Blocks.Count == 0 ? 0 : StableHash.Of(labels);
        SampleRun? latest = null;
        foreach (var block in Blocks)
        {
            int number = block.Block.Find(labels, hash);
            if (number < 0) continue;
            var entry = block.Block.Entry(number);
            series.Kinds |= entry.Kinds;
            if (entry.Samples.Count == 0) continue;
            series.Stored(entry.Samples[0].First, entry.Samples[^1].Last);
            // Hidden samples too: a counter goes on from where it was, whatever became of what it counted.
            if (latest is null || entry.Samples[^1].Last >= latest.Value.Last) latest = SampleRun.Of(block.Block, entry.Samples[^1]);
        }
        if ((series.Kinds & SeriesKinds.Observations) != 0 && latest is { } last) series.Slots = Resume(last);
        _byLabels.Add(labels, series);
        Index.Add(series);
        return series;
    }

    /// <summary>
    /// Forgets series that were not written to since a clock time and of which blocks have everything: when they are
    /// written to again, <see cref="Add"/> finds them there. Takes the lock only to look and to swap.
    /// </summary>
    public void ForgetIdle(long writtenBefore)
    {
        var kept = new List<HeadSeries>();
        var idle = new List<HeadSeries>();
        int seen;
        lock (Gate)
        {
            seen = SeriesCount;
            for (int i = 0; i < seen; i++) (IsIdle(Index[i]) ? idle : kept).Add(Index[i]);
        }
        // Building an index anew costs as much for few as for many.
        if (idle.Count == 0 || idle.Count < seen / 8) return;
        var next = new HeadIndex();
        foreach (var series in kept) next.Add(series);
        lock (Gate)
        {
            for (int i = seen; i < SeriesCount; i++) next.Add(Index[i]);
            foreach (var series in idle)
            {
                if (IsIdle(series)) Forget(series);
                else next.Add(series);
            }
            Index = next;
        }

        bool IsIdle(HeadSeries series) => series.IsStored && series.WrittenAt < writtenBefore;
    }

    /// <summary>Takes over what a manifest says: which blocks there are, and what of them counts.</summary>
    public void Use(Manifest manifest, IReadOnlyDictionary<long, Block> open)
    {
        var live = new LiveBlock[manifest.Blocks.Count];
        for (int i = 0; i < live.Length; i++)
        {
            var block = open[manifest.Blocks[i].Number];
            live[i] = new LiveBlock(block, manifest.Blocks[i].HiddenThrough, [.. manifest.Tombstones.Where(tombstone => tombstone.AppliesTo(block.Meta))]);
            NoteTime(block.Meta.Last);
        }
        (Blocks, RolledThrough) = (live, manifest.RolledThrough);
    }

    /// <summary>The same with one more block open.</summary>
    public void Use(Manifest manifest, Block? added = null)
    {
        var open = Blocks.ToDictionary(live => live.Meta.Number, live => live.Block);
        if (added is not null) open[added.Meta.Number] = added;
        Use(manifest, open);
    }

    public void NoteTime(long time) => Newest = Math.Max(Newest, time);

    private void Forget(HeadSeries series)
    {
        _byLabels.Remove(series.Labels);
        series.IsForgotten = true;
    }

    /// <summary>Called when views were taken: what changes from now on must not change what they hold.</summary>
    public void NextGeneration() => Memory.Generation++;

    private ObservationSlots Resume(SampleRun last)
    {
        var samples = new SampleBuffer();
        last.ReadInto(last.Last, last.Last, samples);
        return ObservationSlots.Resume(last.Last, samples.HistogramAt(0)!, WindowMs);
    }
}
