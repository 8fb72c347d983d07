using Headroom.Metrics.Histograms;
using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>The buckets of one sign of an exponential histogram, as <c>Buckets</c> of OTLP holds them; only populated ones are kept.</summary>
internal sealed class BucketRun(int most)
{
    private readonly List<long> _positions = [];
    private readonly List<double> _counts = [];
    private long _dense;
    private int _offset;

    /// <summary>Whether more buckets are populated than are read.</summary>
    public bool HasTooMany { get; private set; }

    /// <summary>Observations in all buckets.</summary>
    public double Total { get; private set; }

    public static int ZigZag32(ulong number) => (int)((uint)number >> 1) ^ -(int)((uint)number & 1);

    public void Clear()
    {
        _positions.Clear();
        _counts.Clear();
        (_dense, _offset, HasTooMany, Total) = (0, 0, false, 0);
    }

    /// <summary>Reads the message; false when it is damaged.</summary>
    public bool TryRead(ReadOnlySpan<byte> buckets)
    {
        var reader = new ProtobufReader(buckets);
        while (reader.Next())
        {
            switch (Tag.Of(reader))
            {
                case (1 << 3) | Tag.Varint: _offset = ZigZag32(reader.Number); break;
                case (2 << 3) | Tag.Varint: Add(reader.Number); break;
                case (2 << 3) | Tag.Length:
                    var packed = new ProtobufReader(reader.Bytes);
                    while (packed.NextPacked(out ulong count)) Add(count);
                    if (packed.Failed) return false;
                    break;
            }
        }
        return !reader.Failed;
    }

    /// <summary>The buckets at a scale, 2^shift of those read in one; false when an index is impossible there.</summary>
    public bool TryBuild(int scale, int shift, out Buckets buckets)
    {
        buckets = Buckets.Empty;
        if (_positions.Count == 0) return true;
        // Positions ascend, so the first and the last tell whether all are possible.
        if (!ExponentialBuckets.IsPossible(IndexAt(0, shift), scale) || !ExponentialBuckets.IsPossible(IndexAt(_positions.Count - 1, shift), scale)) return false;
        int populated = 1;
        for (int i = 1; i < _positions.Count; i++)
            if (IndexAt(i, shift) != IndexAt(i - 1, shift))
                populated++;
        var (indexes, counts) = (new int[populated], new double[populated]);
        int last = -1;
        for (int i = 0; i < _positions.Count; i++)
        {
            int index = (int)IndexAt(i, shift);
            if (last < 0 || indexes[last] != index) indexes[++last] = index;
            counts[last] += _counts[i];
        }
        buckets = new Buckets(indexes, counts);
        return true;
    }

    private long IndexAt(int i, int shift) => (_offset + _positions[i]) >> shift;

    private void Add(ulong count)
    {
        long position = _dense++;
        if (count == 0) return;
        Total += count;
        HasTooMany |= _positions.Count == most;
        if (HasTooMany) return;
        _positions.Add(position);
        _counts.Add(count);
    }
}
