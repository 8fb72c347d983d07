using System.Runtime.InteropServices;
using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>A <c>SummaryDataPoint</c>. One is read into again and again.</summary>
internal sealed class SummaryPoint
{
    public const int AttributesField = 7;
    private const int StartTag = (2 << 3) | Tag.Fixed64;
    private const int TimeTag = (3 << 3) | Tag.Fixed64;
    private const int CountTag = (4 << 3) | Tag.Fixed64;
    private const int SumTag = (5 << 3) | Tag.Fixed64;
    private const int QuantilesTag = (6 << 3) | Tag.Length;
    private const int AttributesTag = (AttributesField << 3) | Tag.Length;
    private const int FlagsTag = (8 << 3) | Tag.Varint;

    private readonly List<double> _quantiles = [];
    private readonly List<double> _values = [];

    public ulong Count { get; private set; }

    public double Sum { get; private set; }

    public ReadOnlySpan<double> Quantiles => CollectionsMarshal.AsSpan(_quantiles);

    public ReadOnlySpan<double> Values => CollectionsMarshal.AsSpan(_values);

    /// <summary>Reads the message; false when it is damaged.</summary>
    public bool TryRead(ReadOnlySpan<byte> bytes, out PointHeader header)
    {
        header = default;
        _quantiles.Clear();
        _values.Clear();
        (Count, Sum) = (0, 0);
        var reader = new ProtobufReader(bytes);
        int start = 0;
        while (reader.Next())
        {
            switch (Tag.Of(reader))
            {
                case StartTag: header.StartNanoseconds = reader.Number; break;
                case TimeTag: header.TimeNanoseconds = reader.Number; break;
                case CountTag: Count = reader.Number; break;
                case SumTag: Sum = PointHeader.Measured(reader.Double); break;
                case QuantilesTag when !TryReadQuantile(reader.Bytes): return false;
                case AttributesTag: header.Attribute(start, reader); break;
                case FlagsTag: header.Flags = reader.Number; break;
            }
            start = reader.Position;
        }
        return !reader.Failed;
    }

    /// <summary>What is wrong with the quantiles; nothing when they can be kept.</summary>
    public PointFault Check(int most)
    {
        if (_quantiles.Count > most) return new PointFault("too-many-quantiles", $"the summary has {_quantiles.Count} quantiles; at most {most} are accepted");
        foreach (double quantile in _quantiles)
            if (!(quantile is >= 0 and <= 1))
                return new PointFault("bad-summary", "a quantile of the summary is not between 0 and 1");
        return default;
    }

    private bool TryReadQuantile(ReadOnlySpan<byte> bytes)
    {
        double quantile = 0, value = 0;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            if (Tag.Of(reader) == ((1 << 3) | Tag.Fixed64)) quantile = reader.Double;
            else if (Tag.Of(reader) == ((2 << 3) | Tag.Fixed64)) value = PointHeader.Measured(reader.Double);
        }
        _quantiles.Add(quantile);
        _values.Add(value);
        return !reader.Failed;
    }
}
