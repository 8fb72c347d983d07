using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.PromQL;
using Headroom.Server.Problems;
using Microsoft.AspNetCore.Http;

namespace Headroom.Server.Query;

/// <summary>
/// The envelope of the Prometheus HTTP API: <c>{"status":"success","data":…}</c> with warnings and infos, or
/// <c>{"status":"error","errorType":…,"error":…}</c> with its status code.
/// </summary>
internal static class PrometheusEnvelope
{
    private static readonly JsonWriterOptions Json = new() { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A route that answers in the envelope whatever happens.</summary>
    public static RequestDelegate Route(Func<HttpContext, Task> answer) => async context =>
    {
        try
        {
            await answer(context);
        }
        catch (Exception error) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested && Describe(error) is { } said)
        {
            await FailAsync(context, said.Status, said.Type, said.Message);
        }
    };

    /// <summary>Answers success.</summary>
    public static async Task SucceedAsync(HttpContext context, Action<Utf8JsonWriter> writeData, IReadOnlyList<string>? warnings = null, IReadOnlyList<string>? infos = null)
    {
        context.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter, Json))
        {
            json.WriteStartObject();
            json.WriteString("status"u8, "success"u8);
            json.WritePropertyName("data"u8);
            writeData(json);
            WriteTexts(json, "warnings", warnings);
            WriteTexts(json, "infos", infos);
            json.WriteEndObject();
        }
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static async Task FailAsync(HttpContext context, int status, string type, string message)
    {
        context.Response.Clear();
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (status == StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = "1";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter, Json))
        {
            json.WriteStartObject();
            json.WriteString("status"u8, "error"u8);
            json.WriteString("errorType"u8, type);
            json.WriteString("error"u8, message);
            json.WriteEndObject();
        }
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static (int Status, string Type, string Message)? Describe(Exception error)
    {
        switch (error)
        {
            case PromqlException { Kind: PromqlErrorKind.BadData }:
                return (400, "bad_data", $"invalid parameter \"query\": {error.Message}");
            case PromqlException { Kind: PromqlErrorKind.Execution }:
                return (422, "execution", error.Message);
            case PromqlException { Kind: PromqlErrorKind.Timeout }:
                return (503, "timeout", error.Message);
            case OperationCanceledException:
                return (503, "timeout", "query timed out in expression evaluation");
            case ProblemException or BadHttpRequestException:
                var (problems, status) = ProblemMiddleware.Describe(error);
                return (status, status switch { 404 => "not_found", 422 => "execution", 503 => "unavailable", >= 500 => "internal", _ => "bad_data" },
                    string.Join("; ", problems.Select(p => p.What)));
            default:
                // A surprise: the middleware logs it and answers 500.
                return null;
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string>? texts)
    {
        if (texts is not { Count: > 0 }) return;
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
