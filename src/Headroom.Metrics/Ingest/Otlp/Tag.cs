using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// Field number and wire type in one number, as they stand before a field: a field of another type than its definition's is
/// an unknown field, and one comparison tells both.
/// </summary>
internal static class Tag
{
    public const int Varint = (int)WireType.Varint;
    public const int Fixed64 = (int)WireType.Fixed64;
    public const int Length = (int)WireType.LengthDelimited;

    public static int Of(in ProtobufReader reader) => (reader.Field << 3) | (int)reader.Type;
}
