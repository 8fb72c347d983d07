using System.Globalization;
using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;
using Headroom.Metrics;
using Headroom.Objectives.Alarms;
using Headroom.Objectives.Alarms.Notifications;
using Headroom.Objectives.Alarms.Records;
using Headroom.Server.Hosting;
using Headroom.Server.Projects;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Alarms;

/// <summary>
/// <c>GET /api/alarms?at=</c>: the alarms and their states, as the evaluation left them, or (at another instant, by another file, or where nothing
/// evaluates) as they come out now, without recording or telling anything. <c>GET /api/alarms/{name}/history?limit=</c>: what happened to one.
/// </summary>
internal static class AlarmRoutes
{
    public static void Map(IEndpointRouteBuilder routes, AlarmService service, IMetricsBackend backend, ProjectOfRequest projects, TimeProvider time)
    {
        routes.MapGet("/api/alarms", async context =>
        {
            var parameters = RequestParameters.OfQuery(context);
            var project = projects.Load(context);
            var now = time.GetUtcNow();
            var at = Instants.Of(parameters.Time("at", now.ToUnixTimeMilliseconds()), "at");
            bool recorded = parameters.Get("at") is null && parameters.Get("config") is null && service.Snapshot is not null;
            AlarmBoard board;
            if (recorded)
            {
                board = new AlarmBoard();
                foreach (var status in service.Snapshot!) board.Restore(status);
            }
            else
            {
                board = parameters.Get("at") is null ? service.Store.LoadBoard() : new AlarmBoard();
                await new AlarmEvaluator(project.Alarming, backend, AlarmBindings.Ports).EvaluateAllAsync(board, at, context.RequestAborted);
            }
            var planner = new NotificationPlanner(project.Alarming, [.. project.Alarming.Silences, .. service.Store.Silences()]);
            context.Response.ContentType = "application/json";
            await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Problems.ApiJson.Options);
            json.WriteStartObject();
            json.WriteString("project", project.Name);
            json.WriteString("at", Text(at));
            json.WriteBoolean("recorded", recorded);
            json.WriteStartArray("alarms");
            foreach (var alarm in project.Alarming.Alarms) Write(json, alarm, board, planner, at);
            json.WriteEndArray();
            json.WriteEndObject();
        }).Reads();
        routes.MapGet("/api/alarms/{name}/history", async context =>
        {
            string name = (string)context.Request.RouteValues["name"]!;
            var known = projects.Load(context).Alarming.Alarms;
            var entries = service.Store.History(name, RequestParameters.OfQuery(context).Integer("limit", 100, 1, AlarmStore.MostHistory));
            if (entries.Count == 0 && known.All(a => a.Name != name))
                throw new ProblemException(new Problem("alarm-unknown", $"There is no alarm '{name}'.", "name", NearestName.Of(name, known.Select(a => a.Name)) is { } near ? $"Did you mean '{near}'?" : "Define it under alarms in headroom.yaml.") { Kind = ProblemKind.NotFound });
            context.Response.ContentType = "application/json";
            await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Problems.ApiJson.Options);
            json.WriteStartObject();
            json.WriteString("alarm", name);
            json.WriteStartArray("entries");
            foreach (var entry in entries) Write(json, entry);
            json.WriteEndArray();
            json.WriteEndObject();
        }).Reads();
    }

    private static void Write(Utf8JsonWriter json, AlarmDefinition alarm, AlarmBoard board, NotificationPlanner planner, DateTimeOffset at)
    {
        var status = board.Of(alarm.Name);
        json.WriteStartObject();
        json.WriteString("name", alarm.Name);
        json.WriteString("description", alarm.Description);
        json.WriteString("kind", alarm.Condition switch { ThresholdCondition => "threshold", CompositeCondition => "composite", BurnRateCondition => "burn rate", ForecastCondition => "forecast", _ => "anomaly" });
        json.WriteString("state", AlarmStates.WordOf(status.State));
        json.WriteString("evaluatedAt", status.EvaluatedAt is { } evaluated ? Text(evaluated) : null);
        json.WriteStartArray("series");
        foreach (var instance in status.Instances.OrderByDescending(i => i.State).ThenBy(i => i.Labels))
        {
            json.WriteStartObject();
            json.WriteStartObject("labels");
            foreach (var (label, value) in instance.Labels) json.WriteString(label, value);
            json.WriteEndObject();
            json.WriteString("state", AlarmStates.WordOf(instance.State));
            json.WriteString("since", Text(instance.Since));
            json.WriteString("reason", instance.Reason);
            if (instance.Value is { } number && double.IsFinite(number)) json.WriteNumber("value", number);
            else json.WriteNull("value");
            json.WriteString("mutedBy", planner.MutedBy(board, alarm, instance, at));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("actions");
        foreach (var action in alarm.Actions) json.WriteStringValue(action.Shown);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, AlarmHistoryEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("at", Text(entry.At));
        json.WriteString("kind", entry.Kind);
        json.WriteStartObject("labels");
        foreach (var (label, value) in entry.Labels) json.WriteString(label, value);
        json.WriteEndObject();
        json.WriteString("from", entry.From);
        json.WriteString("to", entry.To);
        json.WriteString("reason", entry.Reason);
        if (entry.Value is { } number && double.IsFinite(number)) json.WriteNumber("value", number);
        else json.WriteNull("value");
        json.WriteString("action", entry.Action);
        json.WriteString("outcome", entry.Outcome);
        if (entry.Attempts is { } attempts) json.WriteNumber("attempts", attempts);
        else json.WriteNull("attempts");
        json.WriteString("id", entry.Id);
        json.WriteEndObject();
    }

    internal static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
