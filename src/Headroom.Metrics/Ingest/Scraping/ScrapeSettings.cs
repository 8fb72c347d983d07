using Headroom.Configuration.Sections;
using Headroom.Metrics.Ingest.Sources;

namespace Headroom.Metrics.Ingest.Scraping;

/// <summary>One target that is scraped. An item of <c>sources.scrape</c>.</summary>
public sealed record ScrapeSettings
{
    /// <summary>Where the metrics are.</summary>
    public required Uri Url { get; init; }

    /// <summary>Time between scrapes. Default 15 s.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest time for one scrape. Default 10 s, or <see cref="Every"/> if that is shorter.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Labels for every series of the target.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Request headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the target's own labels win over <see cref="Labels"/>; otherwise they become <c>exported_NAME</c>. Default false.</summary>
    public bool HonorLabels { get; init; }

    /// <summary>Samples of one scrape; more fail it as a whole. Default 100,000.</summary>
    public int SampleLimit { get; init; } = 100_000;

    /// <summary>Bytes of one scrape after decompression; more fail it. Default 64 MiB.</summary>
    public long BodyLimit { get; init; } = 64L << 20;

    internal static ObjectShape<ScrapeSettings> Shape { get; } = Declare();

    private static ObjectShape<ScrapeSettings> Declare()
    {
        var url = Property.Required("url", "Where the metrics are, in Prometheus text or OpenMetrics.", HttpSettings.Url);
        var every = Property.Optional("every", "Time between scrapes. Default: 15s.", Shapes.Duration(TimeSpan.FromSeconds(1)), TimeSpan.FromSeconds(15));
        var timeout = Property.Optional("timeout", "Longest time for one scrape; not longer than 'every'. Default: 10s, or 'every' if that is shorter.", Shapes.Duration(TimeSpan.FromMilliseconds(1)).Maybe(), null);
        var labels = Property.Optional("labels", "Labels for every series of the target. Without 'service' it is the label 'job', else the URL's host.", HttpSettings.Labels, new Dictionary<string, string>());
        var headers = Property.Optional("headers", "Request headers; secrets as ${ENV}, for example Authorization: Bearer ${TOKEN}.", HttpSettings.Headers, new Dictionary<string, string>());
        var honor = Property.Optional("honorLabels", "Whether the target's own labels win over 'labels'; otherwise they become exported_NAME. Default: false.", Shapes.Flag(), false);
        var samples = Property.Optional("sampleLimit", "Samples of one scrape; more fail it as a whole. Default: 100000.", Shapes.Number(1, 10_000_000), 100_000);
        var body = Property.Optional("bodyLimit", "Size of one scrape after decompression; a larger one fails. Default: 64MiB.", Shapes.Size(1024), 64L << 20);
        return new ObjectShape<ScrapeSettings>(
            "A target whose metrics are read over HTTP.",
            [url, every, timeout, labels, headers, honor, samples, body],
            f => new ScrapeSettings
            {
                Url = f.Get(url),
                Every = f.Get(every),
                Timeout = f.Get(timeout) ?? (f.Get(every) < TimeSpan.FromSeconds(10) ? f.Get(every) : TimeSpan.FromSeconds(10)),
                Labels = f.Get(labels),
                Headers = f.Get(headers),
                HonorLabels = f.Get(honor),
                SampleLimit = (int)f.Get(samples),
                BodyLimit = f.Get(body),
            },
            f =>
            {
                if (f.Has(timeout, out var longest) && longest > f.Get(every))
                    f.Report(timeout, "source-timeout", "The timeout is longer than the time between scrapes.", "Make it at most 'every'.");
            });
    }
}
