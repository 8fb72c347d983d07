using System.Collections.Concurrent;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// Takes OTLP spans in as observations of a duration histogram in seconds,
/// <c>traces_span_metrics_duration_seconds{service, span_name, span_kind, status_code}</c>, at the time each span ended. Its
/// count gives calls and errors; the slowest spans of each series and 10 s slot are its exemplars. Spans themselves are
/// not kept. Safe for several threads at once.
/// </summary>
/// <param name="options">Limits.</param>
/// <param name="backend">Where the observations go.</param>
/// <param name="time">The clock.</param>
public sealed class OtlpTracesImporter(OtlpOptions options, IMetricsBackend backend, TimeProvider time)
{
    private static readonly MetricMetadata Metadata = new(TracesDecoder.Metric, "histogram", "s", "Duration of spans, by service, operation, kind and status.");

    private readonly CacheRoom _room = new(options.MaxCacheBytes);
    private readonly KnownOperations _operations = new(options.MaxOperationsPerService);
    private readonly SlowestSpans _slowest = new(options.SlowestSpansPerSlot);
    private readonly OtlpJson _json = new(options.MaxBodyBytes);
    private readonly ConcurrentStack<(TracesDecoder Decoder, TracesBatch Batch)> _idle = new();
    private bool _isDescribed;

    /// <summary>
    /// Takes a request in. When the task completes, what was kept survives as the backend promises. Bytes that are no such
    /// request give a report with a refusal.
    /// </summary>
    /// <exception cref="Configuration.Diagnostics.ProblemException">The backend takes no writes now.</exception>
    public async ValueTask<OtlpReport> ImportAsync(ReadOnlyMemory<byte> body, OtlpEncoding encoding, CancellationToken cancel)
    {
        var (decoder, batch) = Rent();
        try
        {
            if (Read(body, encoding, decoder, batch) is { } refusal) return OtlpReport.Refuse(refusal);
            int samples = 0;
            if (batch.Request.Count > 0)
            {
                _slowest.Tell(batch.Request.Observations, batch.Ids, batch.Request.Exemplars);
                bool describe = !Volatile.Read(ref _isDescribed);
                if (describe) batch.Request.Metadata.Add(Metadata);
                var outcome = await backend.AppendAsync(batch.Request, cancel).ConfigureAwait(false);
                if (describe) Volatile.Write(ref _isDescribed, true);
                samples = outcome.Accepted;
                if (outcome.Rejected > 0) batch.Reject(outcome);
            }
            OtlpTelemetry.SpansOfOtherOperations(batch.OtherOperations);
            var rejections = batch.Rejections;
            return new OtlpReport(batch.Spans, rejections.Count, rejections.Message(rejections.Count == 1 ? "span was" : "spans were"), rejections.ByReason, samples, null);
        }
        finally
        {
            batch.Clear();
            if (_idle.Count < Environment.ProcessorCount) _idle.Push((decoder, batch));
            else decoder.Forget();
        }
    }

    private Configuration.Diagnostics.Problem? Read(ReadOnlyMemory<byte> body, OtlpEncoding encoding, TracesDecoder decoder, TracesBatch batch)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (encoding == OtlpEncoding.Protobuf) return decoder.Decode(body.Span, now, batch);
        using var transcoded = _json.Transcode(body.Span, OtlpSchema.Traces);
        if (transcoded.Refusal is { } refusal) return refusal;
        if (transcoded.RejectedItems > 0)
        {
            batch.Spans += transcoded.RejectedItems;
            batch.Rejections.Add("json-bad-value", transcoded.RejectedItems, transcoded.Example, static text => text);
        }
        return decoder.Decode(transcoded.Bytes, now, batch);
    }

    private (TracesDecoder Decoder, TracesBatch Batch) Rent()
    {
        if (_room.IsExceeded)
            while (_idle.TryPop(out var idle))
                idle.Decoder.Forget();
        return _idle.TryPop(out var worker) ? worker : (new TracesDecoder(options, _room, _operations), new TracesBatch());
    }
}
