namespace Headroom.Metrics.Storage;

/// <summary>Walks several blocks as one.</summary>
internal static class BlockMerge
{
    /// <summary>
    /// The series of all sources in label order, each with what the sources that have it know, oldest flush first. What it
    /// gives is good until the next series: mostly all sources have the same series, so labels are made once for all of them and
    /// entries are used again.
    /// </summary>
    public static IEnumerable<(Labels Labels, List<BlockPart> Parts)> SeriesOf(IReadOnlyList<LiveBlock> sources)
    {
        var next = new Cursor[sources.Count];
        for (int i = 0; i < next.Length; i++) next[i] = new Cursor(sources[i]);
        var parts = new List<BlockPart>(next.Length);
        var same = new List<Cursor>(next.Length);
        while (Lowest(next, same) is { } labels)
        {
            parts.Clear();
            foreach (var cursor in same) parts.Add(cursor.Part(labels));
            yield return (labels, parts);
            foreach (var cursor in same) cursor.Advance();
        }
    }

    // The lowest labels of all, and who stands at them; null when nobody stands anywhere.
    private static Labels? Lowest(Cursor[] next, List<Cursor> same)
    {
        same.Clear();
        Labels? lowest = null;
        foreach (var cursor in next)
        {
            if (cursor.IsAtEnd) continue;
            if (lowest is not null && cursor.Is(lowest))
            {
                same.Add(cursor);
                continue;
            }
            var labels = cursor.Labels;
            if (lowest is not null && labels.CompareTo(lowest) > 0) continue;
            lowest = labels;
            same.Clear();
            same.Add(cursor);
        }
        return lowest;
    }

    private sealed class Cursor(LiveBlock source)
    {
        private readonly SeriesEntry _entry = new(Metrics.Labels.Empty, SeriesKinds.None);
        private int _series;
        private Labels? _labels;

        public bool IsAtEnd => _series >= source.Block.Index.SeriesCount;

        public Labels Labels => _labels ??= source.Block.LabelsOf(_series);

        public bool Is(Labels labels) => _labels is { } made ? made.Equals(labels) : source.Block.Is(_series, labels);

        public BlockPart Part(Labels labels)
        {
            source.Block.Read(_series, labels, _entry);
            return new BlockPart(source, _entry, source.HiddenOf(labels));
        }

        public void Advance() => (_series, _labels) = (_series + 1, null);
    }
}
