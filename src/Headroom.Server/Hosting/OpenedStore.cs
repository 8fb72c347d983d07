using Headroom.Configuration.Sections;
using Headroom.Durable;
using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;
using Headroom.Server.Caching;
using Headroom.Server.Projects;
using Headroom.Server.Telemetry;

namespace Headroom.Server.Hosting;

/// <summary>The data directory, opened and locked, and the port through which everything asks it.</summary>
internal sealed class OpenedStore : IAsyncDisposable
{
    private OpenedStore(EmbeddedStore store, IMetricsBackend backend) => (Store, Backend) = (store, backend);

    public EmbeddedStore Store { get; }

    public IMetricsBackend Backend { get; }

    /// <summary>Opens the directory and reads its log back, off the caller's thread.</summary>
    /// <exception cref="Configuration.Diagnostics.ProblemException">It is locked, damaged, or the configuration has errors.</exception>
    public static Task<OpenedStore> OpenAsync(ServerOptions options, ReadVersions versions, CancellationToken cancel) => Task.Run(() =>
    {
        var metrics = ProjectFile.MetricsOf(options.ConfigPath);
        var store = EmbeddedStore.Open(new EmbeddedStoreOptions
        {
            Directory = Path.GetFullPath(options.DataDirectory),
            TimeProvider = options.Time,
            MaxSeries = options.Limits.Series,
            Sync = metrics.Fsync switch
            {
                FsyncPolicy.Always => JournalSync.Always,
                FsyncPolicy.Never => JournalSync.Never,
                _ => JournalSync.Interval,
            },
        });
        var limits = new PromqlOptions { MaxPoints = options.Limits.PointsPerSeries + 1, Timeout = options.Limits.QueryTimeout, MaxSamples = options.Limits.QuerySamples };
        return new OpenedStore(store, new ObservedBackend(new EmbeddedBackend(store, limits, options.Time), versions));
    }, cancel);

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

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
