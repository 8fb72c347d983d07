using Headroom.Configuration.Diagnostics;
using Headroom.Metrics;
using Headroom.Metrics.Ingest.Otlp;
using Headroom.Server.Hosting;
using Headroom.Server.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Ingest;

/// <summary>
/// <c>POST /v1/metrics</c> and <c>POST /v1/traces</c>: OTLP/HTTP in protobuf and JSON (OTLP specification 1.x). What is good in
/// a request is kept; the answer is 200 and says in <c>partial_success</c> how many data points or spans were not, and why.
/// </summary>
internal sealed class OtlpRoutes(IMetricsBackend backend, OtlpOptions options, TimeProvider time, ServerTelemetry telemetry)
{
    private readonly OtlpMetricsImporter _metrics = new(options, backend, time);
    private readonly OtlpTracesImporter _traces = new(options, backend, time);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/metrics", context => PostAsync(context, "otlp-metrics", _metrics.ImportAsync)).Writes().WithMetadata(OtlpProblemWriter.Instance);
        routes.MapPost("/v1/traces", context => PostAsync(context, "otlp-traces", _traces.ImportAsync)).Writes().WithMetadata(OtlpProblemWriter.Instance);
    }

    private async Task PostAsync(HttpContext context, string protocol, Func<ReadOnlyMemory<byte>, OtlpEncoding, CancellationToken, ValueTask<OtlpReport>> import)
    {
        if (OtlpMessages.EncodingOf(context.Request) is not { } encoding)
            throw new BadHttpRequestException("OTLP comes as application/x-protobuf or application/json; name one in Content-Type.", StatusCodes.Status415UnsupportedMediaType);
        OtlpReport report;
        using (var body = await BoundedBody.ReadAsync(context, options.MaxBodyBytes))
        {
            // Whoever sent it may be gone by now; what was read is written all the same.
            report = await import(body.Bytes, encoding, CancellationToken.None);
        }
        if (report.Refusal is { } refused)
        {
            telemetry.Rejected(protocol, refused.Code, 1);
            throw new ProblemException(refused);
        }
        telemetry.Accepted(protocol, report.Samples);
        foreach (var (reason, count) in report.Reasons) telemetry.Rejected(protocol, reason, count);
        await OtlpMessages.WriteAsync(context, encoding, protocol == "otlp-metrics" ? "rejectedDataPoints" : "rejectedSpans", report.Rejected, report.Message);
    }
}
