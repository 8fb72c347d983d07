using Headroom.Configuration.Sections;
using Headroom.Metrics.Storage;

namespace Headroom.Metrics;

/// <summary>Where measurements live. The section <c>metrics</c>.</summary>
/// <param name="Backend">What keeps them.</param>
/// <param name="Fsync">What an acknowledged write survives.</param>
/// <param name="Store">How the embedded store keeps them.</param>
public sealed record MetricsSettings(MetricsBackendKind Backend, FsyncPolicy Fsync, StoreSettings Store)
{
    /// <summary>The section, for the composition root to hand to the loader.</summary>
    public static ConfigurationSection<MetricsSettings> Section { get; } = Declare();

    private static ConfigurationSection<MetricsSettings> Declare()
    {
        var backend = Property.Optional("backend", "What keeps the measurements. Default: embedded.",
            Shapes.Choice(("embedded", MetricsBackendKind.Embedded, "A directory on this machine (--data).")), MetricsBackendKind.Embedded);
        var fsync = Property.Optional("fsync",
            "When the log is forced to the disk. An acknowledged write always survives the death of the process; this decides what it survives when power is lost. Default: interval.",
            Shapes.Choice(
                ("always", FsyncPolicy.Always, "Before each acknowledgement: power loss costs nothing."),
                ("interval", FsyncPolicy.Interval, "Once a second: power loss may cost the last second."),
                ("never", FsyncPolicy.Never, "When the operating system likes: power loss may cost what it had not written.")),
            FsyncPolicy.Interval);
        return ConfigurationSection.Of(
            "metrics", "Where measurements live.",
            new ObjectShape<MetricsSettings>("Where measurements live.", [backend, fsync, .. StoreSettings.Properties], f => new MetricsSettings(f.Get(backend), f.Get(fsync), StoreSettings.Of(f))),
            new MetricsSettings(MetricsBackendKind.Embedded, FsyncPolicy.Interval, StoreSettings.Default));
    }
}

/// <summary>What keeps measurements.</summary>
public enum MetricsBackendKind
{
    /// <summary>The embedded store: a directory on this machine.</summary>
    Embedded,
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
