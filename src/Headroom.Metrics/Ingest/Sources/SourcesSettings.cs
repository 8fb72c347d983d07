using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Metrics.Ingest.CloudWatch;
using Headroom.Metrics.Ingest.Probes;
using Headroom.Metrics.Ingest.Scraping;

namespace Headroom.Metrics.Ingest.Sources;

/// <summary>What <c>headroom serve</c> collects by itself. The section <c>sources</c>.</summary>
/// <param name="Scrape">Targets whose metrics are read.</param>
/// <param name="Probes">URLs that are called.</param>
/// <param name="CloudWatch">Metrics that are read from CloudWatch.</param>
public sealed record SourcesSettings(IReadOnlyList<ScrapeSettings> Scrape, IReadOnlyList<ProbeSettings> Probes, IReadOnlyList<CloudWatchSettings> CloudWatch)
{
    /// <summary>Nothing is collected.</summary>
    public static readonly SourcesSettings None = new([], [], []);

    /// <summary>The section, for the composition root to hand to the loader.</summary>
    public static ConfigurationSection<SourcesSettings> Section { get; } = Declare();

    private static ConfigurationSection<SourcesSettings> Declare()
    {
        const string What = "What 'headroom serve' collects by itself.";
        var scrape = Property.Optional<IReadOnlyList<ScrapeSettings>>("scrape", "Targets whose metrics are read, as Prometheus does.", Shapes.List(ScrapeSettings.Shape), []);
        var probes = Property.Optional<IReadOnlyList<ProbeSettings>>("probes", "URLs that are called to see whether they work.", Shapes.List(ProbeSettings.Shape), []);
        var cloudWatch = Property.Optional<IReadOnlyList<CloudWatchSettings>>("cloudwatch", "Metrics that are read from Amazon CloudWatch.", Shapes.List(CloudWatchSettings.Shape), []);
        return ConfigurationSection.Of(
            "sources", What,
            new ObjectShape<SourcesSettings>(What, [scrape, probes, cloudWatch], f => new SourcesSettings(f.Get(scrape), f.Get(probes), f.Get(cloudWatch)), f =>
            {
                // Two of the same would write two values at the same instant to the same series.
                if (f.Has(scrape, out var targets)) Report(scrape, targets!.Select(t => Identity(t.Url.Authority, t.Labels)), t => $"{t} is scraped twice with the same labels.");
                if (f.Has(probes, out var urls)) Report(probes, urls!.Select(p => Identity(p.Url.GetLeftPart(UriPartial.Path), p.Labels)), p => $"{p} is probed twice with the same labels.");

                void Report(Property property, IEnumerable<(string Shown, string Key)> items, Func<string, string> what)
                {
                    var seen = new HashSet<string>();
                    foreach (var (shown, key) in items)
                        if (!seen.Add(key))
                            f.Report(property, "source-twice", what(shown), "Give each a label of its own, for example 'instance'.");
                }
            }),
            None);
    }

    private static (string Shown, string Key) Identity(string instance, IReadOnlyDictionary<string, string> labels) =>
        (instance, string.Join('\n', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}").Prepend(labels.GetValueOrDefault("instance", instance))));
}
