using System.Diagnostics;

namespace Headroom.Server.Telemetry;

/// <summary>The spans of this assembly.</summary>
internal static class Spans
{
    /// <summary>What they are started with.</summary>
    public static readonly ActivitySource Source = new("Headroom.Server", ServerTelemetry.Version);
}
