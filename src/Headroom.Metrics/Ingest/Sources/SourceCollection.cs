using System.Net;
using Headroom.Metrics.Ingest.CloudWatch;
using Headroom.Metrics.Ingest.Probes;
using Headroom.Metrics.Ingest.Scraping;

namespace Headroom.Metrics.Ingest.Sources;

/// <summary>All loops that collect by themselves, from when they are started until they are disposed of.</summary>
public sealed class SourceCollection : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<IDisposable> _owned = [];
    private readonly List<CollectionLoop> _loops = [];
    private Task _running = Task.CompletedTask;

    private SourceCollection() { }

    /// <summary>How many loops there are.</summary>
    public int Count => _loops.Count;

    /// <summary>Prepares the loops; nothing is collected before <see cref="Start"/>.</summary>
    /// <param name="settings">What to collect.</param>
    /// <param name="backend">Where samples go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">For the jitter of retries.</param>
    /// <param name="observer">Hears what becomes of the sources.</param>
    /// <param name="cloudWatch">CloudWatch; null when none is bound, and then its metrics are not read.</param>
    public static SourceCollection Create(SourcesSettings settings, IMetricsBackend backend, TimeProvider time, Random random, ISourceObserver observer, ICloudWatchSource? cloudWatch)
    {
        var sources = new SourceCollection();
        if (settings.Scrape.Count > 0)
        {
            var http = sources.Own(new HttpMessageInvoker(new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.GZip,
                UseCookies = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            }));
            foreach (var target in settings.Scrape)
            {
                var scrape = new ScrapeTarget(target, http, backend, time, observer);
                sources._loops.Add(new CollectionLoop(scrape.Name, target.Every, time, observer, scrape.ScrapeAsync));
            }
        }
        foreach (var item in settings.Probes)
        {
            var probe = sources.Own(new HttpProbe(item, new ProbeTransport(time), backend, time, observer));
            sources._loops.Add(new CollectionLoop(probe.Name, item.Every, time, observer, probe.ProbeAsync));
        }
        if (cloudWatch is null) return sources;
        foreach (var group in settings.CloudWatch.GroupBy(m => (m.Region, m.Every, m.Delay, m.Backfill)))
        {
            var poller = new CloudWatchPoller([.. group], sources.Own(new CloudWatchCalls(cloudWatch, time, new Random(random.Next()))), backend, observer);
            sources._loops.Add(new CollectionLoop(poller.Name, group.Key.Every, time, observer, poller.PollAsync));
        }
        return sources;
    }

    /// <summary>Begins to collect.</summary>
    public void Start() => _running = Task.WhenAll(_loops.Select(loop => Task.Run(() => loop.RunAsync(_stop.Token))));

    /// <summary>Ends the loops, and waits for what is being written.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        foreach (var owned in _owned) owned.Dispose();
        _stop.Dispose();
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
