using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Objectives.Deployments;
using Headroom.Server.Hosting;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Deployments;

/// <summary><c>/api/deployments</c>: what was deployed, and when, so that changes can be laid beside it.</summary>
internal sealed class DeploymentRoutes(DeploymentLog log, ServerLimits limits, TimeProvider time)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/deployments", RecordAsync).Writes();
        routes.MapGet("/api/deployments", ListAsync).Reads();
    }

    private async Task RecordAsync(HttpContext context)
    {
        RequestParameters.LimitBody(context, limits.QueryBodyBytes);
        DeploymentBody body;
        try
        {
            body = await JsonSerializer.DeserializeAsync(context.Request.Body, DeploymentJson.Default.DeploymentBody, context.RequestAborted)
                ?? throw new ProblemException(new Problem("json-invalid", "The body must be a JSON object.", "body"));
        }
        catch (JsonException error)
        {
            throw new ProblemException(new Problem("json-invalid", "The body is not the JSON object this route takes.", error.Path is { Length: > 1 } path ? path[2..] : "body",
                "See docs/http-api.md, /api/deployments."), error);
        }
        long at = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (body.Time is not null && !PrometheusTime.TryParse(body.Time, out at)) throw RequestParameters.Invalid("time", "it is no instant: write RFC 3339 or Unix seconds, as a text.");
        Instants.Of(at, "time");
        // Without an id, the same deployment recorded twice in a millisecond is one.
        string id = body.Id ?? $"{body.Service}-{body.Version}-{at}";
        var deployment = new Deployment(id, body.Service ?? "", body.Version ?? "", at, body.Note ?? "", body.Expects ?? []);
        if (deployment.Validate() is { Count: > 0 } problems) throw new ProblemException(problems);
        await log.RecordAsync(deployment, context.RequestAborted);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Problems.ApiJson.Options);
        Write(json, deployment);
    }

    private async Task ListAsync(HttpContext context)
    {
        var parameters = RequestParameters.OfQuery(context);
        string? service = parameters.Get("service");
        long from = parameters.Time("from", long.MinValue / 4), to = parameters.Time("to", long.MaxValue / 4);
        int limit = parameters.Integer("limit", 100, 1, DeploymentLog.MaxListed);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Problems.ApiJson.Options);
        json.WriteStartObject();
        json.WriteStartArray("deployments");
        foreach (var deployment in log.Between(from, to).Where(d => service is null || d.Service == service).Take(limit)) Write(json, deployment);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes one deployment.</summary>
    public static void Write(Utf8JsonWriter json, Deployment deployment)
    {
        json.WriteStartObject();
        json.WriteString("id", deployment.Id);
        json.WriteString("service", deployment.Service);
        json.WriteString("version", deployment.Version);
        json.WriteString("time", DateTimeOffset.FromUnixTimeMilliseconds(deployment.Time));
        json.WriteString("note", deployment.Note);
        json.WriteStartArray("expects");
        foreach (string expected in deployment.Expects) json.WriteStringValue(expected);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static Deployment Read(JsonElement json) => new(
        json.GetProperty("id").GetString()!, json.GetProperty("service").GetString()!, json.GetProperty("version").GetString()!,
        json.GetProperty("time").GetDateTimeOffset().ToUnixTimeMilliseconds(), json.GetProperty("note").GetString()!,
        [.. json.GetProperty("expects").EnumerateArray().Select(e => e.GetString()!)]);
}
