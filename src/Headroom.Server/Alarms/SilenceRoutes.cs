using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Headroom.Configuration.Diagnostics;
using Headroom.Objectives.Alarms.Muting;
using Headroom.Objectives.Alarms.Records;
using Headroom.Server.Hosting;
using Headroom.Server.Projects;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Alarms;

/// <summary><c>GET</c>, <c>POST /api/silences</c> and <c>DELETE /api/silences/{id}</c>: times in which actions are kept back.</summary>
internal static class SilenceRoutes
{
    public static void Map(IEndpointRouteBuilder routes, AlarmService service, ProjectOfRequest projects, ServerLimits limits, TimeProvider time)
    {
        routes.MapGet("/api/silences", async context =>
        {
            var now = time.GetUtcNow();
            // Silences of the file are part of the answer where there is a file.
            IReadOnlyList<Silence> ofFile = [];
            try
            {
                ofFile = projects.Load(context).Alarming.Silences;
            }
            catch (ProblemException problem) when (problem.Problems[0].Code == "no-configuration") { }
            context.Response.ContentType = "application/json";
            await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Problems.ApiJson.Options);
            json.WriteStartObject();
            json.WriteStartArray("silences");
            foreach (var silence in ofFile.Concat(service.Store.Silences()).Where(s => s.Until > now)) Write(json, silence, now);
            json.WriteEndArray();
            json.WriteEndObject();
        }).Reads();
        routes.MapPost("/api/silences", async context =>
        {
            RequestParameters.LimitBody(context, limits.QueryBodyBytes);
            var now = time.GetUtcNow();
            var silence = (await ReadAsync(context)).ToSilence(now);
            if (!await service.Store.AddAsync(silence, now, context.RequestAborted))
                throw new ProblemException(new Problem("silences-full", $"There are {AlarmStore.MostSilences:N0} silences already.", "silences", "Remove some, or use fewer that match more.") { Kind = ProblemKind.Unprocessable });
            context.Response.StatusCode = StatusCodes.Status201Created;
            context.Response.ContentType = "application/json";
            await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Problems.ApiJson.Options);
            Write(json, silence, now);
        }).Writes();
        routes.MapDelete("/api/silences/{id}", async context =>
        {
            string id = (string)context.Request.RouteValues["id"]!;
            if (!await service.Store.RemoveSilenceAsync(id, context.RequestAborted))
                throw new ProblemException(new Problem("silence-unknown", $"There is no silence '{id}' to remove.", "id", "GET /api/silences lists them; those of headroom.yaml are removed there.") { Kind = ProblemKind.NotFound });
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }).Writes();
    }

    private static async ValueTask<SilenceRequest> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, SilenceRequestJson.Default.SilenceRequest, context.RequestAborted)
                ?? throw new ProblemException(new Problem("json-invalid", "The body must be a JSON object.", "body"));
        }
        catch (JsonException error)
        {
            throw new ProblemException(new Problem("json-invalid", "The body is not the JSON object this route takes.", error.Path is { Length: > 1 } path ? path[2..] : "body", """Send {"match","until"} or {"match","for"}; see docs/http-api.md."""), error);
        }
    }

    private static void Write(Utf8JsonWriter json, Silence silence, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("id", silence.Id);
        json.WriteString("match", silence.Matchers.Text);
        json.WriteString("from", AlarmRoutes.Text(silence.From));
        json.WriteString("until", AlarmRoutes.Text(silence.Until));
        json.WriteBoolean("active", silence.Holds(now));
        json.WriteString("comment", silence.Comment);
        json.WriteString("by", silence.By);
        json.WriteEndObject();
    }
}

/// <summary>The body of <c>POST /api/silences</c>.</summary>
internal sealed record SilenceRequest
{
    /// <summary>Which alarms.</summary>
    public string? Match { get; init; }

    /// <summary>When it begins, RFC 3339 or Unix seconds; now by default.</summary>
    public string? From { get; init; }

    /// <summary>When it ends.</summary>
    public string? Until { get; init; }

    /// <summary>How long it lasts, instead of <see cref="Until"/>.</summary>
    public string? For { get; init; }

    /// <summary>Why.</summary>
    public string? Comment { get; init; }

    /// <summary>Who.</summary>
    public string? By { get; init; }

    /// <summary>The silence meant.</summary>
    /// <exception cref="ProblemException">Fields are missing or wrong; all are named.</exception>
    public Silence ToSilence(DateTimeOffset now)
    {
        var problems = new List<Problem>();
        var matchers = AlarmMatchers.Everything;
        if (Match is not { Length: > 0 and <= 4096 }) problems.Add(new Problem("field-missing", "A silence says which alarms it keeps quiet.", "match", """Write conditions such as alarm="api-slow", service=~"shop-.*"."""));
        else if (!AlarmMatchers.TryParse(Match, out matchers, out string reason)) problems.Add(new Problem("match-invalid", $"'{Match}' are no conditions on labels: {reason}", "match"));
        var from = Instant(From, "from", problems) ?? now;
        var until = Instant(Until, "until", problems);
        if (For is not null && PrometheusTime.TryParseDuration(For, out long milliseconds) && milliseconds > 0 && milliseconds < TimeSpan.FromDays(3660).TotalMilliseconds) until ??= from.AddMilliseconds(milliseconds);
        else if (For is not null) problems.Add(new Problem("duration-invalid", $"'{For}' is no length of time.", "for", "Write 2h or 30m."));
        if (problems.Count == 0 && until is null) problems.Add(new Problem("field-missing", "A silence ends at some time.", "until", "Give until or for."));
        if (until <= from || until <= now) problems.Add(new Problem("silence-empty", "The silence ends before it begins, or has ended already.", "until"));
        if (Comment?.Length > 500 || By?.Length > 200) problems.Add(new Problem("field-long", "The comment may have 500 characters, the name 200.", "comment"));
        if (problems.Count > 0) throw new ProblemException(problems);
        // The same silence sent twice is one.
        string id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{matchers.Text}\n{from:O}\n{until:O}")))[..12];
        return new Silence(id, matchers, from, until!.Value, Comment, By);
    }

    private static DateTimeOffset? Instant(string? text, string field, List<Problem> problems)
    {
        if (text is null) return null;
        if (PrometheusTime.TryParse(text, out long milliseconds) && milliseconds is > -62_135_596_800_000 and < 253_402_300_799_000) return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        problems.Add(new Problem("time-invalid", $"'{text}' is no instant.", field, "Write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds, as a text."));
        return null;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SilenceRequest))]
internal sealed partial class SilenceRequestJson : JsonSerializerContext;
