using System.Text.Json;
using System.Text.Unicode;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Metrics.Ingest.Json;

/// <summary>
/// Reads a body of <c>POST /metrics</c>: one object or an array of objects with <c>service_name</c>, <c>metric_type</c> and
/// <c>value</c>, and optionally <c>unit</c>, <c>kind</c> (<c>gauge</c>, <c>counter</c> or <c>distribution</c>), <c>labels</c> (text to text), <c>metadata</c> (an
/// object), <c>timestamp</c> and <c>id</c>. A field that is null is the same as absent. Safe for several threads at once.
/// </summary>
/// <remarks>
/// A timestamp is RFC 3339 text (UTC when it has no zone) or Unix time as a number, whose unit follows from its size
/// (<see cref="TimestampText"/>); without one the time is now. A value is a distribution's when <c>kind</c> says so, or when
/// there is no kind and the unit is a time or a size (<see cref="MeasurementUnit"/>); a counter is a float series like a gauge.
/// </remarks>
public sealed class JsonWriteParser(JsonIngestOptions options, TimeProvider time)
{
    /// <summary>The body's good items and everything that is wrong with the others. Never throws, whatever the bytes.</summary>
    public JsonWrite Parse(ReadOnlySpan<byte> body)
    {
        var write = new JsonWrite();
        if (body.Length > options.MaxBodyBytes)
            return write.RefuseBody(TooLarge("body-too-large", $"the body has {body.Length} bytes; at most {options.MaxBodyBytes} are accepted", "Send fewer items per request."));
        if (body.StartsWith("\uFEFF"u8)) body = body[3..];
        if (!Utf8.IsValid(body))
            return write.RefuseBody(new Problem("json-not-utf8", "the body is not UTF-8", $"byte {FirstInvalid(body)}", "Encode the body as UTF-8."));

        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = options.MaxDepth });
        try
        {
            return ParseBody(body, ref reader, write);
        }
        catch (JsonException malformed)
        {
            return write.RefuseBody(Malformed(body, malformed));
        }
    }

    private JsonWrite ParseBody(ReadOnlySpan<byte> body, ref Utf8JsonReader reader, JsonWrite write)
    {
        reader.Read();
        var items = new JsonItemParser(body, options, time.GetUtcNow().ToUnixTimeMilliseconds(), write);
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            items.Parse(ref reader, 0);
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            write.IsArray = true;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (write.Items == options.MaxItems)
                    return write.RefuseBody(TooLarge("too-many-items", $"the array has more than {options.MaxItems} items", "Split it over several requests."));
                items.Parse(ref reader, write.Items);
            }
        }
        else
        {
            return write.RefuseBody(new Problem("json-wrong-type", "the body must be an object or an array of objects", "byte 0"));
        }
        // Anything but white space after the end throws, because the reader knows that this is all there is.
        reader.Read();
        return write;
    }

    private static Problem Malformed(ReadOnlySpan<byte> body, JsonException malformed)
    {
        if (body.Trim(" \t\r\n"u8).IsEmpty)
            return new Problem("json-malformed", "the body is empty", "byte 0", "Send an object or an array of objects.");
        int offset = 0;
        for (long line = malformed.LineNumber ?? 0; line > 0; line--) offset += body[offset..].IndexOf((byte)'\n') + 1;
        offset += (int)(malformed.BytePositionInLine ?? 0);
        // The reader's sentence ends in its own notation of the place, which ours replaces.
        string reason = malformed.Message;
        int place = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return new Problem("json-malformed", $"the body is not JSON: {(place < 0 ? reason : reason[..place])}", $"byte {offset}");
    }

    private static Problem TooLarge(string code, string what, string fix) => new(code, what, null, fix) { Kind = ProblemKind.TooLarge };

    private static int FirstInvalid(ReadOnlySpan<byte> body)
    {
        int at = 0;
        while (at < body.Length && System.Text.Rune.DecodeFromUtf8(body[at..], out _, out int length) == System.Buffers.OperationStatus.Done) at += length;
        return at;
    }
}
