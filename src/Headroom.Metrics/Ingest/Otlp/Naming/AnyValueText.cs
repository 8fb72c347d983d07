using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Headroom.Metrics.Ingest.Protobuf;
using Headroom.Metrics.PromQL.Output;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// The text of an <c>AnyValue</c>, as OpenTelemetry's Collector and Prometheus write it: text as it is, numbers in their
/// shortest form, bytes as base64, lists and maps as JSON.
/// </summary>
internal static class AnyValueText
{
    // Deeper nesting is nobody's attribute, and a stack is finite.
    private const int MaxDepth = 16;
    private const int String = (1 << 3) | Tag.Length;
    private const int Bool = (2 << 3) | Tag.Varint;
    private const int Int = (3 << 3) | Tag.Varint;
    private const int Double = (4 << 3) | Tag.Fixed64;
    private const int Array = (5 << 3) | Tag.Length;
    private const int Map = (6 << 3) | Tag.Length;
    private const int Bytes = (7 << 3) | Tag.Length;

    /// <summary>The text; empty for a value that is not set.</summary>
    public static PointFault Read(ReadOnlySpan<byte> anyValue, out string text)
    {
        text = "";
        if (!TryFind(anyValue, out int tag, out var bytes, out ulong number)) return PointFault.Damaged("an attribute's value");
        switch (tag)
        {
            case String:
                if (!Utf8.IsValid(bytes)) return new PointFault("not-utf8", "an attribute's value is not UTF-8");
                text = Encoding.UTF8.GetString(bytes);
                return default;
            case Bool:
                text = number != 0 ? "true" : "false";
                return default;
            case Int:
                text = ((long)number).ToString(CultureInfo.InvariantCulture);
                return default;
            case Double:
                text = GoFloat.Json(BitConverter.UInt64BitsToDouble(number));
                return default;
            case Bytes:
                text = Convert.ToBase64String(bytes);
                return default;
            case Array or Map:
                return ReadJson(anyValue, out text);
            default:
                return default;
        }
    }

    private static PointFault ReadJson(ReadOnlySpan<byte> anyValue, out string text)
    {
        text = "";
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer);
        var fault = Write(anyValue, json, MaxDepth);
        if (!fault.IsNone) return fault;
        json.Flush();
        text = Encoding.UTF8.GetString(buffer.WrittenSpan);
        return default;
    }

    private static PointFault Write(ReadOnlySpan<byte> anyValue, Utf8JsonWriter json, int depth)
    {
        if (depth == 0) return new PointFault("nested-too-deeply", $"an attribute's value is nested more than {MaxDepth} levels deep");
        if (!TryFind(anyValue, out int tag, out var bytes, out ulong number)) return PointFault.Damaged("an attribute's value");
        switch (tag)
        {
            case String when !Utf8.IsValid(bytes): return new PointFault("not-utf8", "an attribute's value is not UTF-8");
            case String: json.WriteStringValue(bytes); return default;
            case Bool: json.WriteBooleanValue(number != 0); return default;
            case Int: json.WriteNumberValue((long)number); return default;
            case Double when BitConverter.UInt64BitsToDouble(number) is var value:
                if (double.IsFinite(value)) json.WriteNumberValue(value);
                else json.WriteStringValue(GoFloat.Json(value));
                return default;
            case Bytes: json.WriteBase64StringValue(bytes); return default;
            case Array: return WriteArray(bytes, json, depth);
            case Map: return WriteMap(bytes, json, depth);
            default: json.WriteNullValue(); return default;
        }
    }

    private static PointFault WriteArray(ReadOnlySpan<byte> values, Utf8JsonWriter json, int depth)
    {
        json.WriteStartArray();
        var reader = new ProtobufReader(values);
        while (reader.Next())
        {
            if (Tag.Of(reader) != ((1 << 3) | Tag.Length)) continue;
            var fault = Write(reader.Bytes, json, depth - 1);
            if (!fault.IsNone) return fault;
        }
        json.WriteEndArray();
        return reader.Failed ? PointFault.Damaged("an attribute's value") : default;
    }

    private static PointFault WriteMap(ReadOnlySpan<byte> pairs, Utf8JsonWriter json, int depth)
    {
        json.WriteStartObject();
        var reader = new ProtobufReader(pairs);
        while (reader.Next())
        {
            if (Tag.Of(reader) != ((1 << 3) | Tag.Length)) continue;
            ReadOnlySpan<byte> key = default, value = default;
            var pair = new ProtobufReader(reader.Bytes);
            while (pair.Next())
            {
                if (Tag.Of(pair) == ((1 << 3) | Tag.Length)) key = pair.Bytes;
                else if (Tag.Of(pair) == ((2 << 3) | Tag.Length)) value = pair.Bytes;
            }
            if (pair.Failed) return PointFault.Damaged("an attribute's value");
            if (!Utf8.IsValid(key)) return new PointFault("not-utf8", "an attribute's name is not UTF-8");
            json.WritePropertyName(key);
            var fault = Write(value, json, depth - 1);
            if (!fault.IsNone) return fault;
        }
        json.WriteEndObject();
        return reader.Failed ? PointFault.Damaged("an attribute's value") : default;
    }

    // Of several fields of one choice the last counts.
    private static bool TryFind(ReadOnlySpan<byte> anyValue, out int tag, out ReadOnlySpan<byte> bytes, out ulong number)
    {
        (tag, number) = (0, 0);
        bytes = default;
        var reader = new ProtobufReader(anyValue);
        while (reader.Next())
        {
            if (Tag.Of(reader) is not (String or Bool or Int or Double or Array or Map or Bytes)) continue;
            (tag, number) = (Tag.Of(reader), reader.Number);
            bytes = reader.Bytes;
        }
        return !reader.Failed;
    }
}
