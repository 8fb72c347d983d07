using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.PromQL;
using Headroom.Server.Logging;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Problems;

/// <summary>
/// Turns whatever a route throws into one clear answer: problems into problem+json with their status, a body that is
/// too large into 413, a surprise into 500 without its stack (which the log has).
/// </summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: 404 or 405, ContentType: null })
                await WriteAsync(context, NoRoute(context), context.Response.StatusCode);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody to answer.
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, error);
        }
    }

    private async Task AnswerAsync(HttpContext context, Exception error)
    {
        var (problems, status) = Describe(error);
        if (status >= 500 && error is not ProblemException)
            Log.RequestFailed(log, context.Request.Method, context.Request.Path, error);
        else
            Log.RequestRefused(log, context.Request.Method, context.Request.Path, status, problems[0].ToString());
        await WriteAsync(context, problems, status);
    }

    /// <summary>What an exception says to a client, and the status it is answered with.</summary>
    public static (IReadOnlyList<Problem> Problems, int Status) Describe(Exception error) => error switch
    {
        ProblemException { Problems: var problems } => (problems, ProblemDocument.StatusOf(problems[0].Kind)),
        PromqlException promql => ([PromqlProblem.From(promql)], promql.Kind switch
        {
            PromqlErrorKind.BadData => 400,
            PromqlErrorKind.Timeout => 503,
            _ => 422,
        }),
        BadHttpRequestException { StatusCode: 413 } => ([new Problem("body-too-large", "The request body is larger than this route accepts.",
            "body", "Send it in several smaller requests.") { Kind = ProblemKind.TooLarge }], 413),
        BadHttpRequestException bad => ([new Problem("bad-request", bad.Message, "request")], bad.StatusCode),
        _ => ([new Problem("internal-error", "The server failed on this request; its log has the details.") { Kind = ProblemKind.Failed }], 500),
    };

    public static async Task WriteAsync(HttpContext context, IReadOnlyList<Problem> problems, int status, string retryAfter = "1")
    {
        context.Response.Clear();
        context.Response.StatusCode = status;
        if (status == 401) context.Response.Headers.WWWAuthenticate = "Bearer realm=\"headroom\", Basic realm=\"headroom: a key as the password\"";
        if (status is 429 or 503) context.Response.Headers.RetryAfter = retryAfter;
        if (context.GetEndpoint()?.Metadata.GetMetadata<IProblemWriter>() is { } own)
        {
            await own.WriteAsync(context, problems, status);
            return;
        }
        context.Response.ContentType = ProblemDocument.MediaType;
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ApiJson.Options);
        JsonSerializer.Serialize(json, ProblemDocument.From(problems, status), ProblemJson.Default.ProblemDocument);
    }

    private static IReadOnlyList<Problem> NoRoute(HttpContext context) => context.Response.StatusCode == 405
        ? [new Problem("method-not-allowed", $"{context.Request.Path} does not answer {context.Request.Method}.", "method", $"Use {context.Response.Headers.Allow}.")]
        : [new Problem("no-such-route", $"There is nothing at {context.Request.Path}.", "path", "GET /openapi.json lists what there is.")];
}
