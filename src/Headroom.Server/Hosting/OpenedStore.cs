using System.Security.Cryptography;
using Headroom.Aws.Signing;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Durable;
using Headroom.Metrics;
using Headroom.Metrics.Prometheus;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;
using Headroom.Server.Caching;
using Headroom.Server.Projects;
using Headroom.Server.Telemetry;

namespace Headroom.Server.Hosting;

/// <summary>The data directory, opened and locked, and the port through which everything asks it.</summary>
internal sealed class OpenedStore : IAsyncDisposable
{
    private readonly PrometheusBackend? _cluster;

    private OpenedStore(EmbeddedStore store, IMetricsBackend backend, PrometheusBackend? cluster) => (Store, Backend, _cluster) = (store, backend, cluster);

    public EmbeddedStore Store { get; }

    public IMetricsBackend Backend { get; }

    /// <summary>Why writes do not reach where they belong; null while they do.</summary>
    public Problem? Fault => Store.Fault ?? _cluster?.Fault;

    /// <summary>What to say about the backend at start: what a cluster lacks.</summary>
    public IReadOnlyList<string> Notes => _cluster?.Capabilities.Lacks ?? [];

    /// <summary>Opens the directory and reads its log back, off the caller's thread.</summary>
    /// <exception cref="Configuration.Diagnostics.ProblemException">It is locked, damaged, or the configuration has errors.</exception>
    public static Task<OpenedStore> OpenAsync(ServerOptions options, ReadVersions versions, CancellationToken cancel) => Task.Run(async () =>
    {
        var metrics = ProjectFile.MetricsOf(options.ConfigPath);
        var store = EmbeddedStore.Open(metrics.Store.Apply(new EmbeddedStoreOptions
        {
            Directory = Path.GetFullPath(options.DataDirectory),
            TimeProvider = options.Time,
            Sync = metrics.Fsync switch
            {
                FsyncPolicy.Always => JournalSync.Always,
                FsyncPolicy.Never => JournalSync.Never,
                _ => JournalSync.Interval,
            },
        }, knowsRetention: options.ConfigPath is not null));
        if (metrics.Prometheus is { } cluster) return await ConnectAsync(cluster, store, options, versions, cancel);
        var limits = new PromqlOptions { MaxPoints = options.Limits.PointsPerSeries + 1, Timeout = options.Limits.QueryTimeout, MaxSamples = options.Limits.QuerySamples, Features = metrics.Promql };
        return new OpenedStore(store, new ObservedBackend(new EmbeddedBackend(store, limits, options.Time), versions), null);
    }, cancel);

    // The store is still there: it locks the directory, and collects observations on their way to the cluster.
    private static async Task<OpenedStore> ConnectAsync(PrometheusSettings cluster, EmbeddedStore store, ServerOptions options, ReadVersions versions, CancellationToken cancel)
    {
        try
        {
            string cursor = Path.Combine(Path.GetFullPath(options.DataDirectory), "shipped");
            var connected = await PrometheusBackend.ConnectAsync(cluster, store, new SigV4RequestSigner(), options.Time, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)), cursor, cancel: cancel);
            // Other gateways write there too, and what this one writes shows there later.
            versions.SeesEveryWrite = false;
            return new OpenedStore(store, new ObservedBackend(connected, versions), connected);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Shows what the store holds among the server's own metrics.</summary>
    public void Observe(ServerTelemetry telemetry)
    {
        telemetry.Observe("headroom.store.series", null, "Series in memory and in blocks.", () => Store.Stats().Series);
        telemetry.Observe("headroom.store.active.series", null, "Series in memory; the limit on series counts these.", () => Store.Stats().ActiveSeries);
        telemetry.Observe("headroom.store.samples", null, "Samples stored.", () => Store.Stats().Samples);
        telemetry.Observe("headroom.store.log", "By", "Size of the write-ahead log.", () => Store.Stats().LogBytes);
        telemetry.Observe("headroom.store.blocks", "By", "Size of the blocks.", () => Store.Stats().BlockBytes);
        telemetry.Observe("headroom.store.read.only", null, "1 when the store takes no more writes.", () => Store.Ready ? 0 : 1);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is IAsyncDisposable cluster) await cluster.DisposeAsync();
        await Store.DisposeAsync();
    }
}
