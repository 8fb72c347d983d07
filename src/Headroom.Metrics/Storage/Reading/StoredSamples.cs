using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Looks up single samples in blocks, for writes that reach back into time that has been flushed. Keeps the chunks it
/// looked at last, since such writes come in runs. Used under the head's lock.
/// </summary>
internal sealed class StoredSamples
{
    private const int KeptEntries = 1024;
    private const int KeptChunks = 256;
    private readonly Dictionary<(Block, Labels), SeriesEntry?> _entries = [];
    private readonly Dictionary<(Block, long), SampleBuffer> _chunks = [];
    private IReadOnlyList<Block> _blocks = [];

    /// <summary>Whether some block has a sample at a time, and whether it is this one.</summary>
    public Insertion Find(IReadOnlyList<Block> blocks, Labels labels, long time, double value, Histogram? histogram)
    {
        if (!ReferenceEquals(blocks, _blocks))
        {
            // What was kept would keep blocks alive that compaction has replaced.
            _blocks = blocks;
            _entries.Clear();
            _chunks.Clear();
        }
        foreach (var block in blocks)
        {
            if (time < block.Meta.First || time > block.Meta.Last || Entry(block, labels) is not { } entry) continue;
            int at = FirstNotBefore(entry.Samples, time);
            if (at == entry.Samples.Count || entry.Samples[at].First > time) continue;
            var samples = Chunk(block, entry.Samples[at]);
            int position = samples.Times.BinarySearch(time);
            if (position < 0) continue;
            bool same = samples.HistogramAt(position) is { } there
                ? histogram is not null && there.Equals(histogram)
                : histogram is null && BitConverter.DoubleToInt64Bits(samples.Values[position]) == BitConverter.DoubleToInt64Bits(value);
            return same ? Insertion.Same : Insertion.Different;
        }
        return Insertion.Added;
    }

    // The first chunk that does not end before the time.
    private static int FirstNotBefore(List<ChunkPlace> chunks, long time)
    {
        int low = 0;
        int high = chunks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (chunks[middle].Last < time) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private SeriesEntry? Entry(Block block, Labels labels)
    {
        if (_entries.TryGetValue((block, labels), out var entry)) return entry;
        if (_entries.Count >= KeptEntries) _entries.Clear();
        int number = block.Find(labels, StableHash.Of(labels));
        return _entries[(block, labels)] = number < 0 ? null : block.Entry(number);
    }

    private SampleBuffer Chunk(Block block, ChunkPlace place)
    {
        if (_chunks.TryGetValue((block, place.Offset), out var samples)) return samples;
        if (_chunks.Count >= KeptChunks) _chunks.Clear();
        samples = new SampleBuffer();
        SampleRun.Of(block, place).ReadInto(long.MinValue, long.MaxValue, samples);
        return _chunks[(block, place.Offset)] = samples;
    }
}
