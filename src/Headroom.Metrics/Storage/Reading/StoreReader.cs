namespace Headroom.Metrics.Storage;

/// <summary>Finds series in the head and the blocks, as one consistent picture.</summary>
internal static class StoreReader
{
    /// <summary>
    /// The series that satisfy every matcher and have a sample (or a raw entry, when those are asked for) between two
    /// instants, in label order. The head's lock is held only while the views are taken.
    /// </summary>
    public static List<SeriesSnapshot> Select(Head head, IReadOnlyList<LabelMatcher> matchers, long min, long max, bool raw)
    {
        var found = new List<SeriesSnapshot>();
        IReadOnlyList<LiveBlock> blocks;
        lock (head.Gate)
        {
            blocks = head.Blocks;
            foreach (int number in MatcherResolver.Resolve(head.Index, matchers))
            {
                var series = head.Index[number];
                if (!IsInMemory(series, min, max, raw)) continue;
                var snapshot = new SeriesSnapshot(series.Labels);
                snapshot.Add(series);
                found.Add(snapshot);
            }
            head.NextGeneration();
        }

        Dictionary<Labels, SeriesSnapshot>? byLabels = null;
        foreach (var block in blocks)
        {
            if (block.First > max || block.Last < min || (raw && block.Resolution > 0)) continue;
            byLabels ??= found.ToDictionary(snapshot => snapshot.Labels);
            foreach (int number in MatcherResolver.Resolve(block.Block.Index, matchers))
            {
                var part = block.Part(number);
                if (!part.HasSamples(min, max) && !(raw && part.HasRaw(min, max))) continue;
                if (!byLabels.TryGetValue(part.Entry.Labels, out var snapshot))
                {
                    byLabels[part.Entry.Labels] = snapshot = new SeriesSnapshot(part.Entry.Labels);
                    found.Add(snapshot);
                }
                snapshot.Add(part);
            }
        }
        found.Sort(static (a, b) => a.Labels.CompareTo(b.Labels));
        return found;
    }

    /// <summary>Adds the labels of the same series to a set; gives how many are in it. Cheaper, since nothing of their samples is noted.</summary>
    public static int SelectLabels(Head head, IReadOnlyList<LabelMatcher> matchers, long min, long max, HashSet<Labels> into)
    {
        IReadOnlyList<LiveBlock> blocks;
        lock (head.Gate)
        {
            blocks = head.Blocks;
            foreach (int number in MatcherResolver.Resolve(head.Index, matchers))
                if (IsInMemory(head.Index[number], min, max, raw: false))
                    into.Add(head.Index[number].Labels);
        }
        foreach (var block in blocks)
        {
            if (block.First > max || block.Last < min) continue;
            foreach (int number in MatcherResolver.Resolve(block.Block.Index, matchers))
                if (block.Part(number) is var part && part.HasSamples(min, max))
                    into.Add(part.Entry.Labels);
        }
        return into.Count;
    }

    private static bool IsInMemory(HeadSeries series, long min, long max, bool raw) =>
        Overlaps(series.Samples, min, max) || Overlaps(series.FlushingSamples, min, max)
        || (series.Slots?.Open() is { } open && open.First <= max && open.Last >= min)
        || (raw && (Overlaps(series.Raw, min, max) || Overlaps(series.FlushingRaw, min, max)));

    private static bool Overlaps(SampleColumn? column, long min, long max) =>
        column is { IsEmpty: false } && column.First <= max && column.Last >= min;
}
