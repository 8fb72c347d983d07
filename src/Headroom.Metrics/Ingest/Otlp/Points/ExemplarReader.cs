using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// Reads <c>Exemplar</c>s: the labels <c>trace_id</c> and <c>span_id</c> in hex, and the filtered attributes as well if all
/// together have at most 128 characters, as OpenMetrics asks.
/// </summary>
internal static class ExemplarReader
{
    private const int MaxCharacters = 128;
    private const int Time = (2 << 3) | Tag.Fixed64;
    private const int Double = (3 << 3) | Tag.Fixed64;
    private const int SpanId = (4 << 3) | Tag.Length;
    private const int TraceId = (5 << 3) | Tag.Length;
    private const int Int = (6 << 3) | Tag.Fixed64;
    private const int AttributesField = 7;

    /// <summary>Reads one; false when it is damaged, has no value or no time, or nothing that identifies it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, List<Attribute> scratch, out Labels labels, out double value, out long time)
    {
        (labels, value, time) = (Labels.Empty, double.NaN, 0);
        ReadOnlySpan<byte> trace = default, span = default;
        bool hasValue = false;
        int attributes = 0;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            switch (Tag.Of(reader))
            {
                case Time: time = (long)(reader.Number / 1_000_000); break;
                case Double: (value, hasValue) = (reader.Double, true); break;
                case Int: (value, hasValue) = ((long)reader.Number, true); break;
                case SpanId: span = reader.Bytes; break;
                case TraceId: trace = reader.Bytes; break;
                case (AttributesField << 3) | Tag.Length: attributes++; break;
            }
        }
        if (reader.Failed || !hasValue || time <= 0) return false;
        scratch.Clear();
        if (attributes is > 0 and <= MaxCharacters && !AttributeReader.ReadAll(bytes, AttributesField, MaxCharacters, scratch).IsNone) scratch.Clear();
        labels = LabelsOf(trace, span, scratch);
        return labels.Count > 0;
    }

    /// <summary>The labels of a trace and a span; without an id that is missing, all zeros or of another length.</summary>
    public static Labels LabelsOf(ReadOnlySpan<byte> trace, ReadOnlySpan<byte> span, List<Attribute> attributes)
    {
        string traceId = IsId(trace, 16) ? Convert.ToHexStringLower(trace) : "";
        string spanId = IsId(span, 8) ? Convert.ToHexStringLower(span) : "";
        int characters = (traceId.Length > 0 ? "trace_id".Length + traceId.Length : 0) + (spanId.Length > 0 ? "span_id".Length + spanId.Length : 0);
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, text) in attributes)
        {
            string name = LabelNames.Translate(key);
            characters += name.Length + text.Length;
            if (name.Length > 0) labels[name] = text;
        }
        if (characters > MaxCharacters) labels.Clear();
        labels["trace_id"] = traceId;
        labels["span_id"] = spanId;
        return Labels.From([.. labels.Select(l => new Label(l.Key, l.Value))]);
    }

    /// <summary>Whether the bytes are an id of a length: all zeros is the id that says there is none.</summary>
    public static bool IsId(ReadOnlySpan<byte> bytes, int length) => bytes.Length == length && bytes.ContainsAnyExcept((byte)0);
}
