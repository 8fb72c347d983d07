using System.Text.Json;
using Headroom.Metrics;
using Headroom.Metrics.Ingest;
using Headroom.Metrics.Ingest.Csv;
using Headroom.Metrics.Ingest.Text;
using Headroom.Server.Hosting;
using Headroom.Server.Problems;
using Headroom.Server.Query;
using Headroom.Server.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Headroom.Server.Import;

/// <summary>
/// <c>POST /api/v1/import/prometheus</c> and <c>POST /api/import/csv</c>: bodies of any length, read as they come in
/// bounded memory. The answer is the report of what was kept; a bad line never costs the lines around it.
/// </summary>
internal sealed class ImportRoutes(IMetricsBackend backend, TimeProvider time, ServerTelemetry telemetry)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/import/prometheus", PrometheusAsync).Writes();
        routes.MapPost("/api/import/csv", CsvAsync).Writes();
    }

    private async Task PrometheusAsync(HttpContext context)
    {
        var parameters = RequestParameters.OfQuery(context);
        var importer = new TextImporter(new TextImportOptions
        {
            Format = TextImportOptions.FormatOf(context.Request.ContentType),
            DefaultTime = parameters.Get("timestamp") is null ? null : parameters.RequiredTime("timestamp"),
            DefaultLabels = DefaultLabels(parameters),
        }, time);
        await AnswerAsync(context, "text", await importer.ImportAsync(Body(context), backend.AppendAsync, context.RequestAborted));
    }

    private async Task CsvAsync(HttpContext context)
    {
        var parameters = RequestParameters.OfQuery(context);
        var options = new CsvImportOptions
        {
            Metric = parameters.Required("metric"),
            LabelColumns = [.. parameters.All("labelColumns").SelectMany(c => c.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            DefaultLabels = DefaultLabels(parameters),
        };
        if (parameters.Get("timeColumn") is { } timeColumn) options = options with { TimeColumn = timeColumn };
        if (parameters.Get("valueColumn") is { } valueColumn) options = options with { ValueColumn = valueColumn };
        await AnswerAsync(context, "csv", await new CsvImporter(options, time).ImportAsync(Body(context), backend.AppendAsync, context.RequestAborted));
    }

    private static Stream Body(HttpContext context)
    {
        RequestParameters.LimitBody(context, null);
        // The directory's owner may feed a pipe that stands still for a while; a stranger may not hold a connection that way.
        if (ConnectionKind.IsDataSocket(context) && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
        return context.Request.Body;
    }

    private static IReadOnlyList<Label> DefaultLabels(RequestParameters parameters) => [.. parameters.All("label").Select(text =>
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? new Label(text[..equals], text[(equals + 1)..]) : throw RequestParameters.Invalid("label", $"'{text}' is not of the form name=value.");
    })];

    private async Task AnswerAsync(HttpContext context, string protocol, ImportReport report)
    {
        telemetry.Accepted(protocol, report.Samples);
        telemetry.Rejected(protocol, "line", report.Rejected);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ApiJson.Options);
        JsonSerializer.Serialize(json, report, ImportJson.Default.ImportReport);
    }
}
