namespace Headroom.Metrics.Storage;

/// <summary>
/// Thins out what has become old: samples older than a resolution keeps them are summed up into a block of the next one, or
/// dropped after the last. (1) What is due is written to a block of the coarser resolution. (2) The manifest names that
/// block, hides what went into it in the blocks it came from, and no longer names those of which nothing is left. (3) Queries
/// read so. (4) Blocks that are gone are deleted; those that are more than half hidden are due to be written anew.
/// </summary>
/// <remarks>
/// Age counts back from the newest sample in the store (or from now, if that is earlier), so that a store which is no
/// longer written to keeps what it has. To roll up takes turns of a day's worth for a retention of 35 days, and of less
/// for a shorter one.
/// </remarks>
internal sealed class RollUp(EmbeddedStoreOptions options, Head head, StoreManifest manifest)
{
    private const long LongestTurnMs = 86_400_000;

    /// <summary>Rolls up what is due at every resolution; gives the numbers of the blocks that are due to be written anew.</summary>
    public IReadOnlyList<long> Run(bool all, CancellationToken cancel)
    {
        var rewrite = new List<long>();
        for (int level = 0; level < Resolutions.All.Count; level++) RunLevel(level, all, rewrite, cancel);
        return rewrite;
    }

    private void RunLevel(int level, bool all, List<long> rewrite, CancellationToken cancel)
    {
        int target = options.Kept.After(level);
        long step = target < 0 ? Resolutions.FiveMinutes : Resolutions.All[target];
        long turn = all ? 0 : Math.Max(step, Math.Min(LongestTurnMs, options.Kept.Of(level) / 35));
        IReadOnlyList<LiveBlock> blocks;
        long newest;
        lock (head.Gate) (blocks, newest) = (head.Blocks, head.Newest);
        if (newest == long.MinValue) return;
        newest = Math.Min(newest, options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds());
        long through = (newest - options.Kept.Of(level)) / step * step;
        var sources = blocks.Where(block => block.Resolution == Resolutions.All[level] && !block.IsSpent && block.First <= through).ToList();
        if (through <= 0 || !sources.Any(block => block.First <= through - turn)) return;

        // 1.
        var spent = sources.ToDictionary(source => source.Meta.Number, _ => 0L);
        var written = target < 0 ? null : Write(sources, level, target, through, spent, cancel);

        // 2 and 3.
        var hidden = sources.Select(source => source.Meta.Number).ToHashSet();
        var gone = sources.Where(source => source.Last <= through).ToList();
        var goneNumbers = gone.Select(block => block.Meta.Number).ToHashSet();
        manifest.Change(now =>
        {
            var next = now.Blocks.Where(block => !goneNumbers.Contains(block.Number))
                .Select(block => hidden.Contains(block.Number) ? block with { HiddenThrough = Math.Max(block.HiddenThrough, through) } : block).ToList();
            if (written is not null) next.Add(new ManifestBlock(written.Meta.Number, long.MinValue));
            long[] rolled = [.. now.RolledThrough];
            // What goes straight to hours is rolled up as far as five-minute samples would be.
            for (int passed = level; passed < target; passed++) rolled[passed] = Math.Max(rolled[passed], through);
            return now with { Blocks = next, RolledThrough = rolled };
        }, () =>
        {
            lock (head.Gate) head.Use(manifest.Current, written);
        });

        // 4.
        foreach (var block in gone) options.Files.DeleteDirectory(block.Block.Directory);
        rewrite.AddRange(sources.Where(source => !goneNumbers.Contains(source.Meta.Number) && spent[source.Meta.Number] * 2 > source.Meta.Samples + source.Meta.RawEntries)
            .Select(source => source.Meta.Number));
    }

