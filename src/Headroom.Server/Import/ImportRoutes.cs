using Headroom.Metrics;
using Headroom.Metrics.Ingest;
using Headroom.Metrics.Ingest.Csv;
using Headroom.Server.Hosting;
using Headroom.Server.Ingest;
using Headroom.Server.Query;
using Headroom.Server.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Import;

/// <summary>
/// <c>POST /api/import/csv</c>: bodies of any length, read as they come in bounded memory. The answer is the report of what
/// was kept; a bad line never costs the lines around it.
/// </summary>
internal sealed class ImportRoutes(IMetricsBackend backend, IngestDefaults defaults, TimeProvider time, ServerTelemetry telemetry)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/import/csv", CsvAsync).Writes();

    private async Task CsvAsync(HttpContext context)
    {
        var parameters = RequestParameters.OfQuery(context);
        var options = new CsvImportOptions
        {
            Metric = parameters.Required("metric"),
            LabelColumns = [.. parameters.All("labelColumns").SelectMany(c => c.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            DefaultLabels = ImportBody.DefaultLabels(parameters),
            DefaultService = defaults.ServiceOf(parameters),
        };
        if (parameters.Get("timeColumn") is { } timeColumn) options = options with { TimeColumn = timeColumn };
        if (parameters.Get("valueColumn") is { } valueColumn) options = options with { ValueColumn = valueColumn };
        await using var body = ImportBody.Open(context);
        ImportReport report;
        try
        {
            report = await new CsvImporter(options, time).ImportAsync(body, backend.AppendAsync, context.RequestAborted);
        }
        catch (InvalidDataException damaged)
        {
            throw ImportBody.Damaged(damaged);
        }
        await ImportBody.AnswerAsync(context, telemetry, "csv", report);
    }
}
