using System.Text.Json;
using Headroom.Metrics;
using Headroom.Objectives.Kpis;
using Headroom.Server.Hosting;
using Headroom.Server.Problems;
using Headroom.Server.Projects;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Status;

/// <summary><c>GET /api/status?at=</c>: every KPI, judged at an instant.</summary>
internal static class StatusRoutes
{
    public static void Map(IEndpointRouteBuilder routes, IMetricsBackend backend, ProjectOfRequest projects, TimeProvider time) =>
        routes.MapGet("/api/status", async context =>
        {
            var project = projects.Load(context);
            long at = RequestParameters.OfQuery(context).Time("at", time.GetUtcNow().ToUnixTimeMilliseconds());
            var report = await new KpiEvaluator(backend, time).EvaluateAsync(project.Name, project.Kpis, Instants.Of(at, "at"), context.RequestAborted);
            context.Response.ContentType = "application/json";
            await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ApiJson.Options);
            StatusJson.Write(json, report);
        }).Reads();
}
