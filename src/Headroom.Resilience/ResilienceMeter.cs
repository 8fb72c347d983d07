using System.Diagnostics.Metrics;

namespace Headroom.Resilience;

/// <summary>The meter all of this package's metrics come from; hand its name to your exporter.</summary>
public static class ResilienceMeter
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "Headroom.Resilience";

    internal static Meter Meter { get; } = new(Name);
}
