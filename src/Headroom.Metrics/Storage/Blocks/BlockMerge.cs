namespace Headroom.Metrics.Storage;

/// <summary>Walks several blocks as one.</summary>
internal static class BlockMerge
{
    /// <summary>The series of all sources in label order, each with what the sources that have it know, oldest flush first.</summary>
    public static IEnumerable<(Labels Labels, List<BlockPart> Parts)> SeriesOf(IReadOnlyList<LiveBlock> sources)
    {
        var queue = new PriorityQueue<(int Source, BlockPart Part, int Series), (Labels Labels, int Source)>(
            Comparer<(Labels Labels, int Source)>.Create(static (a, b) => a.Labels.CompareTo(b.Labels) is var order && order != 0 ? order : a.Source - b.Source));
        for (int i = 0; i < sources.Count; i++) Enqueue(i, 0);
        var parts = new List<BlockPart>();
        while (queue.TryDequeue(out var next, out var key))
        {
            parts.Add(next.Part);
            Enqueue(next.Source, next.Series + 1);
            if (queue.TryPeek(out _, out var following) && following.Labels.Equals(key.Labels)) continue;
            yield return (key.Labels, parts);
            parts = [];
        }

        void Enqueue(int source, int series)
        {
            if (series >= sources[source].Block.Index.SeriesCount) return;
            var part = sources[source].Part(series);
            queue.Enqueue((source, part, series), (part.Entry.Labels, source));
        }
    }
}
