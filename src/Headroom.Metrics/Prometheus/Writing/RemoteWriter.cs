using System.Buffers;
using System.Threading.RateLimiting;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Metrics.Prometheus;

/// <summary>
/// Writes samples to a cluster. Remote write blames a whole request for one bad sample; a blamed request is halved until
/// the bad ones stand alone, so that good neighbours survive and each refusal has its place. Writing a sample again is
/// harmless. At most a few requests are under way at a time, and a bounded number waits.
/// </summary>
/// <remarks>
/// (1) Order by series and time. (2) Cut into requests. (3) Send each, in 2.0 if that is configured and understood.
/// (4) Halve what was blamed, up to a bound; what is still blamed then is refused as a whole.
/// </remarks>
internal sealed class RemoteWriter(PrometheusHttp http, RemoteWriteProtocol protocol) : IDisposable
{
    private const int SamplesPerRequest = 10_000;
    private const int Halvings = 64;

    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions { PermitLimit = 8, QueueLimit = 256, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
    private volatile bool _version2 = protocol == RemoteWriteProtocol.Version2;

    /// <summary>Which remote write is spoken now.</summary>
    public RemoteWriteProtocol Protocol => _version2 ? RemoteWriteProtocol.Version2 : RemoteWriteProtocol.Version1;

    /// <summary>Writes samples; what the cluster refuses is handed to <paramref name="refuse"/> with its words.</summary>
    /// <exception cref="ProblemException">The cluster cannot be reached or takes no writes; what was written before stays written.</exception>
    public async Task WriteAsync(
        OutgoingSample[] samples, IReadOnlyList<Exemplar> exemplars, IReadOnlyList<MetricMetadata> metadata, Action<OutgoingSample, string> refuse, CancellationToken cancel)
    {
        using var lease = await _limiter.AcquireAsync(1, cancel).ConfigureAwait(false);
        if (!lease.IsAcquired)
            throw new ProblemException(new Problem("cluster-busy", "Too many writes wait for the cluster already.", null, "Send less, or try again in a moment.") { Kind = ProblemKind.Unavailable });
        // 1. A stable order keeps what a client sent twice for one instant in its order.
        samples = [.. samples.OrderBy(s => s.Labels).ThenBy(s => s.Time)];
        // 2.
        int halvings = Halvings;
        for (int start = 0; start < samples.Length || (start == 0 && metadata.Count > 0); start += SamplesPerRequest)
        {
            var part = samples.AsMemory(start, Math.Min(SamplesPerRequest, samples.Length - start));
            await SendAsync(new WriteBatch(part, exemplars, start == 0 ? metadata : []), cancel).ConfigureAwait(false);
        }

        async Task SendAsync(WriteBatch batch, CancellationToken cancel)
        {
            // 3.
            var answer = await OnceAsync(batch, cancel).ConfigureAwait(false);
            if (answer.Accepted) return;
            // 4. An exemplar must not cost samples: they go alone when the whole is blamed.
            if (batch.Samples.Length > 1 && halvings > 0)
            {
                halvings--;
                int middle = batch.Samples.Length / 2;
                await SendAsync(new WriteBatch(batch.Samples[..middle], [], []), cancel).ConfigureAwait(false);
                await SendAsync(new WriteBatch(batch.Samples[middle..], [], []), cancel).ConfigureAwait(false);
                return;
            }
            foreach (var sample in batch.Samples.Span) refuse(sample, answer.Said);
        }
    }

    public void Dispose() => _limiter.Dispose();

    private async Task<WriteAnswer> OnceAsync(WriteBatch batch, CancellationToken cancel)
    {
        if (_version2)
        {
            var answer = await SendAsync(batch, RemoteWriteProtocol.Version2, cancel).ConfigureAwait(false);
            // 415 by the book; a receiver that knows 1.0 alone may also take the request for an empty one, and then counts nothing.
            bool understood = answer.Status != 415 && (!answer.Accepted || answer.Counted);
            if (understood) return answer;
            _version2 = false;
        }
        return await SendAsync(batch, RemoteWriteProtocol.Version1, cancel).ConfigureAwait(false);
    }

    private async Task<WriteAnswer> SendAsync(WriteBatch batch, RemoteWriteProtocol version, CancellationToken cancel)
    {
        var message = new ProtobufWriter();
        if (version == RemoteWriteProtocol.Version2) RemoteWriteV2Encoder.Write(message, batch);
        else RemoteWriteEncoder.Write(message, batch);
        byte[] body = ArrayPool<byte>.Shared.Rent(SnappyEncoder.MaxLength(message.Written.Length));
        try
        {
            int length = SnappyEncoder.Compress(message.Written, body);
            return await http.WriteAsync(body, length, version, cancel).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }
}
