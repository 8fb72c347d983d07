using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Telemetry;

/// <summary>Counts and times each request under its route's pattern, so that no client can invent a label value.</summary>
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
            telemetry.Request(route, HttpMethods.GetCanonicalizedValue(context.Request.Method) is { Length: <= 7 } method ? method : "other",
                context.Response.StatusCode, time.GetElapsedTime(started));
        }
    }
}
