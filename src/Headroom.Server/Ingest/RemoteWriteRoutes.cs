using System.Buffers;
using System.Globalization;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics;
using Headroom.Metrics.Ingest.RemoteWrite;
using Headroom.Server.Hosting;
using Headroom.Server.Problems;
using Headroom.Server.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Ingest;

/// <summary>
/// <c>POST /api/v1/write</c>: Prometheus remote write. 204 when everything was kept; 400 names what was not, and the rest
/// is kept (a sender gives up on 400); 415 for a message or compression that is none of the specification's; 429 and 503
/// ask it to try again.
/// </summary>
internal sealed class RemoteWriteRoutes(IMetricsBackend backend, ServerLimits limits, RemoteWriteOptions options, ServerTelemetry telemetry)
{
    private const string Protocol = "remote-write";

    private readonly RemoteWriteReceiver _receiver = new(options);

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/write", PostAsync).Writes();

    private async Task PostAsync(HttpContext context)
    {
        if (!RemoteWriteHeaders.TryRead(context.Request.ContentType, context.Request.Headers.ContentEncoding, out var version, out string? reason))
        {
            await ProblemMiddleware.WriteAsync(context, [new Problem("unsupported-media-type", char.ToUpperInvariant(reason[0]) + reason[1..] + ".", "Content-Type",
                "Send application/x-protobuf, compressed with snappy; without a parameter it is remote write 1.0.")], StatusCodes.Status415UnsupportedMediaType);
            return;
        }
        var batch = await ReadAsync(context, version);
        try
        {
            if (batch.Refusal is { } refusal)
            {
                telemetry.Rejected(Protocol, refusal.Code, 1);
                if (version == RemoteWriteVersion.V2) Say(context, 0, 0, 0);
                throw new ProblemException(refusal);
            }
            await WriteAsync(context, version, batch);
        }
        finally
        {
            _receiver.Return(batch);
        }
    }

    private async ValueTask<RemoteWriteBatch> ReadAsync(HttpContext context, RemoteWriteVersion version)
    {
        using var body = await BoundedBody.ReadAsync(context, limits.IngestBodyBytes, leftAsIs: "snappy");
        int length = _receiver.DecodedLength(body.Bytes.Span);
        byte[] message = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            BodyMemory.Shared.Take(message.Length);
            try
            {
                RemoteWriteReceiver.Decode(body.Bytes.Span, message.AsSpan(0, length));
                return _receiver.Read(version, message.AsMemory(0, length));
            }
            finally
            {
                BodyMemory.Shared.Return(message.Length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    private async Task WriteAsync(HttpContext context, RemoteWriteVersion version, RemoteWriteBatch batch)
    {
        // The sender may be gone by now; what was read is written all the same, and the same samples again change nothing.
        if (batch.Starts.Count > 0) await backend.AppendAsync(batch.Starts, CancellationToken.None);
        var histograms = batch.Histograms.Count > 0 ? await backend.AppendAsync(batch.Histograms, CancellationToken.None) : Nothing;
        var samples = batch.Samples.Count + batch.Samples.Exemplars.Count + batch.Samples.Metadata.Count > 0
            ? await backend.AppendAsync(batch.Samples, CancellationToken.None)
            : Nothing;

        telemetry.Accepted(Protocol, samples.Accepted + histograms.Accepted);
        telemetry.Rejected(Protocol, "invalid", batch.Invalid);
        foreach (var outcome in (ReadOnlySpan<WriteOutcome>)[histograms, samples])
            if (outcome.Rejected > 0)
                foreach (var group in outcome.Rejections.GroupBy(r => r.Code))
                    telemetry.Rejected(Protocol, group.Key, group.Count());

        if (version == RemoteWriteVersion.V2) Say(context, samples.Accepted, histograms.Accepted, batch.Samples.Exemplars.Count);
        if (batch.Invalid + samples.Rejected + histograms.Rejected == 0)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        Problem[] problems =
        [
            .. batch.Problems,
            .. histograms.Rejections.Concat(samples.Rejections).Take(options.MaxProblemsListed).Select(r => new Problem(r.Code, $"A sample was not kept: {r.Reason}.", r.Kind == SampleKind.Histogram ? "histograms" : "samples")),
        ];
        var first = problems[0] with { What = $"{batch.Invalid + samples.Rejected + histograms.Rejected} of the request's parts were not kept, the others were. The first: {problems[0].What}" };
        await ProblemMiddleware.WriteAsync(context, [first, .. problems.AsSpan(1)], StatusCodes.Status400BadRequest);
    }

    // Whoever writes a problem clears the response first, so the headers are set as the answer starts.
    private static void Say(HttpContext context, long samples, long histograms, long exemplars) => context.Response.OnStarting(() =>
    {
        var headers = context.Response.Headers;
        headers[RemoteWriteHeaders.SamplesWritten] = samples.ToString(CultureInfo.InvariantCulture);
        headers[RemoteWriteHeaders.HistogramsWritten] = histograms.ToString(CultureInfo.InvariantCulture);
        headers[RemoteWriteHeaders.ExemplarsWritten] = exemplars.ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    });

    private static readonly WriteOutcome Nothing = new(0, 0, [], 0);
}
