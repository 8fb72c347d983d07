using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>
/// A run of samples in time order, at most one chunk long: open (arrays that grow) or packed (a chunk's bytes, never
/// changed again). While the times of an open one are equally far apart they need no array. The extra of a sample is its
/// <see cref="Histogram"/>, or for raw entries its <see cref="SampleNote"/>.
/// </summary>
internal sealed class Leaf
{
    /// <summary>Samples for which a leaf has room at first.</summary>
    public const int FirstCapacity = 4;

    private readonly byte[]? _packed;

    /// <summary>An open leaf.</summary>
    public Leaf(int capacity, ColumnMemory memory)
    {
        Generation = memory.Generation;
        Values = memory.Values.Rent(capacity);
    }

    private Leaf(byte[] packed, ChunkEncoding encoding, int count, long first, long last)
    {
        (_packed, Encoding, Count, First, Last) = (packed, encoding, count, first, last);
        Values = [];
    }

    /// <summary>The chunk of a packed leaf; null for an open one.</summary>
    public byte[]? Packed => _packed;

    /// <summary>The values of an open leaf; only the first <see cref="Count"/> count.</summary>
    public double[] Values { get; private set; }

    /// <summary>The times of an open leaf; null while they are equally far apart.</summary>
    public long[]? Times { get; private set; }

    public object?[]? Extras { get; private set; }

    public int Count { get; private set; }

    /// <summary>How <see cref="Packed"/> is encoded.</summary>
    public ChunkEncoding Encoding { get; }

    /// <summary>Whether a view may hold the arrays, so that they must not be used for anything else.</summary>
    public bool IsSeen { get; set; }

    /// <summary>The snapshot generation in which the leaf came to be: older snapshots cannot hold it.</summary>
    public long Generation { get; }

    public long First { get; private set; }

    public long Last { get; private set; }

    /// <summary>The time of a sample of an open leaf.</summary>
    public long TimeAt(int at) => Times is null ? First + at * Step : Times[at];

    private long Step => Count > 1 ? (Last - First) / (Count - 1) : 0;

    /// <summary>Appends behind the last sample of an open leaf.</summary>
    public void Append(long time, double value, object? extra, ColumnMemory memory)
    {
        if (Count == Values.Length) Grow(memory);
        if (Times is not null) Times[Count] = time;
        else if (Count == 0) First = time;
        else if (Count > 1 && time - Last != Step)
        {
            Spread(memory);
            Times![Count] = time;
        }
        if (extra is not null) Extras ??= new object?[Values.Length];
        Values[Count] = value;
        if (Extras is not null) Extras[Count] = extra;
        Last = time;
        Count++;
    }

    /// <summary>Inserts at a position of an open leaf.</summary>
    public void Insert(int at, long time, double value, object? extra, ColumnMemory memory)
    {
        if (at == Count)
        {
            Append(time, value, extra, memory);
            return;
        }
        if (Count == Values.Length) Grow(memory);
        if (Times is null) Spread(memory);
        if (extra is not null) Extras ??= new object?[Values.Length];
        int after = Count - at;
        Array.Copy(Times!, at, Times!, at + 1, after);
        Array.Copy(Values, at, Values, at + 1, after);
        if (Extras is not null) Array.Copy(Extras, at, Extras, at + 1, after);
        Times![at] = time;
        Values[at] = value;
        if (Extras is not null) Extras[at] = extra;
        Count++;
        (First, Last) = (Times[0], Times[Count - 1]);
    }

    /// <summary>The first position of an open leaf that is not before a time; with <paramref name="behind"/>, that is after it.</summary>
    public int PositionFor(long time, bool behind)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            long there = TimeAt(middle);
            if (there < time || (behind && there == time)) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>An open leaf with a part of this open one's samples.</summary>
    public Leaf Part(int from, int to, ColumnMemory memory)
    {
        var part = new Leaf(Math.Max(FirstCapacity, to - from + 1), memory);
        for (int i = from; i < to; i++) part.Append(TimeAt(i), Values[i], Extras?[i], memory);
        return part;
    }

    /// <summary>This open leaf as a packed one, or itself when it mixes floats and histograms.</summary>
    public Leaf Pack(bool raw, ColumnMemory memory)
    {
        var scratch = memory.Scratch;
        scratch.Clear();
        Span<long> times = stackalloc long[Count];
        CopyTimes(times);
        var values = Values.AsSpan(0, Count);
        var extras = Extras is null ? default(ReadOnlySpan<object?>) : Extras.AsSpan(0, Count);
        var encoding = raw ? ChunkEncoding.Raw : Extras is null ? ChunkEncoding.Numbers : ChunkEncoding.Histograms;
        if (encoding == ChunkEncoding.Histograms && extras.Contains(null)) return this;
        switch (encoding)
        {
            case ChunkEncoding.Raw: RawChunk.Encode(times, values, extras, scratch); break;
            case ChunkEncoding.Numbers: NumberChunk.Encode(times, values, scratch); break;
            default: HistogramChunk.Encode(times, extras, scratch); break;
        }
        var packed = new Leaf(scratch.ToArray(), encoding, Count, First, Last);
        Release(memory);
        return packed;
    }

    /// <summary>Gives the arrays of an open leaf that is no longer needed back, unless a view may hold them.</summary>
    public void Release(ColumnMemory memory)
    {
        if (IsSeen || _packed is not null) return;
        memory.Values.Return(Values);
        if (Times is not null) memory.Times.Return(Times);
    }

    /// <summary>This packed leaf as an open one.</summary>
    public Leaf Unpack(ColumnMemory memory)
    {
        var open = new Leaf(Count + 1, memory);
        if (Encoding == ChunkEncoding.Raw)
        {
            RawChunk.Decode(Packed, out long[] times, out double[] values, out object?[]? notes);
            for (int i = 0; i < times.Length; i++) open.Append(times[i], values[i], notes?[i], memory);
            return open;
        }
        var samples = new SampleBuffer();
        if (Encoding == ChunkEncoding.Numbers) NumberChunk.Decode(Packed, long.MinValue, long.MaxValue, samples);
        else HistogramChunk.Decode(Packed, long.MinValue, long.MaxValue, samples);
        for (int i = 0; i < samples.Count; i++) open.Append(samples.Times[i], samples.Values[i], samples.HistogramAt(i), memory);
        return open;
    }

    private void CopyTimes(Span<long> into)
    {
        if (Times is not null)
        {
            Times.AsSpan(0, Count).CopyTo(into);
            return;
        }
        long step = Step;
        for (int i = 0; i < into.Length; i++) into[i] = First + i * step;
    }

    // From here on the times need an array.
    private void Spread(ColumnMemory memory)
    {
        long[] times = memory.Times.Rent(Values.Length);
        CopyTimes(times.AsSpan(0, Count));
        Times = times;
    }

    private void Grow(ColumnMemory memory)
    {
        int size = Values.Length * 2;
        double[] values = memory.Values.Rent(size);
        Array.Copy(Values, values, Count);
        if (!IsSeen) memory.Values.Return(Values);
        Values = values;
        if (Times is { } old)
        {
            Times = memory.Times.Rent(values.Length);
            Array.Copy(old, Times, Count);
            if (!IsSeen) memory.Times.Return(old);
        }
        if (Extras is not null)
        {
            object?[] extras = new object?[values.Length];
            Array.Copy(Extras, extras, Count);
            Extras = extras;
        }
        // The arrays a view may hold are no longer these.
        IsSeen = false;
    }
}
