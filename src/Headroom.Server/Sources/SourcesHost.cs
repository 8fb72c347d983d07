using System.Collections.Concurrent;
using System.Security.Cryptography;
using Headroom.Metrics;
using Headroom.Metrics.Ingest.Sources;
using Headroom.Server.Logging;
using Headroom.Server.Telemetry;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Sources;

/// <summary>Runs the loops of the section <c>sources</c> for as long as the server lives, and says what becomes of them.</summary>
internal sealed class SourcesHost : ISourceObserver, IAsyncDisposable
{
    private readonly ServerTelemetry _telemetry;
    private readonly ILogger _log;
    private readonly SourceCollection _sources;
    private readonly ConcurrentDictionary<string, bool> _rejecting = new();

    private SourcesHost(SourcesSettings settings, IMetricsBackend backend, ServerOptions options, ServerTelemetry telemetry, ILogger log)
    {
        (_telemetry, _log) = (telemetry, log);
        _sources = SourceCollection.Create(settings, backend, options.Time, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)), this, options.CloudWatch);
    }

    /// <summary>Begins to collect; says so when a part of the section cannot be.</summary>
    public static SourcesHost Start(SourcesSettings settings, IMetricsBackend backend, ServerOptions options, ServerTelemetry telemetry, ILogger log)
    {
        var host = new SourcesHost(settings, backend, options, telemetry, log);
        if (settings.CloudWatch.Count > 0 && options.CloudWatch is null) Log.NoCloudWatch(log, settings.CloudWatch.Count);
        if (host._sources.Count > 0) Log.Collecting(log, settings.Scrape.Count, settings.Probes.Count, options.CloudWatch is null ? 0 : settings.CloudWatch.Count);
        host._sources.Start();
        return host;
    }

    public void Failed(string source, string reason)
    {
        _telemetry.Rejected(KindOf(source), "source-failed", 1);
        Log.SourceFailed(_log, source, reason);
    }

    public void Recovered(string source) => Log.SourceRecovered(_log, source);

    public void Rejected(string source, long samples, string firstReason)
    {
        _telemetry.Rejected(KindOf(source), "sample", samples);
        // A target that is wrong is wrong at every scrape: said once, counted always.
        if (_rejecting.TryAdd(source, true)) Log.SourceRejected(_log, source, samples, firstReason);
    }

    public void Collected(string source, long samples) => _telemetry.Accepted(source, samples);

    public ValueTask DisposeAsync() => _sources.DisposeAsync();

    // A source is called by its kind and its address; only the kind is bounded enough for a label.
    private static string KindOf(string source) => source.Split(' ', 2)[0];
}
