using System.Buffers.Binary;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>The ids of a trace and of a span in it, without a heap object; <c>default</c> when there are none.</summary>
internal readonly record struct SpanId(ulong TraceHigh, ulong TraceLow, ulong Span)
{
    /// <summary>Whether both ids are there.</summary>
    public bool IsSet => (TraceHigh | TraceLow) != 0 && Span != 0;

    /// <summary>From the bytes of both; not set when one has another length than it must have.</summary>
    public static SpanId Of(ReadOnlySpan<byte> trace, ReadOnlySpan<byte> span) => trace.Length != 16 || span.Length != 8
        ? default
        : new SpanId(BinaryPrimitives.ReadUInt64BigEndian(trace), BinaryPrimitives.ReadUInt64BigEndian(trace[8..]), BinaryPrimitives.ReadUInt64BigEndian(span));

    /// <summary><c>trace_id</c> and <c>span_id</c>.</summary>
    public Labels ToLabels() => Labels.From(new Label("trace_id", $"{TraceHigh:x16}{TraceLow:x16}"), new Label("span_id", $"{Span:x16}"));
}
