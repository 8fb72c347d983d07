using System.Buffers;
using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Adjacent samples of one series in time order, wherever they are: in arrays, in a chunk in memory, or in a chunk of
/// a block on disk. Immutable.
/// </summary>
internal readonly struct SampleRun
{
    private readonly object _source;
    private readonly long[]? _times;
    private readonly object?[]? _extras;
    private readonly ChunkPlace _place;
    private readonly HiddenSpans? _hidden;

    private SampleRun(object source, long[]? times, object?[]? extras, ChunkPlace place, HiddenSpans? hidden = null)
    {
        (_source, _times, _extras, _place, _hidden, First, Last) = (source, times, extras, place, hidden, place.First, place.Last);
        if (hidden is not null) (First, Last) = hidden.Narrow(First, Last);
    }

    /// <summary>Time of the first sample, or an earlier one when samples are hidden; after <see cref="Last"/> when all are.</summary>
    public long First { get; }

    public long Last { get; }

    public int Count => _place.Count;

    /// <summary>Whether every sample of the chunk counts.</summary>
    public bool IsWhole => _hidden is null;

    /// <summary>How the run's chunk is encoded; null when it is in arrays.</summary>
    public ChunkEncoding? Encoding => IsOpen ? null : _place.Encoding;

    // Values in an array, and times in another or equally far apart.
    private bool IsOpen => _source is double[];

    private long Step => Count > 1 ? (_place.Last - _place.First) / (Count - 1) : 0;

    public static SampleRun Of(Leaf leaf) => leaf.Packed is { } packed
        ? new SampleRun(packed, null, null, new ChunkPlace(leaf.Encoding, leaf.First, leaf.Last, leaf.Count, 0, packed.Length))
        : new SampleRun(leaf.Values, leaf.Times, leaf.Extras, new ChunkPlace(default, leaf.First, leaf.Last, leaf.Count, 0, 0));

    public static SampleRun Of(long[] times, double[] values, object?[]? extras, int count) =>
        new(values, times, extras, new ChunkPlace(default, times[0], times[count - 1], count, 0, 0));

    /// <summary>A chunk of a block; hidden samples are left out.</summary>
    public static SampleRun Of(Block block, ChunkPlace place, HiddenSpans? hidden = null) =>
        new(block, null, null, place, hidden is not null && hidden.Touches(place.First, place.Last) ? hidden : null);

    /// <summary>Appends the samples between two instants (both included) to a buffer.</summary>
    /// <param name="min">Unix milliseconds.</param>
    /// <param name="max">Unix milliseconds.</param>
    /// <param name="into">The buffer.</param>
    /// <param name="aggregate">What is wanted of a chunk of aggregates, and of samples as though each were one.</param>
    public void ReadInto(long min, long max, SampleBuffer into, SampleAggregate aggregate = SampleAggregate.None)
    {
        if (aggregate == SampleAggregate.Count && Encoding != ChunkEncoding.Aggregates)
        {
            var samples = new SampleBuffer();
            ReadInto(min, max, samples);
            for (int i = 0; i < samples.Count; i++)
                if (samples.HistogramAt(i) is { } histogram ? !histogram.IsStale : !StaleMarker.IsStale(samples.Values[i]))
                    into.Add(samples.Times[i], 1);
            return;
        }
        if (_hidden is null)
        {
            ReadPart(min, max, into, aggregate);
            return;
        }
        foreach (var (first, last) in _hidden.Visible(Math.Max(min, First), Math.Min(max, Last))) ReadPart(first, last, into, aggregate);
    }

    private void ReadPart(long min, long max, SampleBuffer into, SampleAggregate aggregate)
    {
        if (_source is double[] values)
        {
            ReadArrays(values, min, max, into);
            return;
        }
        var chunk = Rent(out byte[]? rented);
        try
        {
            switch (_place.Encoding)
            {
                case ChunkEncoding.Floats: FloatChunk.Decode(chunk, min, max, into); break;
                case ChunkEncoding.Numbers: NumberChunk.Decode(chunk, min, max, into); break;
                case ChunkEncoding.Aggregates: AggregateChunk.Decode(chunk, min, max, aggregate, into); break;
                default: HistogramChunk.Decode(chunk, min, max, into); break;
            }
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

    /// <summary>The raw entries of the run that are not hidden; gives how many of the arrays' places count.</summary>
    public int ReadRaw(out long[] times, out double[] values, out object?[]? notes)
    {
        if (_source is double[] open)
        {
            (times, values, notes) = (_times ?? new long[Count], open, _extras);
            for (int i = 0; _times is null && i < times.Length; i++) times[i] = _place.First + i * Step;
            return Count;
        }
        var chunk = Rent(out byte[]? rented);
        try
        {
            RawChunk.Decode(chunk, out times, out values, out notes);
            if (_hidden is null) return times.Length;
            int kept = 0;
            for (int i = 0; i < times.Length; i++)
            {
                if (_hidden.Contains(times[i])) continue;
                (times[kept], values[kept]) = (times[i], values[i]);
                if (notes is not null) notes[kept] = notes[i];
                kept++;
            }
            return kept;
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

    /// <summary>Appends the rows of a run of aggregates that are not hidden.</summary>
    public void ReadRows(List<long> times, List<AggregateRow> rows)
    {
        var chunk = Rent(out byte[]? rented);
        try
        {
            AggregateChunk.Decode(chunk, out long[] read, out var of);
            for (int i = 0; i < read.Length; i++)
            {
                if (_hidden is not null && _hidden.Contains(read[i])) continue;
                times.Add(read[i]);
                rows.Add(of[i]);
            }
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

    private void ReadArrays(double[] values, long min, long max, SampleBuffer into)
    {
        var (at, end) = _times is { } times ? ChunkTimes.Between(times.AsSpan(0, Count), min, max) : Between(min, max);
        if (_extras is null && _times is not null)
        {
            into.Add(_times.AsSpan(at, end - at), values.AsSpan(at, end - at));
            return;
        }
        long step = Step;
        for (; at < end; at++)
        {
            long time = _times is null ? _place.First + at * step : _times[at];
            if (_extras?[at] is Histogram histogram) into.Add(time, histogram);
            else into.Add(time, values[at]);
        }
    }

    // The positions of the times between two instants where they are equally far apart.
    private (int From, int To) Between(long min, long max)
    {
        if (max < _place.First || min > _place.Last) return (0, 0);
        long step = Step;
        int from = min <= _place.First ? 0 : (int)((min - _place.First + step - 1) / step);
        int to = max >= _place.Last ? Count : (int)((max - _place.First) / step) + 1;
        return (from, to);
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
