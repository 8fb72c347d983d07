using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>What is used of a <c>Span</c>.</summary>
internal ref struct SpanMessage
{
    private const int TraceIdTag = (1 << 3) | Tag.Length;
    private const int IdTag = (2 << 3) | Tag.Length;
    private const int NameTag = (5 << 3) | Tag.Length;
    private const int KindTag = (6 << 3) | Tag.Varint;
    private const int StartTag = (7 << 3) | Tag.Fixed64;
    private const int EndTag = (8 << 3) | Tag.Fixed64;
    private const int StatusTag = (15 << 3) | Tag.Length;
    private const int StatusCodeTag = (3 << 3) | Tag.Varint;

    public ReadOnlySpan<byte> TraceId;
    public ReadOnlySpan<byte> Id;
    public ReadOnlySpan<byte> Name;
    public ulong Kind;
    public ulong Status;

    /// <summary>Unix nanoseconds.</summary>
    public ulong Start;

    /// <summary>Unix nanoseconds.</summary>
    public ulong End;

    public readonly long EndMilliseconds => (long)(End / 1_000_000);

    /// <summary>Reads the message; false when it is damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SpanMessage span)
    {
        span = default;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            switch (Tag.Of(reader))
            {
                case TraceIdTag: span.TraceId = reader.Bytes; break;
                case IdTag: span.Id = reader.Bytes; break;
                case NameTag: span.Name = reader.Bytes; break;
                case KindTag: span.Kind = reader.Number; break;
                case StartTag: span.Start = reader.Number; break;
                case EndTag: span.End = reader.Number; break;
                case StatusTag when !span.TryReadStatus(reader.Bytes): return false;
            }
        }
        return !reader.Failed;
    }

    private bool TryReadStatus(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
            if (Tag.Of(reader) == StatusCodeTag)
                Status = reader.Number;
        return !reader.Failed;
    }
}
