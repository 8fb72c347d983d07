using Headroom.Metrics;
using Headroom.Metrics.Ingest;
using Headroom.Metrics.Ingest.Text;
using Headroom.Server.Hosting;
using Headroom.Server.Query;
using Headroom.Server.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Ingest;

/// <summary>
/// <c>POST /api/v1/import/prometheus</c>: Prometheus text or OpenMetrics of any length, gzip or plain, read as it comes in
/// bounded memory. The answer is the report of what was kept; a bad line never costs the lines around it.
/// </summary>
internal sealed class TextIngestRoutes(IMetricsBackend backend, IngestDefaults defaults, TimeProvider time, ServerTelemetry telemetry)
{
    // Requests that ask for nothing of their own share what is known of series.
    private readonly TextImporter _importer = new(new TextImportOptions { DefaultService = defaults.Service }, time);

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/import/prometheus", PostAsync).Writes();

    private async Task PostAsync(HttpContext context)
    {
        var parameters = RequestParameters.OfQuery(context);
        var labels = ImportBody.DefaultLabels(parameters);
        string service = defaults.ServiceOf(parameters);
        var importer = labels.Count == 0 && service == defaults.Service
            ? _importer
            : new TextImporter(new TextImportOptions { DefaultLabels = labels, DefaultService = service }, time);
        long? defaultTime = parameters.Get("timestamp") is null ? null : parameters.RequiredTime("timestamp");
        await using var body = ImportBody.Open(context);
        ImportReport report;
        try
        {
            report = await importer.ImportAsync(body, TextImportOptions.FormatOf(context.Request.ContentType), defaultTime, backend.AppendAsync, context.RequestAborted);
        }
        catch (InvalidDataException damaged)
        {
            throw ImportBody.Damaged(damaged);
        }
        await ImportBody.AnswerAsync(context, telemetry, "text", report);
    }
}
