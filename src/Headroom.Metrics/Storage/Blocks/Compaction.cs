namespace Headroom.Metrics.Storage;

/// <summary>
/// Merges adjacent blocks of similar size into one, so that reads look into few blocks however many flushes there were.
/// Only adjacent ones: the order of blocks is the order in which equal times were written. (1) The merged block is
/// written. (2) The manifest names it instead of its sources. (3) Queries read it. (4) The sources are deleted.
/// </summary>
internal sealed class Compaction(EmbeddedStoreOptions options, Head head, StoreManifest manifest)
{
    /// <summary>Merges once; false when no merge is due.</summary>
    public bool RunOnce(CancellationToken cancel)
    {
        IReadOnlyList<Block> blocks;
        lock (head.Gate) blocks = head.Blocks;
        var (start, count) = Pick([.. blocks.Select(Weight)], options.CompactionBlocks, options.MaxBlockSamples);
        if (count == 0) return false;
        Merge([.. blocks.Skip(start).Take(count)], cancel);
        return true;
    }

    /// <summary>Merges all blocks into one, whatever their size.</summary>
    public void RunFull(CancellationToken cancel)
    {
        IReadOnlyList<Block> blocks;
        lock (head.Gate) blocks = head.Blocks;
        if (blocks.Count > 1) Merge(blocks, cancel);
    }

    /// <summary>
    /// The newest run of enough adjacent blocks of which each is no larger than all that follow it together; a count of 0
    /// when there is none. A sample is then rewritten only when at least as much has come after it, so its rewrites
    /// grow with the logarithm of the store's size, as does the number of blocks.
    /// </summary>
    internal static (int Start, int Count) Pick(IReadOnlyList<long> weights, int least, long most)
    {
        for (int end = weights.Count; end >= least; end--)
        {
            int start = end - 1;
            long total = weights[start];
            while (start > 0 && weights[start - 1] <= total && total + weights[start - 1] <= most) total += weights[--start];
            if (end - start >= least) return (start, end - start);
        }
        return (0, 0);
    }

    private static long Weight(Block block) => block.Meta.Samples + block.Meta.RawEntries;

    private void Merge(IReadOnlyList<Block> sources, CancellationToken cancel)
    {
        // 1.
        long number = manifest.TakeNumber();
        using (var writer = BlockWriter.Start(options.Files, manifest.BlocksDirectory, number))
        {
            var collector = new ChunkCollector(writer);
            foreach (var (labels, parts) in SeriesOf(sources))
            {
                cancel.ThrowIfCancellationRequested();
                writer.StartSeries(labels, parts.Aggregate(SeriesKinds.None, (kinds, part) => kinds | part.Entry.Kinds));
                collector.Samples([.. parts.SelectMany(part => part.Entry.Samples.Select(place => SampleRun.Of(part.Block, place)))]);
                collector.Raw([.. parts.SelectMany(part => part.Entry.Raw.Select(place => SampleRun.Of(part.Block, place)))]);
            }
            writer.Finish();
        }
        var merged = Block.Open(options.Files, Path.Combine(manifest.BlocksDirectory, BlockFormat.BlockName(number)));

        merged.Verify();

        // 2 and 3. Flushes may have added blocks at the end since.
        manifest.Change(now => now with { Blocks = Replace(now.Blocks, [.. sources.Select(s => s.Meta.Number)], number) }, () =>
        {
            lock (head.Gate) head.Blocks = Replace(head.Blocks, sources, merged);
        });

        // 4. Queries that still read the sources hold their files open; the memory and the disk go with the last of them.
        foreach (var source in sources) options.Files.DeleteDirectory(source.Directory);
    }

    private static List<T> Replace<T>(IReadOnlyList<T> all, IReadOnlyList<T> sources, T by)
    {
        var next = new List<T>(all.Count);
        foreach (var one in all)
        {
            if (Equals(one, sources[0])) next.Add(by);
            else if (!sources.Contains(one)) next.Add(one);
        }
        return next;
    }

    // The series of all sources in label order, each with what the sources that have it know, oldest first.
    private static IEnumerable<(Labels Labels, List<(Block Block, SeriesEntry Entry)> Parts)> SeriesOf(IReadOnlyList<Block> sources)
    {
        var queue = new PriorityQueue<(int Source, int Series), (Labels Labels, int Source)>(
            Comparer<(Labels Labels, int Source)>.Create(static (a, b) => a.Labels.CompareTo(b.Labels) is var order && order != 0 ? order : a.Source - b.Source));
        for (int i = 0; i < sources.Count; i++) Enqueue(i, 0);
        var parts = new List<(Block, SeriesEntry)>();
        while (queue.TryDequeue(out var next, out var key))
        {
            parts.Add((sources[next.Source], sources[next.Source].Entry(next.Series)));
            Enqueue(next.Source, next.Series + 1);
            if (queue.TryPeek(out _, out var following) && following.Labels.Equals(key.Labels)) continue;
            yield return (key.Labels, parts);
            parts = [];
        }

        void Enqueue(int source, int series)
        {
            if (series < sources[source].Index.SeriesCount) queue.Enqueue((source, series), (sources[source].LabelsOf(series), source));
        }
    }
}
