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
        IReadOnlyList<Block> blocks;
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
            if (block.Meta.First > max || block.Meta.Last < min) continue;
            byLabels ??= found.ToDictionary(snapshot => snapshot.Labels);
            foreach (int number in MatcherResolver.Resolve(block.Index, matchers))
            {
                var entry = block.Entry(number);
                if (!Overlaps(raw ? entry.Raw : entry.Samples, min, max) && !(raw && Overlaps(entry.Samples, min, max))) continue;
                if (!byLabels.TryGetValue(entry.Labels, out var snapshot))
                {
                    byLabels[entry.Labels] = snapshot = new SeriesSnapshot(entry.Labels);
                    found.Add(snapshot);
                }
                snapshot.Add(block, entry);
            }
        }
        found.Sort(static (a, b) => a.Labels.CompareTo(b.Labels));
        return found;
    }

    private static bool IsInMemory(HeadSeries series, long min, long max, bool raw) =>
        Overlaps(series.Samples, min, max) || Overlaps(series.FlushingSamples, min, max)
        || (series.Slots?.Open() is { } open && open.First <= max && open.Last >= min)
        || (raw && (Overlaps(series.Raw, min, max) || Overlaps(series.FlushingRaw, min, max)));

    private static bool Overlaps(SampleColumn? column, long min, long max) =>
        column is { IsEmpty: false } && column.First <= max && column.Last >= min;

    private static bool Overlaps(List<ChunkPlace> chunks, long min, long max)
    {
        if (chunks.Count == 0 || chunks[0].First > max || chunks[^1].Last < min) return false;
        foreach (var chunk in chunks)
            if (chunk.First <= max && chunk.Last >= min)
                return true;
        return false;
    }
}
