using System.Collections.Concurrent;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// Takes OTLP metrics in: reads an export request, translates it as Prometheus does, adds deltas up, and writes it as one
/// request to the backend. Good points of a partly bad request are kept and the others counted. Safe for several
/// threads at once.
/// </summary>
/// <param name="options">Limits and translation.</param>
/// <param name="backend">Where the samples go, and where the totals of delta series are taken up from.</param>
/// <param name="time">The clock.</param>
public sealed class OtlpMetricsImporter(OtlpOptions options, IMetricsBackend backend, TimeProvider time)
{
    private readonly CacheRoom _room = new(options.MaxCacheBytes);
    private readonly DeltaTotals _deltas = new(options, new StoredTotals(backend, options.ResumeWithin));
    private readonly ConcurrentStack<Worker> _idle = new();

    /// <summary>
    /// Takes a request in. When the task completes, what was kept survives as the backend promises. Bytes that are no such
    /// request give a report with a refusal.
    /// </summary>
    /// <exception cref="Configuration.Diagnostics.ProblemException">The backend takes no writes now.</exception>
    public async ValueTask<OtlpReport> ImportAsync(ReadOnlyMemory<byte> body, OtlpEncoding encoding, CancellationToken cancel)
    {
        var worker = Rent();
        var batch = worker.Batch;
        bool written = false;
        try
        {
            if (worker.Read(body, encoding) is { } refusal)
            {
                written = true;
                return OtlpReport.Refuse(refusal);
            }
            await _deltas.AddUpAsync(batch, time.GetUtcNow().ToUnixTimeMilliseconds(), cancel).ConfigureAwait(false);
            int samples = 0;
            if (batch.Request.Count > 0 || batch.Request.Metadata.Count > 0)
            {
                var outcome = await backend.AppendAsync(batch.Request, cancel).ConfigureAwait(false);
                samples = outcome.Accepted;
                if (outcome.Rejected > 0) batch.Reject(outcome);
            }
            written = true;
            var rejections = batch.Rejections;
            return new OtlpReport(batch.Points, rejections.Count, rejections.Message(rejections.Count == 1 ? "data point was" : "data points were"), rejections.ByReason, samples, null);
        }
        finally
        {
            _deltas.Settle(batch, written);
            // What was not written must be told anew, metadata and starts of counts among it.
            if (!written) worker.Decoder.Forget();
            Return(worker);
        }
    }

    private Worker Rent()
    {
        if (_room.IsExceeded)
            while (_idle.TryPop(out var idle))
                idle.Decoder.Forget();
        return _idle.TryPop(out var worker) ? worker : new Worker(options, _room);
    }

    private void Return(Worker worker)
    {
        worker.Batch.Clear();
        if (_idle.Count < Environment.ProcessorCount) _idle.Push(worker);
        else worker.Decoder.Forget();
    }

    /// <summary>What one request at a time needs.</summary>
    private sealed class Worker(OtlpOptions options, CacheRoom room)
    {
        private readonly OtlpJson _json = new(options.MaxBodyBytes);

        public MetricsDecoder Decoder { get; } = new(options, room);

        public MetricsBatch Batch { get; } = new(options);

        public Configuration.Diagnostics.Problem? Read(ReadOnlyMemory<byte> body, OtlpEncoding encoding)
        {
            if (encoding == OtlpEncoding.Protobuf) return Decoder.Decode(body.Span, Batch);
            using var transcoded = _json.Transcode(body.Span, OtlpSchema.Metrics);
            if (transcoded.Refusal is { } refusal) return refusal;
            if (transcoded.RejectedItems > 0) Batch.RejectUnread("json-bad-value", transcoded.RejectedItems, transcoded.Example);
            return Decoder.Decode(transcoded.Bytes, Batch);
        }
    }
}

/// <summary>How an OTLP body is encoded.</summary>
public enum OtlpEncoding
{
    /// <summary><c>application/x-protobuf</c></summary>
    Protobuf,

    /// <summary><c>application/json</c></summary>
    Json,
}
