using System.Text.Json;
using System.Text.Unicode;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// Rewrites OTLP's JSON as the protobuf message it stands for, so that one decoder reads both (OTLP specification, "JSON
/// Protobuf Encoding": lowerCamelCase names, ids in hexadecimal, enums as numbers, 64-bit integers as numbers or text,
/// unknown fields passed over). What is wrong within a data point or span costs that one; around them, the whole body.
/// </summary>
internal sealed class OtlpJson(int maxBytes)
{
    private const int MaxDepth = 64;

    /// <summary>Rewrites a body. Dispose the result to give its memory back.</summary>
    public Transcoded Transcode(ReadOnlySpan<byte> body, OtlpSchema request)
    {
        var result = new Transcoded(new ProtobufBuffer(maxBytes));
        if (body.StartsWith("\uFEFF"u8)) body = body[3..];
        if (!Utf8.IsValid(body)) return result.Refuse(new Problem("json-not-utf8", "the body is not UTF-8.", "body", "Encode the body as UTF-8."));
        var json = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            json.Read();
            if (json.TokenType != JsonTokenType.StartObject) return result.Refuse(Malformed("the body is not a JSON object", 0));
            if (!TryMessage(ref json, request, result)) return result.Refuse(Malformed($"{result.Field} is not what OTLP says it is", json.TokenStartIndex));
            json.Read();
            return result.Buffer.IsFull
                ? result.Refuse(new Problem("body-too-large", $"The body comes to more than {maxBytes} bytes of protobuf.", "body", "Send it in several smaller requests.") { Kind = ProblemKind.TooLarge })
                : result;
        }
        catch (JsonException malformed)
        {
            string reason = malformed.Message;
            int place = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
            return result.Refuse(Malformed($"the body is not JSON: {(place < 0 ? reason : reason[..place])}", json.BytesConsumed));
        }
    }

    private static Problem Malformed(string what, long at) =>
        new("otlp-malformed", what, $"body, byte {at}", "Send an OTLP export request as protobuf (application/x-protobuf) or JSON (application/json).");

    // The reader stands at the object's brace, and afterwards at its end.
    private static bool TryMessage(ref Utf8JsonReader json, OtlpSchema message, Transcoded result)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            var field = Find(ref json, message);
            json.Read();
            if (field is null || json.TokenType == JsonTokenType.Null)
            {
                json.Skip();
                continue;
            }
            result.Field = field.Name;
            if (field.IsRepeated ? !TryList(ref json, field, result) : !TryValue(ref json, field, result)) return false;
            if (result.Buffer.IsFull) return true;
        }
        return true;
    }

    private static JsonField? Find(ref Utf8JsonReader json, OtlpSchema message)
    {
        try
        {
            foreach (var field in message.Fields)
                if (json.ValueTextEquals(field.NameUtf8))
                    return field;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair as an escape: JSON, but nobody's name.
        }
        return null;
    }

    private static bool TryList(ref Utf8JsonReader json, JsonField field, Transcoded result)
    {
        if (json.TokenType != JsonTokenType.StartArray) return false;
        bool packed = JsonScalar.IsNumber(field.Kind);
        int begin = 0;
        if (packed)
        {
            result.Buffer.Varint((ulong)((field.Number << 3) | Tag.Length));
            begin = result.Buffer.Begin();
        }
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (packed ? !JsonScalar.TryWrite(ref json, field.Kind, result.Buffer) : !TryValue(ref json, field, result)) return false;
            if (result.Buffer.IsFull) return true;
        }
        if (packed) result.Buffer.End(begin);
        return true;
    }

    private static bool TryValue(ref Utf8JsonReader json, JsonField field, Transcoded result)
    {
        var buffer = result.Buffer;
        int start = buffer.Length;
        buffer.Varint((ulong)((field.Number << 3) | JsonScalar.WireType(field.Kind)));
        if (field.Message is not { } message) return JsonScalar.TryWrite(ref json, field.Kind, buffer);
        if (json.TokenType != JsonTokenType.StartObject) return false;
        int depth = json.CurrentDepth;
        int begin = buffer.Begin();
        if (TryMessage(ref json, message, result))
        {
            buffer.End(begin);
            return true;
        }
        if (!message.IsItem) return false;
        result.RejectItem(json.TokenStartIndex);
        buffer.Length = start;
        while (json.TokenType != JsonTokenType.EndObject || json.CurrentDepth != depth) json.Read();
        return true;
    }
}

/// <summary>What JSON came to as protobuf.</summary>
internal sealed class Transcoded(ProtobufBuffer buffer) : IDisposable
{
    public ProtobufBuffer Buffer { get; } = buffer;

    public ReadOnlySpan<byte> Bytes => Buffer.Written;

    /// <summary>Why the whole body is refused; null when it is not.</summary>
    public Problem? Refusal { get; private set; }

    /// <summary>Data points or spans left out because something within them is wrong.</summary>
    public int RejectedItems { get; private set; }

    /// <summary>What was wrong with the first of them.</summary>
    public string Example { get; private set; } = "";

    /// <summary>The field that is being read.</summary>
    public string Field { get; set; } = "";

    public void RejectItem(long at)
    {
        if (RejectedItems++ == 0) Example = $"the field '{Field}' at byte {at} is not what OTLP says it is";
    }

    public Transcoded Refuse(Problem problem)
    {
        Refusal = problem;
        return this;
    }

    public void Dispose() => Buffer.Dispose();
}
