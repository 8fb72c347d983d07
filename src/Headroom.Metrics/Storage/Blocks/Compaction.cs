namespace Headroom.Metrics.Storage;

/// <summary>
/// Merges adjacent blocks of one resolution and of similar size into one, so that reads look into few blocks however many
/// flushes there were, and leaves out what was deleted or rolled up. Only adjacent ones: the order of blocks is the order in
/// which equal times were written. (1) The merged block is written. (2) The manifest names it instead of its sources.
/// (3) Queries read it. (4) The sources are deleted.
/// </summary>
internal sealed class Compaction(EmbeddedStoreOptions options, Head head, StoreManifest manifest)
{
    /// <summary>Merges once; false when no merge is due.</summary>
    public bool RunOnce(CancellationToken cancel)
    {
        foreach (var blocks in ByResolution())
        {
            var (start, count) = Pick([.. blocks.Select(Weight)], options.CompactionBlocks, options.MaxBlockSamples);
            if (count == 0) continue;
            Merge([.. blocks.Skip(start).Take(count)], cancel);
            return true;
        }
        if (Blocks().FirstOrDefault(block => block.Tombstones.Count > 0) is not { } deleted) return false;
        Merge([deleted], cancel);
        return true;
    }

    /// <summary>Merges all blocks of each resolution into one, whatever their size.</summary>
    public void RunFull(CancellationToken cancel)
    {
        foreach (var blocks in ByResolution())
            if (blocks.Count > 1 || blocks.Any(block => block.Tombstones.Count > 0 || block.First > block.Meta.First))
                Merge(blocks, cancel);
    }

    /// <summary>Writes blocks anew without what no longer counts.</summary>
    public void Rewrite(IReadOnlyCollection<long> numbers, CancellationToken cancel)
    {
        foreach (var block in Blocks().Where(block => numbers.Contains(block.Meta.Number)).ToList()) Merge([block], cancel);
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

    private static long Weight(LiveBlock block) => block.Meta.Samples + block.Meta.RawEntries;

    private IReadOnlyList<LiveBlock> Blocks()
    {
        lock (head.Gate) return head.Blocks;
    }

    private IEnumerable<List<LiveBlock>> ByResolution() => Blocks().GroupBy(block => block.Resolution).OrderBy(group => group.Key).Select(group => group.ToList());

    private void Merge(IReadOnlyList<LiveBlock> sources, CancellationToken cancel)
    {
        // 1.
        long number = manifest.TakeNumber();
        bool any;
        using (var writer = BlockWriter.Start(options.Files, manifest.BlocksDirectory, number, sources[0].Resolution))
        {
            var collector = new ChunkCollector(writer);
            var runs = new List<SampleRun>();
            foreach (var (labels, parts) in BlockMerge.SeriesOf(sources))
            {
                cancel.ThrowIfCancellationRequested();
                writer.StartSeries(labels, BlockPart.Kinds(parts));
                collector.Samples(BlockPart.Runs(parts, entry => entry.Samples, runs));
                collector.Raw(BlockPart.Runs(parts, entry => entry.Raw, runs));
                collector.Aggregates(BlockPart.Runs(parts, entry => entry.Aggregates, runs));
            }
            any = writer.Finish();
        }
        var merged = any ? Block.Open(options.Files, Path.Combine(manifest.BlocksDirectory, BlockFormat.BlockName(number))) : null;
        merged?.Verify();

        // 2 and 3. Flushes may have added blocks at the end since.
        var gone = sources.Select(source => source.Meta.Number).ToHashSet();
        manifest.Change(now => now with { Blocks = Replace(now.Blocks, gone, any ? new ManifestBlock(number, long.MinValue) : null) }, () =>
        {
            lock (head.Gate) head.Use(manifest.Current, merged);
        });

        // 4. Queries that still read the sources hold their files open; the memory and the disk go with the last of them.
        foreach (var source in sources) options.Files.DeleteDirectory(source.Block.Directory);
    }

    private static List<ManifestBlock> Replace(IReadOnlyList<ManifestBlock> all, HashSet<long> gone, ManifestBlock? by)
    {
        var next = new List<ManifestBlock>(all.Count);
        foreach (var one in all)
        {
            if (!gone.Contains(one.Number))
            {
                next.Add(one);
                continue;
            }
            if (by is { } merged) next.Add(merged);
            by = null;
        }
        return next;
    }
}
