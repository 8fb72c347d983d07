using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Looks up single samples in blocks, for writes that reach back into time that has been flushed. Keeps the chunks it
/// looked at last, since such writes come in runs. Used under the head's lock.
/// </summary>
internal sealed class StoredSamples
{
    private const int KeptEntries = 1024;
    // Of 256 samples each, about 12 MiB in all.
    private const int KeptChunks = 2048;
    private readonly Dictionary<(LiveBlock, Labels), BlockPart?> _entries = [];
    private readonly Dictionary<(LiveBlock, long), SampleBuffer> _chunks = [];
    private IReadOnlyList<LiveBlock> _blocks = [];

    /// <summary>Whether some block has a sample at a time, and whether it is this one.</summary>
    public Insertion Find(IReadOnlyList<LiveBlock> blocks, Labels labels, long time, double value, Histogram? histogram)
    {
        Use(blocks);
        foreach (var block in blocks)
        {
            if (block.Resolution > 0 || time < block.First || time > block.Last || Part(block, labels) is not { } part) continue;
            if (part.Hidden is not null && part.Hidden.Contains(time)) continue;
            int at = FirstNotBefore(part.Entry.Samples, time);
            if (at == part.Entry.Samples.Count || part.Entry.Samples[at].First > time) continue;
            var samples = Chunk(block, part.Entry.Samples[at]);
            int position = samples.Times.BinarySearch(time);
            if (position < 0) continue;
            bool same = samples.HistogramAt(position) is { } there
                ? histogram is not null && there.Equals(histogram)
                : histogram is null && BitConverter.DoubleToInt64Bits(samples.Values[position]) == BitConverter.DoubleToInt64Bits(value);
            return same ? Insertion.Same : Insertion.Different;
        }
        return Insertion.Added;
    }

    /// <summary>Whether samples of a series at or after a time were rolled up.</summary>
    public bool IsRolledUp(IReadOnlyList<LiveBlock> blocks, Labels labels, long time)
    {
        Use(blocks);
        foreach (var block in blocks)
        {
            if (block.Resolution == 0 || time > block.Last || Part(block, labels) is not { } part) continue;
            if (part.HasSamples(time, long.MaxValue)) return true;
        }
        return false;
    }

    private void Use(IReadOnlyList<LiveBlock> blocks)
    {
        if (ReferenceEquals(blocks, _blocks)) return;
        // What was kept would keep blocks alive that compaction has replaced.
        _blocks = blocks;
        _entries.Clear();
        _chunks.Clear();
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

    private BlockPart? Part(LiveBlock block, Labels labels)
    {
        if (_entries.TryGetValue((block, labels), out var part)) return part;
        if (_entries.Count >= KeptEntries) _entries.Clear();
        int number = block.Block.Find(labels, StableHash.Of(labels));
        return _entries[(block, labels)] = number < 0 ? null : block.Part(number);
    }

    private SampleBuffer Chunk(LiveBlock block, ChunkPlace place)
    {
        if (_chunks.TryGetValue((block, place.Offset), out var samples)) return samples;
        if (_chunks.Count >= KeptChunks) _chunks.Clear();
        samples = new SampleBuffer();
        SampleRun.Of(block.Block, place).ReadInto(long.MinValue, long.MaxValue, samples);
        return _chunks[(block, place.Offset)] = samples;
    }
}
