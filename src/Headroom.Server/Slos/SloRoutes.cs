using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;
using Headroom.Metrics;
using Headroom.Objectives.Slos;
using Headroom.Server.Hosting;
using Headroom.Server.Projects;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Slos;

/// <summary>
/// <c>GET /api/slos?at=&amp;name=&amp;explain=</c>: every SLO at an instant; <c>GET /api/slos/{name}/history?period=&amp;count=&amp;zone=&amp;at=</c>: one by calendar
/// period.
/// </summary>
internal static class SloRoutes
{
    private const int MostPeriods = 120;

    public static void Map(IEndpointRouteBuilder routes, IMetricsBackend backend, ProjectOfRequest projects, TimeProvider time)
    {
        routes.MapGet("/api/slos", async context =>
        {
            var parameters = RequestParameters.OfQuery(context);
            var project = projects.Load(context);
            var at = Instants.Of(parameters.Time("at", time.GetUtcNow().ToUnixTimeMilliseconds()), "at");
            var slos = parameters.Get("name") is { } name ? [Find(project, name)] : project.Slos;
            var report = await new SloEvaluator(backend).EvaluateAsync(project.Name, slos, at, parameters.Get("explain") is "true" or "1", context.RequestAborted);
            context.Response.ContentType = "application/json";
            await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Problems.ApiJson.Options);
            SloJson.Write(json, report);
        }).Reads();
        routes.MapGet("/api/slos/{name}/history", async context =>
        {
            var parameters = RequestParameters.OfQuery(context);
            var slo = Find(projects.Load(context), (string)context.Request.RouteValues["name"]!);
            var at = Instants.Of(parameters.Time("at", time.GetUtcNow().ToUnixTimeMilliseconds()), "at");
            var own = slo.Window as CalendarWindow;
            var unit = own?.Unit ?? CalendarUnit.Month;
            if (parameters.Get("period") is { } word) unit = CalendarPeriods.UnitOf(word) ?? throw RequestParameters.Invalid("period", $"it must be day, week, month, quarter or year, not '{word}'.");
            var zone = own?.Zone ?? TimeZoneInfo.Utc;
            if (parameters.Get("zone") is { } id && !CalendarPeriods.TryFindZone(id, out zone, out string reason)) throw RequestParameters.Invalid("zone", $"'{id}' is no time zone: {reason}.");
            var history = await new SloEvaluator(backend).HistoryAsync(slo, unit, zone, parameters.Integer("count", 6, 1, MostPeriods), at, context.RequestAborted);
            context.Response.ContentType = "application/json";
            await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Problems.ApiJson.Options);
            SloJson.Write(json, slo.Name, history);
        }).Reads();
    }

    private static SloDefinition Find(Project project, string name) => project.Slos.FirstOrDefault(s => s.Name == name)
        ?? throw new ProblemException(new Problem("slo-unknown", $"There is no SLO '{name}'.", "name",
            NearestName.Of(name, project.Slos.Select(s => s.Name)) is { } near ? $"Did you mean '{near}'?" : project.Slos.Count == 0 ? "Define it under slos in headroom.yaml." : $"There are: {string.Join(", ", project.Slos.Select(s => s.Name))}.") { Kind = ProblemKind.NotFound });
}
