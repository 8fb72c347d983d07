using Headroom.Configuration.Sections;
using Headroom.Server.Caching;
using Headroom.Server.Compression;
using Headroom.Server.Hosting;
using Headroom.Server.Keys;
using Headroom.Server.Logging;
using Headroom.Server.Telemetry;
using Headroom.Server.Throttling;

namespace Headroom.Server;

/// <summary>How the server itself runs. The section <c>server</c>; each part is declared by the feature that reads it.</summary>
public sealed record ServerSettings
{
    /// <summary>What it tells about itself, and to whom.</summary>
    public TelemetrySettings Telemetry { get; init; } = new();

    /// <summary>Its log lines.</summary>
    public LoggingSettings Logging { get; init; } = new();

    /// <summary>Answers kept for those who ask the same again.</summary>
    public CacheSettings Cache { get; init; } = new();

    /// <summary>Smaller answers for those who can read them.</summary>
    public CompressionSettings Compression { get; init; } = new();

    /// <summary>How fast one client may ask.</summary>
    public ThrottleSettings Throttle { get; init; } = new();

    /// <summary>Who needs an API key.</summary>
    public KeyRequirement Keys { get; init; } = KeyRequirement.BeyondLoopback;

    /// <summary>Bounds on requests.</summary>
    public ServerLimits Limits { get; init; } = new();

    /// <summary>The section, for the composition root to hand to the loader.</summary>
    public static ConfigurationSection<ServerSettings> Section { get; } = Declare();

    private static ConfigurationSection<ServerSettings> Declare()
    {
        var standard = new ServerSettings();
        var telemetry = Property.Optional("telemetry", "What the server tells about itself: metrics and traces over OTLP.", TelemetrySettings.Shape, standard.Telemetry);
        var logging = Property.Optional("logging", "Its log lines.", LoggingSettings.Shape, standard.Logging);
        var cache = Property.Optional("cache", "Answers kept for those who ask the same again.", CacheSettings.Shape, standard.Cache);
        var compression = Property.Optional("compression", "Whether answers are compressed for clients that accept it. Default: true.", CompressionSettings.Shape, standard.Compression);
        var throttle = Property.Optional("throttle", "How fast one client may ask; beyond it the answer is 429 with Retry-After.", ThrottleSettings.Shape, standard.Throttle);
        var keys = Property.Optional("keys", "Who needs an API key. Default: beyond-loopback.",
            Shapes.Choice(
                ("beyond-loopback", KeyRequirement.BeyondLoopback, "Everyone on TCP, when the server listens beyond loopback; nobody when it does not."),
                ("always", KeyRequirement.Always, "Everyone on TCP; for a server behind a proxy on the same machine.")),
            standard.Keys);
        var limits = Property.Optional("limits", "Bounds on requests; beyond one the answer is a 4xx that names it.", LimitsShape.Shape, standard.Limits);
        return ConfigurationSection.Of("server", "How headroom serve itself runs.",
            new ObjectShape<ServerSettings>("How headroom serve itself runs.", [telemetry, logging, cache, compression, throttle, keys, limits], f => new ServerSettings
            {
                Telemetry = f.Get(telemetry),
                Logging = f.Get(logging),
                Cache = f.Get(cache),
                Compression = f.Get(compression),
                Throttle = f.Get(throttle),
                Keys = f.Get(keys),
                Limits = f.Get(limits),
            }), standard);
    }
}
