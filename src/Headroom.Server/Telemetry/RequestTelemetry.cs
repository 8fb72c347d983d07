using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Telemetry;

/// <summary>
/// Counts and times each request under its route's pattern, so that no client can invent a label value, and names the
/// request's span likewise.
/// </summary>
internal sealed class RequestTelemetry(RequestDelegate next, ServerTelemetry telemetry, TimeProvider time)
{
    public async Task InvokeAsync(HttpContext context)
    {
        long started = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            string route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "other";
            string method = HttpMethods.GetCanonicalizedValue(context.Request.Method) is { Length: <= 7 } known ? known : "other";
            telemetry.Request(route, method, context.Response.StatusCode, time.GetElapsedTime(started));
            if (Activity.Current is { } span) Describe(span, route, method, context.Response.StatusCode);
        }
    }

    // OpenTelemetry's semantic conventions for HTTP servers.
    private static void Describe(Activity span, string route, string method, int status)
    {
        span.DisplayName = $"{method} {route}";
        span.SetTag("http.request.method", method).SetTag("http.route", route).SetTag("http.response.status_code", status);
        if (status >= 500) span.SetStatus(ActivityStatusCode.Error);
        // A collector that is this server itself would otherwise get a span for each batch of spans, for ever.
        if (route is "/v1/traces" or "/v1/metrics") span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
