using Headroom.Configuration.Sections;

namespace Headroom.Server.Caching;

/// <summary>
/// How long answers are kept. The lengths are those of the performance-optimization tracker, section 3.3, and the
/// tuning guide: 300 s for a stage, 3600 s where the key is in the path, 60 s for a search whose key is in the body.
/// </summary>
public sealed record CacheSettings
{
    /// <summary>Whether answers are kept at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Memory for answers, in bytes; 64 MiB by default. The answer not asked for the longest goes first.</summary>
    public long SizeBytes { get; init; } = 64L << 20;

    /// <summary>How long an answer to a GET is kept; 300 s by default.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How long the values of a label, whose name is in the path, are kept; 3600 s by default.</summary>
    public TimeSpan PathTtl { get; init; } = TimeSpan.FromSeconds(3600);

    /// <summary>How long an answer to a query sent as a form is kept; 60 s by default.</summary>
    public TimeSpan BodyTtl { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an answer about "now" is kept, one without an explicit time; 1 s by default.</summary>
    public TimeSpan NowTtl { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a kept answer may be given although something newer was written; zero by default: an acknowledged write shows in every read after it.
    /// </summary>
    public TimeSpan Staleness { get; init; } = TimeSpan.Zero;

    internal static Shape<CacheSettings> Shape { get; } = Declare();

    private static ObjectShape<CacheSettings> Declare()
    {
        var standard = new CacheSettings();
        var enabled = Property.Optional("enabled", "Whether answers are kept at all. Default: true.", Shapes.Flag(), standard.Enabled);
        var size = Property.Optional("size", "Memory for answers. Default: 64MiB.", Shapes.Size(64 << 10), standard.SizeBytes);
        var ttl = Property.Optional("ttl", "How long an answer to a GET is kept. Default: 300s.", Shapes.Duration(), standard.Ttl);
        var path = Property.Optional("pathTtl", "How long the values of a label are kept. Default: 3600s.", Shapes.Duration(), standard.PathTtl);
        var body = Property.Optional("bodyTtl", "How long an answer to a query sent as a form is kept. Default: 60s.", Shapes.Duration(), standard.BodyTtl);
        var now = Property.Optional("nowTtl", "How long an answer to a query without a time is kept. Default: 1s.", Shapes.Duration(), standard.NowTtl);
        var staleness = Property.Optional("staleness", "How long a kept answer may be given although something newer was written. Default: 0, an acknowledged write shows in every read after it.",
            Shapes.Duration().Maybe(), null);
        return new ObjectShape<CacheSettings>("Answers kept for those who ask the same again.", [enabled, size, ttl, path, body, now, staleness], f => new CacheSettings
        {
            Enabled = f.Get(enabled),
            SizeBytes = f.Get(size),
            Ttl = f.Get(ttl),
            PathTtl = f.Get(path),
            BodyTtl = f.Get(body),
            NowTtl = f.Get(now),
            Staleness = f.Get(staleness) ?? TimeSpan.Zero,
        });
    }
}
