using Headroom.Configuration.Sections;

namespace Headroom.Server.Throttling;

/// <summary>How fast one client may ask: the tuning guide's rate limit of 1000 with a burst of 2000.</summary>
public sealed record ThrottleSettings
{
    /// <summary>Whether clients are throttled at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Requests per second a client may sustain; 1,000 by default.</summary>
    public int Rate { get; init; } = 1_000;

    /// <summary>Requests a client that was quiet may send at once; 2,000 by default.</summary>
    public int Burst { get; init; } = 2_000;

    internal static Shape<ThrottleSettings> Shape { get; } = Declare();

    private static ObjectShape<ThrottleSettings> Declare()
    {
        var standard = new ThrottleSettings();
        var enabled = Property.Optional("enabled", "Whether clients are throttled at all. Default: true.", Shapes.Flag(), standard.Enabled);
        var rate = Property.Optional("rate", "Requests per second one client may sustain. Default: 1000.", Shapes.Number(minimum: 1, maximum: 10_000_000), standard.Rate);
        var burst = Property.Optional("burst", "Requests one client may send at once after a quiet time. Default: 2000.", Shapes.Number(minimum: 1, maximum: 10_000_000), standard.Burst);
        return new ObjectShape<ThrottleSettings>("How fast one client may ask.", [enabled, rate, burst], f => new ThrottleSettings
        {
            Enabled = f.Get(enabled),
            Rate = (int)f.Get(rate),
            Burst = (int)f.Get(burst),
        });
    }
}
