using Headroom.Server.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Health;

/// <summary>
/// <c>GET /health</c> answers while the process lives; <c>GET /ready</c> only while it takes writes: 503 once it
/// stops, or when the store has become read-only.
/// </summary>
internal static class HealthRoutes
{
    public static void Map(IEndpointRouteBuilder routes, Func<string?> whyNotReady)
    {
        routes.MapGet("/health", static context => AnswerAsync(context, 200, """{"status":"healthy"}""")).OpenToAll();
        routes.MapGet("/ready", context => whyNotReady() is { } reason
            ? AnswerAsync(context, 503, $$"""{"status":"not ready","reason":"{{System.Text.Json.JsonEncodedText.Encode(reason, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}}"}""")
            : AnswerAsync(context, 200, """{"status":"ready"}""")).OpenToAll();
    }

    private static Task AnswerAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(json, context.RequestAborted);
    }
}
