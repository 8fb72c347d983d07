using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics;
using Headroom.Objectives.Experiments;
using Headroom.Server.Hosting;
using Headroom.Server.Projects;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Experiments;

/// <summary>
/// <c>/api/experiments</c>: definitions, assignments, outcomes and analyses. Experiments of headroom.yaml are defined when
/// they are first used.
/// </summary>
internal sealed class ExperimentRoutes(IMetricsBackend backend, ControlState control, ProjectOfRequest projects, ServerLimits limits, TimeProvider time)
{
    private const int ProblemsListed = 100;

    private readonly ExperimentCatalog _catalog = new(control, time);
    private readonly ExperimentAnalyzer _analyzer = new(backend);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/experiments", ListAsync).Reads();
        routes.MapPut("/api/experiments/{name}", DefineAsync).Writes();
        routes.MapGet("/api/experiments/{name}", GetAsync).Reads();
        routes.MapGet("/api/experiments/{name}/assignment", AssignAsync).Reads();
        routes.MapPost("/api/experiments/{name}/outcomes", RecordAsync).Writes();
        routes.MapGet("/api/experiments/{name}/analysis", AnalyzeAsync).Reads();
    }

    private async Task ListAsync(HttpContext context)
    {
        foreach (var experiment in (projects.TryLoad(context)?.Experiments ?? [])) await _catalog.DefineAsync(experiment, context.RequestAborted);
        await WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var document in _catalog.List()) JsonSerializer.Serialize(json, document, ExperimentJsonContext.Default.ExperimentDocument);
            json.WriteEndArray();
        });
    }

    private async Task DefineAsync(HttpContext context)
    {
        var body = await ReadAsync(context, ExperimentJsonContext.Default.ExperimentBody);
        await AnswerAsync(context, await _catalog.DefineAsync(body.ToDefinition(NameIn(context)), context.RequestAborted));
    }

    private async Task GetAsync(HttpContext context) => await AnswerAsync(context, (await FindAsync(context)).Document);

    private async Task AssignAsync(HttpContext context)
    {
        var (definition, _) = await FindAsync(context);
        string user = RequestParameters.OfQuery(context).Required("user");
        await WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("user", user);
            json.WriteString("variant", Assignment.Assign(definition, user).Name);
            json.WriteEndObject();
        });
    }

    private async Task RecordAsync(HttpContext context)
    {
        var (definition, _) = await FindAsync(context);
        var bodies = await ReadAsync(context, ExperimentJsonContext.Default.ListOutcomeBody);
        var write = new WriteRequest();
        var problems = new List<Problem>();
        int refused = 0;
        for (int i = 0; i < bodies.Count; i++)
        {
            if (Add(bodies[i], $"[{i}]") is not { } problem) continue;
            refused++;
            if (problems.Count < ProblemsListed) problems.Add(problem);
        }
        // Whoever sent it may be gone by now; a retry with ids is a repeat.
        var outcome = write.Count > 0 ? await backend.AppendAsync(write, CancellationToken.None) : new WriteOutcome(0, 0, [], 0);
        foreach (var rejection in outcome.Rejections)
            if (problems.Count < ProblemsListed) problems.Add(new Problem(rejection.Code, rejection.Reason) { Kind = ProblemKind.Unprocessable });
        if (outcome.Accepted == 0 && problems.Count > 0) throw new ProblemException(problems);
        await WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("accepted", bodies.Count - refused);
            json.WriteNumber("rejected", refused);
            json.WriteStartArray("problems");
            foreach (var problem in problems) json.WriteStringValue(problem.ToString());
            json.WriteEndArray();
            json.WriteEndObject();
        });

        Problem? Add(OutcomeBody body, string where)
        {
            long at = time.GetUtcNow().ToUnixTimeMilliseconds();
            if (body.Timestamp is not null && !PrometheusTime.TryParse(body.Timestamp, out at))
                return new Problem("time-invalid", $"'{body.Timestamp}' is no instant.", where + ".timestamp", "Write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds, as a text.");
            return new Outcome(body.User ?? "", [.. body.Metrics ?? []], at, body.Variant, body.Id).AddTo(write, definition, where);
        }
    }

    private async Task AnalyzeAsync(HttpContext context)
    {
        var (definition, document) = await FindAsync(context);
        long at = RequestParameters.OfQuery(context).Time("at", time.GetUtcNow().ToUnixTimeMilliseconds());
        var analysis = await _analyzer.AnalyzeAsync(definition, document.DefinedAt, document.WeightsSince, at, context.RequestAborted);
        string query = ExperimentAnalyzer.QueryOf(definition.Name, TimeSpan.FromMilliseconds(Math.Max(0, at - document.DefinedAt)));
        await WriteAsync(context, json => ExperimentJson.Write(json, analysis, query));
    }

    private async ValueTask<(ExperimentDefinition Definition, ExperimentDocument Document)> FindAsync(HttpContext context)
    {
        string name = NameIn(context);
        if ((projects.TryLoad(context)?.Experiments ?? []).FirstOrDefault(e => e.Name == name) is { } configured) await _catalog.DefineAsync(configured, context.RequestAborted);
        return _catalog.Get(name);
    }

    private static string NameIn(HttpContext context) => (string)context.Request.RouteValues["name"]!;

    private static Task AnswerAsync(HttpContext context, ExperimentDocument document) =>
        WriteAsync(context, json => JsonSerializer.Serialize(json, document, ExperimentJsonContext.Default.ExperimentDocument));

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Problems.ApiJson.Options);
        write(json);
    }

    private async ValueTask<T> ReadAsync<T>(HttpContext context, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        RequestParameters.LimitBody(context, limits.IngestBodyBytes);
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
                ?? throw new ProblemException(new Problem("json-invalid", "The body must not be null.", "body"));
        }
        catch (JsonException error)
        {
            throw new ProblemException(new Problem("json-invalid", $"The body is not what this route takes: {error.Message}", "body", "See docs/experiments.md."), error);
        }
    }
}
