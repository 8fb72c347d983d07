using System.Buffers;
using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Adjacent samples of one series in time order, wherever they are: in arrays, in a chunk in memory, or in a chunk of a block on
/// disk. Immutable.
/// </summary>
internal readonly struct SampleRun
{
    private readonly object _source;
    private readonly double[]? _values;
    private readonly object?[]? _extras;
    private readonly ChunkPlace _place;

    private SampleRun(object source, double[]? values, object?[]? extras, ChunkPlace place)
    {
        (_source, _values, _extras, _place) = (source, values, extras, place);
    }

    public long First => _place.First;

    public long Last => _place.Last;

    public int Count => _place.Count;

    /// <summary>How the run's chunk is encoded; null when it is in arrays.</summary>
    public ChunkEncoding? Encoding => _values is null ? _place.Encoding : null;

    public static SampleRun Of(Leaf leaf) => leaf.Packed is { } packed
        ? new SampleRun(packed, null, null, new ChunkPlace(leaf.Encoding, leaf.First, leaf.Last, leaf.Count, 0, packed.Length))
        : Of(leaf.Times, leaf.Values, leaf.Extras, leaf.Count);

    public static SampleRun Of(long[] times, double[] values, object?[]? extras, int count) =>
        new(times, values, extras, new ChunkPlace(default, times[0], times[count - 1], count, 0, 0));

    public static SampleRun Of(Block block, ChunkPlace place) => new(block, null, null, place);

    /// <summary>Appends the samples between two instants (both included) to a buffer.</summary>
    public void ReadInto(long min, long max, SampleBuffer into)
    {
        if (_values is not null)
        {
            ReadArrays((long[])_source, min, max, into);
            return;
        }
        var chunk = Rent(out byte[]? rented);
        try
        {
            if (_place.Encoding == ChunkEncoding.Floats) FloatChunk.Decode(chunk, min, max, into);
            else HistogramChunk.Decode(chunk, min, max, into);
        }
        catch (DecodeException e) when (_source is Block block)
        {
            throw block.Damaged(_place, e.Message);
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The raw entries of the run; only the first <see cref="Count"/> of each array count.</summary>
    public void ReadRaw(out long[] times, out double[] values, out object?[]? notes)
    {
        if (_values is not null)
        {
            (times, values, notes) = ((long[])_source, _values, _extras);
            return;
        }
        var chunk = Rent(out byte[]? rented);
        try
        {
            RawChunk.Decode(chunk, out times, out values, out notes);
        }
        catch (DecodeException e) when (_source is Block block)
        {
            throw block.Damaged(_place, e.Message);
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The bytes of the run's chunk; only for a run that is one.</summary>
    public byte[] Chunk()
    {
        if (_source is byte[] packed) return packed;
        return ((Block)_source).ReadChunk(_place, new byte[_place.Length + Block.ChecksumBytes]).ToArray();
    }

    private ReadOnlySpan<byte> Rent(out byte[]? rented)
    {
        rented = null;
        if (_source is byte[] packed) return packed;
        rented = ArrayPool<byte>.Shared.Rent(_place.Length + Block.ChecksumBytes);
        return ((Block)_source).ReadChunk(_place, rented);
    }

    private void ReadArrays(long[] times, long min, long max, SampleBuffer into)
    {
        int at = Array.BinarySearch(times, 0, Count, min);
        if (at < 0) at = ~at;
        for (; at < Count && times[at] <= max; at++)
        {
            if (_extras?[at] is Histogram histogram) into.Add(times[at], histogram);
            else into.Add(times[at], _values![at]);
        }
    }
}

/// <summary>Where a chunk stands and what it spans.</summary>
/// <param name="Encoding">How it is encoded.</param>
/// <param name="First">Time of its first sample.</param>
/// <param name="Last">Time of its last sample.</param>
/// <param name="Count">Number of its samples.</param>
/// <param name="Offset">Offset in the file; 0 in memory.</param>
/// <param name="Length">Length in bytes, its checksum not included.</param>
internal readonly record struct ChunkPlace(ChunkEncoding Encoding, long First, long Last, int Count, long Offset, int Length);
