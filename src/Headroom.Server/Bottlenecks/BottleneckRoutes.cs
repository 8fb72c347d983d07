using System.Text.Json;
using Headroom.Metrics;
using Headroom.Objectives.Bottlenecks;
using Headroom.Server.Hosting;
using Headroom.Server.Projects;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Bottlenecks;

/// <summary><c>GET /api/bottlenecks</c>: what took the most, over a stretch of time.</summary>
internal static class BottleneckRoutes
{
    private const long DayMs = 86_400_000;

    public static void Map(IEndpointRouteBuilder routes, IMetricsBackend backend, ProjectOfRequest projects, TimeProvider time) =>
        routes.MapGet("/api/bottlenecks", async context =>
        {
            var parameters = RequestParameters.OfQuery(context);
            long at = parameters.Time("at", time.GetUtcNow().ToUnixTimeMilliseconds());
            long window = parameters.Duration("window") ?? DayMs;
            if (window is < 1_000 or > 366 * DayMs) throw RequestParameters.Invalid("window", "it must lie between a second and a year.");
            int top = parameters.Integer("top", 5, 1, 1_000);
            IReadOnlyList<BottleneckQuery> queries = [.. BottleneckQuery.Defaults, .. projects.TryLoad(context)?.Bottlenecks ?? []];
            var lists = await new BottleneckRanking(backend).RankAsync(queries, at, TimeSpan.FromMilliseconds(window), top, context.RequestAborted);
            context.Response.ContentType = "application/json";
            await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Problems.ApiJson.Options);
            Write(json, at, window, lists);
        }).Reads();

    private static void Write(Utf8JsonWriter json, long at, long window, IReadOnlyList<BottleneckList> lists)
    {
        json.WriteStartObject();
        json.WriteString("at", Instants.Of(at, "at"));
        json.WriteNumber("windowSeconds", window / 1000.0);
        json.WriteStartArray("bottlenecks");
        foreach (var list in lists)
        {
            json.WriteStartObject();
            json.WriteString("kind", BottlenecksSection.Words.First(w => w.Kind == list.Kind).Word);
            if (double.IsFinite(list.Total)) json.WriteNumber("total", list.Total);
            else json.WriteNull("total");
            json.WriteStartArray("entries");
            foreach (var entry in list.Entries)
            {
                json.WriteStartObject();
                json.WriteStartObject("labels");
                foreach (var (name, value) in entry.Labels) json.WriteString(name, value);
                json.WriteEndObject();
                json.WriteNumber("value", entry.Value);
                json.WriteNumber("share", entry.Share);
                json.WriteString("query", entry.Query);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("notes");
            foreach (string note in list.Notes) json.WriteStringValue(note);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
