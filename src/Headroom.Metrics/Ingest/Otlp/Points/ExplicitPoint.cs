using System.Runtime.InteropServices;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>A <c>HistogramDataPoint</c>: explicit buckets. One is read into again and again.</summary>
internal sealed class ExplicitPoint(int mostBounds)
{
    public const int AttributesField = 9;
    public const int ExemplarsField = 8;
    private const int StartTag = (2 << 3) | Tag.Fixed64;
    private const int TimeTag = (3 << 3) | Tag.Fixed64;
    private const int CountTag = (4 << 3) | Tag.Fixed64;
    private const int SumTag = (5 << 3) | Tag.Fixed64;
    private const int CountsField = 6;
    private const int BoundsField = 7;
    private const int ExemplarsTag = (ExemplarsField << 3) | Tag.Length;
    private const int AttributesTag = (AttributesField << 3) | Tag.Length;
    private const int FlagsTag = (10 << 3) | Tag.Varint;

    private readonly List<ulong> _counts = [];
    private readonly List<double> _bounds = [];
    private bool _hasTooMany;

    public ulong Count { get; private set; }

    public double Sum { get; private set; }

    public bool HasSum { get; private set; }

    /// <summary>Counts of the buckets, not cumulative: none, or one more than there are bounds.</summary>
    public ReadOnlySpan<ulong> Counts => CollectionsMarshal.AsSpan(_counts);

    public ReadOnlySpan<double> Bounds => CollectionsMarshal.AsSpan(_bounds);

    /// <summary>Reads the message; false when it is damaged.</summary>
    public bool TryRead(ReadOnlySpan<byte> bytes, out PointHeader header)
    {
        header = default;
        _counts.Clear();
        _bounds.Clear();
        (Count, Sum, HasSum, _hasTooMany) = (0, 0, false, false);
        var reader = new ProtobufReader(bytes);
        int start = 0;
        while (reader.Next())
        {
            switch (Tag.Of(reader))
            {
                case StartTag: header.StartNanoseconds = reader.Number; break;
                case TimeTag: header.TimeNanoseconds = reader.Number; break;
                case CountTag: Count = reader.Number; break;
                case SumTag: (Sum, HasSum) = (PointHeader.Measured(reader.Double), true); break;
                case (CountsField << 3) | Tag.Fixed64: Add(_counts, [reader.Number]); break;
                case (BoundsField << 3) | Tag.Fixed64: Add(_bounds, [reader.Double]); break;
                case (CountsField << 3) | Tag.Length:
                    if (reader.Bytes.Length % 8 != 0) return false;
                    Add(_counts, MemoryMarshal.Cast<byte, ulong>(reader.Bytes));
                    break;
                case (BoundsField << 3) | Tag.Length:
                    if (reader.Bytes.Length % 8 != 0) return false;
                    Add(_bounds, MemoryMarshal.Cast<byte, double>(reader.Bytes));
                    break;
                case AttributesTag: header.Attribute(start, reader); break;
                case FlagsTag: header.Flags = reader.Number; break;
                case ExemplarsTag: header.HasExemplars = true; break;
            }
            start = reader.Position;
        }
        return !reader.Failed;
    }

    /// <summary>What is wrong with the buckets; nothing when they can be kept.</summary>
    public PointFault Check()
    {
        if (_hasTooMany) return new PointFault("too-many-buckets", $"the histogram has more than {mostBounds} bounds");
        if (_counts.Count == 0 && _bounds.Count == 0) return default;
        if (_counts.Count != _bounds.Count + 1) return new PointFault("bad-histogram", $"the histogram has {_counts.Count} bucket counts and {_bounds.Count} bounds; there must be one count more than bounds");
        for (int i = 0; i < _bounds.Count; i++)
            if (!double.IsFinite(_bounds[i]) || (i > 0 && !(_bounds[i] > _bounds[i - 1])))
                return new PointFault("bad-histogram", "the histogram's bounds do not ascend, or are not finite");
        ulong total = 0;
        foreach (ulong count in _counts) total = unchecked(total + count);
        return total == Count ? default : new PointFault("bad-histogram", $"the histogram's buckets hold {total} observations, but its count is {Count}");
    }

    /// <summary>The point as a native histogram with custom bounds.</summary>
    public Histogram ToHistogram()
    {
        var indexes = new List<int>();
        var counts = new List<double>();
        for (int i = 0; i < _counts.Count; i++)
        {
            if (_counts[i] == 0) continue;
            indexes.Add(i);
            counts.Add(_counts[i]);
        }
        // Without buckets all is known to lie below infinity.
        if (_counts.Count == 0 && Count > 0) (indexes, counts) = ([0], [Count]);
        return new Histogram { CustomBounds = [.. _bounds], Count = Count, Sum = HasSum ? Sum : double.NaN, Positive = new Buckets([.. indexes], [.. counts]) };
    }

    // The point is read to its end in any case, but no more of it is kept than may be.
    private void Add<T>(List<T> to, ReadOnlySpan<T> values)
    {
        if (to.Count + values.Length > mostBounds + 1) _hasTooMany = true;
        else to.AddRange(values);
    }
}
