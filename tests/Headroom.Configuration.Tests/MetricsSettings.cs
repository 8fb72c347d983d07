using Headroom.Configuration.Sections;

namespace Headroom.Configuration.Tests;

/// <summary>A section for these tests, as features declare theirs.</summary>
/// <param name="Backend">What keeps them.</param>
/// <param name="Fsync">What an acknowledged write survives.</param>
internal sealed record MetricsSettings(MetricsBackendKind Backend, FsyncPolicy Fsync)
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
            new ObjectShape<MetricsSettings>("Where measurements live.", [backend, fsync], f => new MetricsSettings(f.Get(backend), f.Get(fsync))),
            new MetricsSettings(MetricsBackendKind.Embedded, FsyncPolicy.Interval));
    }
}

/// <summary>What keeps measurements.</summary>
internal enum MetricsBackendKind
{
    /// <summary>The embedded store: a directory on this machine.</summary>
    Embedded,
}

/// <summary>When the log of the embedded store is forced to the disk.</summary>
internal enum FsyncPolicy
{
    /// <summary>Before each acknowledgement.</summary>
    Always,

    /// <summary>Once a second.</summary>
    Interval,

    /// <summary>Left to the operating system.</summary>
    Never,
}
