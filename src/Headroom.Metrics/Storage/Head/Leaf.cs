using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>
/// A run of samples in time order, at most one chunk long: open (arrays that grow) or packed (a chunk's bytes, never
/// changed again). The extra of a sample is its <see cref="Histogram"/>, or for raw entries its <see cref="SampleNote"/>.
/// </summary>
internal sealed class Leaf
{
    /// <summary>Samples for which a leaf has room at first.</summary>
    public const int FirstCapacity = 4;

    /// <summary>An open leaf.</summary>
    public Leaf(long generation, int capacity)
    {
        Generation = generation;
        Times = new long[capacity];
        Values = new double[capacity];
    }

    private Leaf(byte[] packed, ChunkEncoding encoding, int count, long first, long last)
    {
        (Packed, Encoding, Count, PackedFirst, PackedLast) = (packed, encoding, count, first, last);
        Times = [];
        Values = [];
    }

    /// <summary>The chunk of a packed leaf; null for an open one.</summary>
    public byte[]? Packed { get; }

    /// <summary>How <see cref="Packed"/> is encoded.</summary>
    public ChunkEncoding Encoding { get; }

    public int Count { get; private set; }

    public long[] Times { get; private set; }

    public double[] Values { get; private set; }

    public object?[]? Extras { get; private set; }

    /// <summary>The snapshot generation in which the leaf came to be: older snapshots cannot hold it.</summary>
    public long Generation { get; }

    public long First => Packed is null ? Times[0] : PackedFirst;

    public long Last => Packed is null ? Times[Count - 1] : PackedLast;

    private long PackedFirst { get; }

    private long PackedLast { get; }

    /// <summary>Inserts at a position of an open leaf.</summary>
    public void Insert(int at, long time, double value, object? extra)
    {
        if (Count == Times.Length) Grow();
        if (extra is not null) Extras ??= new object?[Times.Length];
        if (at < Count)
        {
            int after = Count - at;
            Array.Copy(Times, at, Times, at + 1, after);
            Array.Copy(Values, at, Values, at + 1, after);
            if (Extras is not null) Array.Copy(Extras, at, Extras, at + 1, after);
        }
        Times[at] = time;
        Values[at] = value;
        if (Extras is not null) Extras[at] = extra;
        Count++;
    }

    /// <summary>An open leaf with a part of this open one's samples.</summary>
    public Leaf Part(int from, int to, long generation)
    {
        var part = new Leaf(generation, Math.Max(FirstCapacity, to - from + 1)) { Count = to - from };
        Array.Copy(Times, from, part.Times, 0, part.Count);
        Array.Copy(Values, from, part.Values, 0, part.Count);
        if (Extras is not null)
        {
            part.Extras = new object?[part.Times.Length];
            Array.Copy(Extras, from, part.Extras, 0, part.Count);
        }
        return part;
    }

    /// <summary>This open leaf as a packed one, or itself when it mixes floats and histograms.</summary>
    public Leaf Pack(bool raw, ByteWriter scratch)
    {
        scratch.Clear();
        var times = Times.AsSpan(0, Count);
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
        return new Leaf(scratch.ToArray(), encoding, Count, times[0], times[^1]);
    }

    /// <summary>This packed leaf as an open one.</summary>
    public Leaf Unpack(long generation)
    {
        var open = new Leaf(generation, Count + 1);
        if (Encoding == ChunkEncoding.Raw)
        {
            RawChunk.Decode(Packed, out long[] times, out double[] values, out object?[]? notes);
            for (int i = 0; i < times.Length; i++) open.Insert(i, times[i], values[i], notes?[i]);
            return open;
        }
        var samples = new SampleBuffer();
        if (Encoding == ChunkEncoding.Numbers) NumberChunk.Decode(Packed, long.MinValue, long.MaxValue, samples);
        else HistogramChunk.Decode(Packed, long.MinValue, long.MaxValue, samples);
        for (int i = 0; i < samples.Count; i++) open.Insert(i, samples.Times[i], samples.Values[i], samples.HistogramAt(i));
        return open;
    }

    private void Grow()
    {
        int size = Times.Length * 2;
        long[] times = new long[size];
        double[] values = new double[size];
        Array.Copy(Times, times, Count);
        Array.Copy(Values, values, Count);
        if (Extras is not null)
        {
            object?[] extras = new object?[size];
            Array.Copy(Extras, extras, Count);
            Extras = extras;
        }
        (Times, Values) = (times, values);
    }
}
