using Headroom.Configuration.Sections;
using Headroom.Metrics.Prometheus;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;

namespace Headroom.Metrics;

/// <summary>Where measurements live. The section <c>metrics</c>.</summary>
/// <param name="Backend">What keeps them.</param>
/// <param name="Fsync">What an acknowledged write survives.</param>
/// <param name="Store">How the embedded store keeps them.</param>
public sealed record MetricsSettings(MetricsBackendKind Backend, FsyncPolicy Fsync, StoreSettings Store)
{
    /// <summary>The cluster, when <see cref="Backend"/> is one.</summary>
    public PrometheusSettings? Prometheus { get; init; }

    /// <summary>Experimental parts of PromQL that are on.</summary>
    public PromqlFeatures Promql { get; init; }

    /// <summary>The section, for the composition root to hand to the loader.</summary>
    public static ConfigurationSection<MetricsSettings> Section { get; } = Declare();

    private static ConfigurationSection<MetricsSettings> Declare()
    {
        var backend = Property.Optional("backend", "What keeps the measurements. Default: embedded.",
            Shapes.Choice(
                ("embedded", MetricsBackendKind.Embedded, "A directory on this machine (--data)."),
                ("prometheus", MetricsBackendKind.Prometheus, "A Prometheus-compatible cluster, described under prometheus.")),
            MetricsBackendKind.Embedded);
        var prometheus = Property.Optional<PrometheusSettings?>("prometheus", "The cluster of backend: prometheus.", PrometheusSettings.Shape!, null);
        var promql = Property.Optional("promql", "Experimental parts of PromQL to turn on in the embedded store, by the names of Prometheus's feature flags. Default: none.",
            Shapes.List(Shapes.Choice([.. PromqlFeatureNames.All.Select(f => (f.Name, f.Feature, f.Meaning))])), []);
        var fsync = Property.Optional("fsync",
            "When the log is forced to the disk. An acknowledged write always survives the death of the process; this decides what it survives when power is lost. Default: interval.",
            Shapes.Choice(
                ("always", FsyncPolicy.Always, "Before each acknowledgement: power loss costs nothing."),
                ("interval", FsyncPolicy.Interval, "Once a second: power loss may cost the last second."),
                ("never", FsyncPolicy.Never, "When the operating system likes: power loss may cost what it had not written.")),
            FsyncPolicy.Interval);
        return ConfigurationSection.Of(
            "metrics", "Where measurements live.",
            new ObjectShape<MetricsSettings>("Where measurements live.", [backend, fsync, prometheus, promql, .. StoreSettings.Properties],
                f => new MetricsSettings(f.Get(backend), f.Get(fsync), StoreSettings.Of(f)) { Prometheus = f.Get(prometheus), Promql = f.Get(promql).Aggregate(PromqlFeatures.None, (all, one) => all | one) },
                f =>
                {
                    if (f.Get(backend) == MetricsBackendKind.Prometheus && f.Get(prometheus) is null)
                        f.Report(backend, "prometheus-missing", "The backend is prometheus, but nothing says where that is.", "Add prometheus: { url: http://… }.");
                    if (f.Get(backend) == MetricsBackendKind.Embedded && f.Has(prometheus, out _))
                        f.Report(prometheus, "prometheus-unused", "A cluster is described, but the backend is embedded.", "Set backend: prometheus, or remove the cluster.");
                }),
            new MetricsSettings(MetricsBackendKind.Embedded, FsyncPolicy.Interval, StoreSettings.Default));
    }
}

/// <summary>What keeps measurements.</summary>
public enum MetricsBackendKind
{
    /// <summary>The embedded store: a directory on this machine.</summary>
    Embedded,

    /// <summary>A Prometheus-compatible cluster.</summary>
    Prometheus,
}

/// <summary>When the log of the embedded store is forced to the disk.</summary>
public enum FsyncPolicy
{
    /// <summary>Before each acknowledgement.</summary>
    Always,

    /// <summary>Once a second.</summary>
    Interval,

    /// <summary>Left to the operating system.</summary>
    Never,
}
