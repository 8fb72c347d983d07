using Headroom.Metrics;
using Headroom.Metrics.Ingest;
using Headroom.Metrics.Ingest.Emf;
using Headroom.Server.Hosting;
using Headroom.Server.Query;
using Headroom.Server.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Ingest;

/// <summary>
/// <c>POST /emf</c>: CloudWatch embedded metric format, a document a line, gzip or plain, of any length. The answer is the
/// report of what was kept.
/// </summary>
internal sealed class EmfRoutes(IMetricsBackend backend, TimeProvider time, ServerTelemetry telemetry)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/emf", PostAsync).Writes();

    private async Task PostAsync(HttpContext context)
    {
        var options = new EmfImportOptions { DefaultLabels = ImportBody.DefaultLabels(RequestParameters.OfQuery(context)) };
        await using var body = ImportBody.Open(context);
        ImportReport report;
        try
        {
            report = await new EmfImporter(options, time).ImportAsync(body, backend.AppendAsync, context.RequestAborted);
        }
        catch (InvalidDataException damaged)
        {
            throw ImportBody.Damaged(damaged);
        }
        await ImportBody.AnswerAsync(context, telemetry, "emf", report);
    }
}
