using System.Text.Json;
using Headroom.Metrics;
using Headroom.Objectives.Regressions;
using Headroom.Server.Deployments;
using Headroom.Server.Hosting;
using Headroom.Server.Problems;
using Headroom.Server.Projects;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Regressions;

/// <summary><c>POST /api/regressions</c>: what got worse between two windows of the stored measurements.</summary>
internal static class RegressionRoutes
{
    public static void Map(IEndpointRouteBuilder routes, IMetricsBackend backend, ProjectOfRequest projects, ServerLimits limits, DeploymentLog deployments) =>
        routes.MapPost("/api/regressions", async context =>
        {
            RequestParameters.LimitBody(context, limits.QueryBodyBytes);
            var request = await RegressionRequest.ReadAsync(context.Request.Body, context.RequestAborted);
            var (before, after, slot) = request.Windows();
            // A word that is the name of a KPI means that KPI; anything else is an expression.
            var kpis = request.Queries is { Count: > 0 } ? projects.TryLoad(context)?.Kpis ?? [] : projects.Load(context).Kpis;
            IReadOnlyList<Comparison> comparisons = request.Queries is { Count: > 0 } queries
                ? [.. queries.Select(q => kpis.FirstOrDefault(k => k.Name == q) is { } kpi ? Comparison.Of(kpi) : Comparison.Of(q))]
                : [.. kpis.Select(Comparison.Of)];
            var options = new BeforeAfterOptions();
            if (request.TolerancePercent is { } tolerance) options = options with { TolerancePercent = tolerance };
            if (request.Significance is { } significance) options = options with { Significance = significance };
            var result = await new BeforeAfter(backend).CompareAsync(comparisons, before, after, slot, options, context.RequestAborted);
            var recorded = deployments.Between(before.From.ToUnixTimeMilliseconds(), after.To.ToUnixTimeMilliseconds());
            result = result with
            {
                Findings = [.. result.Findings.Select(f => (f with { Kpi = kpis.FirstOrDefault(k => k.Query == f.Query)?.Name }).Beside(recorded, before, after))],
            };
            context.Response.ContentType = "application/json";
            await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ApiJson.Options);
            RegressionJson.Write(json, result);
        }).Reads();
}
