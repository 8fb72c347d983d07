using Headroom.Server.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Telemetry;

/// <summary><c>GET /metrics</c>: Headroom's own metrics.</summary>
internal static class TelemetryRoutes
{
    public static void Map(IEndpointRouteBuilder routes, OpenMetricsExporter exporter) =>
        routes.MapGet("/metrics", context =>
        {
            context.Response.ContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            return context.Response.WriteAsync(exporter.Write(), context.RequestAborted);
        }).Needs(KeyScopes.Read);
}
