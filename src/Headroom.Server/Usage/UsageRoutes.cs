using System.Text.Json;
using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Usage;
using Headroom.Server.Hosting;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Usage;

/// <summary><c>GET /api/usage</c>: the typical day and week of an expression's series.</summary>
internal static class UsageRoutes
{
    private const long DayMs = 86_400_000;
    private const long StepMs = 900_000;

    public static void Map(IEndpointRouteBuilder routes, IMetricsBackend backend, TimeProvider time) =>
        routes.MapGet("/api/usage", async context =>
        {
            var parameters = RequestParameters.OfQuery(context);
            string query = parameters.Required("query");
            long at = parameters.Time("at", time.GetUtcNow().ToUnixTimeMilliseconds());
            long window = parameters.Duration("window") ?? 28 * DayMs;
            if (window is < 2 * DayMs or > 100 * DayMs) throw RequestParameters.Invalid("window", "it must lie between 2 and 100 days.");
            var zone = Zone(parameters.Get("zone"));
            var result = await backend.QueryRangeAsync(query, at - window + StepMs, at, StepMs, context.RequestAborted);
            var series = result.Value is MatrixValue matrix ? matrix.Series : [];
            context.Response.ContentType = "application/json";
            await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Problems.ApiJson.Options);
            json.WriteStartObject();
            json.WriteString("query", query);
            json.WriteString("zone", zone.Id);
            json.WriteStartArray("series");
            foreach (var one in series) Write(json, one, UsagePattern.Of(one.Points, zone));
            json.WriteEndArray();
            json.WriteEndObject();
        }).Reads();

    private static TimeZoneInfo Zone(string? name)
    {
        if (name is null) return TimeZoneInfo.Utc;
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : throw RequestParameters.Invalid("zone", "it is no zone of the IANA database, such as Europe/Berlin.");
    }

    private static void Write(Utf8JsonWriter json, MatrixSeries series, UsagePattern? pattern)
    {
        json.WriteStartObject();
        json.WriteStartObject("labels");
        foreach (var (name, value) in series.Labels) json.WriteString(name, value);
        json.WriteEndObject();
        if (pattern is null)
        {
            json.WriteString("note", $"fewer than {UsagePattern.FewestValues} values, or less than two days of them: no pattern");
            json.WriteEndObject();
            return;
        }
        json.WriteNumber("values", pattern.Values);
        Numbers(json, "peakHours", [.. pattern.PeakHours.Select(h => (double)h)]);
        if (pattern.LowPeriod is { } low)
        {
            json.WriteStartObject("lowPeriod");
            json.WriteNumber("fromHour", low.From);
            json.WriteNumber("toHour", low.To);
            json.WriteNumber("hours", low.Hours);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("lowPeriod");
        }
        Number(json, "peakToLow", pattern.PeakToLow);
        Number(json, "dailyShare", pattern.DailyShare);
        Number(json, "weeklyShare", pattern.WeeklyShare);
        Number(json, "weekdays", pattern.Typical.Weekdays);
        Number(json, "weekend", pattern.Typical.Weekend);
        Numbers(json, "day", pattern.Day);
        json.WriteStartArray("week");
        foreach (double[] day in pattern.Week) Numbers(json, null, day);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Numbers(Utf8JsonWriter json, string? name, double[] values)
    {
        if (name is null) json.WriteStartArray();
        else json.WriteStartArray(name);
        foreach (double value in values)
            if (double.IsFinite(value)) json.WriteNumberValue(value);
            else json.WriteNullValue();
        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
