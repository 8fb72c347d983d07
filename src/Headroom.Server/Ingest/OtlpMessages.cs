using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Ingest.Otlp;
using Headroom.Server.Problems;
using Microsoft.AspNetCore.Http;

namespace Headroom.Server.Ingest;

/// <summary>
/// What OTLP/HTTP answers with, in the encoding of the request: <c>Export…ServiceResponse</c>, and <c>google.rpc.Status</c> for
/// errors.
/// </summary>
internal static class OtlpMessages
{
    public const string Protobuf = "application/x-protobuf";
    public const string Json = "application/json";

    /// <summary>How a request's body is encoded, by its Content-Type; null for what is not OTLP.</summary>
    public static OtlpEncoding? EncodingOf(HttpRequest request)
    {
        string type = request.ContentType ?? "";
        int parameters = type.IndexOf(';', StringComparison.Ordinal);
        var media = (parameters < 0 ? type : type[..parameters]).AsSpan().Trim();
        return media.Equals(Protobuf, StringComparison.OrdinalIgnoreCase) ? OtlpEncoding.Protobuf
            : media.Equals(Json, StringComparison.OrdinalIgnoreCase) ? OtlpEncoding.Json
            : null;
    }

    /// <summary>Writes the answer to a request that was taken in: empty when all was kept, else a partial success.</summary>
    public static Task WriteAsync(HttpContext context, OtlpEncoding encoding, string rejectedName, long rejected, string message) => SendAsync(context, encoding,
        json =>
        {
            json.WriteStartObject();
            if (rejected > 0)
            {
                json.WriteStartObject("partialSuccess");
                // 64-bit integers are text in protobuf's JSON.
                json.WriteString(rejectedName, rejected.ToString(CultureInfo.InvariantCulture));
                json.WriteString("errorMessage", message);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        },
        () =>
        {
            if (rejected == 0) return [];
            var partial = new ArrayBufferWriter<byte>();
            Number(partial, 1, (ulong)rejected);
            Text(partial, 2, Encoding.UTF8.GetBytes(message));
            var response = new ArrayBufferWriter<byte>();
            Text(response, 1, partial.WrittenSpan);
            return response.WrittenSpan.ToArray();
        });

    /// <summary>Writes an error.</summary>
    /// <param name="context">The request; its status is set already.</param>
    /// <param name="encoding">Its encoding.</param>
    /// <param name="code">The code of <c>google.rpc.Code</c>.</param>
    /// <param name="message">For the developer who sees it.</param>
    public static Task WriteStatusAsync(HttpContext context, OtlpEncoding encoding, int code, string message) => SendAsync(context, encoding,
        json =>
        {
            json.WriteStartObject();
            json.WriteNumber("code", code);
            json.WriteString("message", message);
            json.WriteEndObject();
        },
        () =>
        {
            var status = new ArrayBufferWriter<byte>();
            Number(status, 1, (ulong)code);
            Text(status, 2, Encoding.UTF8.GetBytes(message));
            return status.WrittenSpan.ToArray();
        });

    private static async Task SendAsync(HttpContext context, OtlpEncoding encoding, Action<Utf8JsonWriter> json, Func<byte[]> protobuf)
    {
        byte[] bytes;
        if (encoding == OtlpEncoding.Json)
        {
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer)) json(writer);
            bytes = buffer.WrittenSpan.ToArray();
        }
        else
        {
            bytes = protobuf();
        }
        context.Response.ContentType = encoding == OtlpEncoding.Json ? Json : Protobuf;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static void Number(ArrayBufferWriter<byte> into, int field, ulong value)
    {
        into.Write([(byte)(field << 3)]);
        Varint(into, value);
    }

    private static void Text(ArrayBufferWriter<byte> into, int field, ReadOnlySpan<byte> bytes)
    {
        into.Write([(byte)(field << 3 | 2)]);
        Varint(into, (ulong)bytes.Length);
        into.Write(bytes);
    }

    private static void Varint(ArrayBufferWriter<byte> into, ulong value)
    {
        for (; value >= 0x80; value >>= 7) into.Write([(byte)(value | 0x80)]);
        into.Write([(byte)value]);
    }
}

/// <summary>Errors of the OTLP routes as <c>google.rpc.Status</c>, in the encoding of the request.</summary>
internal sealed class OtlpProblemWriter : IProblemWriter
{
    public static OtlpProblemWriter Instance { get; } = new();

    public Task WriteAsync(HttpContext context, IReadOnlyList<Problem> problems, int status) =>
        OtlpMessages.WriteStatusAsync(context, OtlpMessages.EncodingOf(context.Request) ?? OtlpEncoding.Protobuf, CodeOf(status), problems[0].ToString());

    // google/rpc/code.proto
    private static int CodeOf(int status) => status switch
    {
        400 or 413 or 415 or 422 => 3,
        403 or 421 => 7,
        404 or 405 => 5,
        429 => 8,
        503 => 14,
        _ => 13,
    };
}
