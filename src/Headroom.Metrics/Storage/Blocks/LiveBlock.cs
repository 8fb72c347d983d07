namespace Headroom.Metrics.Storage;

/// <summary>A block of the store and what of it no longer counts. Immutable; replaced when that changes.</summary>
/// <param name="Block">The block.</param>
/// <param name="HiddenThrough">
/// Samples up to this time were rolled up or have expired; <see cref="long.MinValue"/> when none.
/// </param>
/// <param name="Tombstones">Deletions that apply to it.</param>
internal sealed record LiveBlock(Block Block, long HiddenThrough, IReadOnlyList<Tombstone> Tombstones)
{
    public BlockMeta Meta => Block.Meta;

    /// <summary>The interval of its samples in milliseconds; 0 for raw ones.</summary>
    public long Resolution => Meta.Resolution;

    /// <summary>Earliest time that may be visible.</summary>
    public long First => HiddenThrough >= Meta.First ? HiddenThrough + 1 : Meta.First;

    public long Last => Meta.Last;

    /// <summary>Whether nothing in it counts any more.</summary>
    public bool IsSpent => Last <= HiddenThrough;

    /// <summary>What of a series in it does not count; null when everything does.</summary>
    public HiddenSpans? HiddenOf(Labels labels)
    {
        if (HiddenThrough < Meta.First && Tombstones.Count == 0) return null;
        var spans = new List<(long, long)>();
        if (HiddenThrough >= Meta.First) spans.Add((long.MinValue, HiddenThrough));
        foreach (var tombstone in Tombstones)
            if (LabelMatcher.AllMatch(tombstone.Matchers, labels))
                spans.Add((tombstone.Start, tombstone.End));
        return HiddenSpans.Of(spans);
    }

    /// <summary>What the block knows about one of its series.</summary>
    public BlockPart Part(int series)
    {
        var entry = Block.Entry(series);
        return new BlockPart(this, entry, HiddenOf(entry.Labels));
    }
}

/// <summary>One series in one block.</summary>
/// <param name="Live">The block.</param>
/// <param name="Entry">What its index says.</param>
/// <param name="Hidden">What of it does not count; null when everything does.</param>
internal readonly record struct BlockPart(LiveBlock Live, SeriesEntry Entry, HiddenSpans? Hidden)
{
    public IEnumerable<SampleRun> Samples => Runs(Entry.Samples);

    public IEnumerable<SampleRun> Raw => Runs(Entry.Raw);

    public IEnumerable<SampleRun> Aggregates => Runs(Entry.Aggregates);

    /// <summary>The visible runs of one kind of chunks, those written first at the front, in place of what is in a list.</summary>
    public static List<SampleRun> Runs(List<BlockPart> parts, Func<SeriesEntry, List<ChunkPlace>> of, List<SampleRun> into)
    {
        into.Clear();
        foreach (var part in parts)
        {
            foreach (var place in of(part.Entry))
            {
                var run = SampleRun.Of(part.Live.Block, place, part.Hidden);
                if (run.First <= run.Last) into.Add(run);
            }
        }
        return into;
    }

    /// <summary>What the parts together hold.</summary>
    public static SeriesKinds Kinds(List<BlockPart> parts)
    {
        var kinds = SeriesKinds.None;
        foreach (var part in parts) kinds |= part.Entry.Kinds;
        return kinds;
    }

    /// <summary>Whether any visible sample may lie between two instants (both included).</summary>
    public bool HasSamples(long min, long max) => Has(Entry.Samples, min, max);

    /// <summary>Whether any visible raw entry may lie between two instants (both included).</summary>
    public bool HasRaw(long min, long max) => Has(Entry.Raw, min, max);

    private bool Has(List<ChunkPlace> chunks, long min, long max)
    {
        if (chunks.Count == 0 || chunks[0].First > max || chunks[^1].Last < min) return false;
        foreach (var chunk in chunks)
        {
            if (chunk.First > max || chunk.Last < min) continue;
            if (Hidden is null) return true;
            var (first, last) = Hidden.Narrow(Math.Max(min, chunk.First), Math.Min(max, chunk.Last));
            if (first <= last) return true;
        }
        return false;
    }

    private IEnumerable<SampleRun> Runs(List<ChunkPlace> chunks)
    {
        foreach (var place in chunks)
        {
            var run = SampleRun.Of(Live.Block, place, Hidden);
            if (run.First <= run.Last) yield return run;
        }
    }
}
