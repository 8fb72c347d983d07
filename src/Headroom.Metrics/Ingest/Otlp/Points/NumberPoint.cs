using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>A <c>NumberDataPoint</c>.</summary>
internal ref struct NumberPoint
{
    public const int AttributesField = 7;
    public const int ExemplarsField = 5;
    private const int Start = (2 << 3) | Tag.Fixed64;
    private const int Time = (3 << 3) | Tag.Fixed64;
    private const int Double = (4 << 3) | Tag.Fixed64;
    private const int Exemplars = (ExemplarsField << 3) | Tag.Length;
    private const int Int = (6 << 3) | Tag.Fixed64;
    private const int Attributes = (AttributesField << 3) | Tag.Length;
    private const int Flags = (8 << 3) | Tag.Varint;

    public PointHeader Header;
    public double Value;
    public bool HasValue;

    /// <summary>Reads the message; false when it is damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out NumberPoint point)
    {
        point = default;
        var reader = new ProtobufReader(bytes);
        int start = 0;
        while (reader.Next())
        {
            switch (Tag.Of(reader))
            {
                case Start: point.Header.StartNanoseconds = reader.Number; break;
                case Time: point.Header.TimeNanoseconds = reader.Number; break;
                case Double: (point.Value, point.HasValue) = (PointHeader.Measured(reader.Double), true); break;
                case Int: (point.Value, point.HasValue) = ((long)reader.Number, true); break;
                case Attributes: point.Header.Attribute(start, reader); break;
                case Flags: point.Header.Flags = reader.Number; break;
                case Exemplars: point.Header.HasExemplars = true; break;
            }
            start = reader.Position;
        }
        return !reader.Failed;
    }
}