    private Block? Write(List<LiveBlock> sources, int level, int target, long through, Dictionary<long, long> spent, CancellationToken cancel)
    {
        long number = manifest.TakeNumber();
        long interval = Resolutions.All[target];
        bool any;
        using (var writer = BlockWriter.Start(options.Files, manifest.BlocksDirectory, number, interval))
        {
            var collector = new ChunkCollector(writer);
            var (samples, kept) = (new SampleBuffer(), new SampleBuffer());
            var (times, rows) = (new List<long>(), new List<AggregateRow>());
            foreach (var (labels, parts) in BlockMerge.SeriesOf(sources))
            {
                cancel.ThrowIfCancellationRequested();
                foreach (var part in parts)
                    foreach (var chunk in part.Entry.Samples.Concat(part.Entry.Raw))
                        if (chunk.Last <= through) spent[part.Live.Meta.Number] += chunk.Count;
                samples.Clear();
                kept.Clear();
                times.Clear();
                rows.Clear();
                RunMerge.ReadInto([.. parts.SelectMany(part => part.Samples)], long.MinValue, through, samples);
                if (samples.Count == 0) continue;
                var nature = level == 0 ? NatureOf(labels.Name, samples) : parts.Any(part => part.Entry.Aggregates.Count > 0) ? SeriesNature.Unsure : SeriesNature.Counter;
                Reduction.Samples(samples, interval, nature, kept);
                if (nature != SeriesNature.Counter)
                {
                    if (level == 0) Reduction.Aggregates(samples, interval, times, rows);
                    else Reaggregate(parts, through, interval, times, rows);
                }
                writer.StartSeries(labels, BlockPart.Kinds(parts));
                collector.Samples(kept);
                collector.Aggregates(times, rows);
            }
            any = writer.Finish();
        }
        if (!any) return null;
        var block = Block.Open(options.Files, Path.Combine(manifest.BlocksDirectory, BlockFormat.BlockName(number)));
        block.Verify();
        return block;
    }

    private SeriesNature NatureOf(string metric, SampleBuffer samples)
    {
        SeriesNature nature;
        lock (head.Gate) nature = SeriesNatures.Of(metric, head.Metadata);
        return nature == SeriesNature.Unsure ? SeriesNatures.ByBehaviour(samples) : nature;
    }

    // From aggregates where there are some; a block in which the series was taken for a counter has its samples only.
    private static void Reaggregate(List<BlockPart> parts, long through, long interval, List<long> times, List<AggregateRow> rows)
    {
        var columns = new SampleBuffer[(int)SampleAggregate.Count + 1];
        for (var aggregate = SampleAggregate.Min; aggregate <= SampleAggregate.Count; aggregate++)
        {
            var runs = parts.SelectMany(part => part.Entry.Aggregates.Count > 0 ? part.Aggregates : part.Samples).ToList();
            RunMerge.ReadInto(runs, long.MinValue, through, columns[(int)aggregate] = new SampleBuffer(), aggregate);
        }
        // Stale markers and histograms are in some columns and not in others: the counts say which times have values.
        var of = new List<AggregateRow>();
        var from = new List<long>();
        var counts = columns[(int)SampleAggregate.Count];
        int[] at = new int[columns.Length];
        for (int i = 0; i < counts.Count; i++)
        {
            double Value(SampleAggregate aggregate)
            {
                var column = columns[(int)aggregate];
                ref int position = ref at[(int)aggregate];
                while (column.Times[position] < counts.Times[i]) position++;
                return column.HistogramAt(position) is null ? column.Values[position] : double.NaN;
            }

            if (columns[(int)SampleAggregate.Min].HasHistograms && IsHistogramAt(columns[(int)SampleAggregate.Min], counts.Times[i])) continue;
            from.Add(counts.Times[i]);
            of.Add(new AggregateRow(Value(SampleAggregate.Min), Value(SampleAggregate.Max), Value(SampleAggregate.Sum), counts.Values[i]));
        }
        Reduction.Aggregates(from.ToArray(), of, interval, times, rows);
    }

    private static bool IsHistogramAt(SampleBuffer samples, long time) =>
        samples.Times.BinarySearch(time) is var at && at >= 0 && samples.HistogramAt(at) is not null;
}
