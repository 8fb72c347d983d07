namespace Headroom.Metrics.Storage;

/// <summary>The intervals at which samples are kept: as they came, every 5 minutes, every hour.</summary>
internal static class Resolutions
{
    public const long Raw = 0;
    public const long FiveMinutes = 300_000;
    public const long Hour = 3_600_000;

    /// <summary>All of them in milliseconds, the finest first. The order is part of the format on disk.</summary>
    public static IReadOnlyList<long> All { get; } = [Raw, FiveMinutes, Hour];

    /// <summary>What a resolution is called in settings and answers: <c>raw</c>, <c>5m</c>, <c>1h</c>.</summary>
    public static string NameOf(long resolution) => resolution switch { Raw => "raw", FiveMinutes => "5m", _ => "1h" };
}

/// <summary>How long samples are kept at each resolution, counted from the newest sample of the store.</summary>
/// <param name="Raw">As they came. Default 35 days.</param>
/// <param name="FiveMinutes">Every 5 minutes. Not used when it is no longer than <paramref name="Raw"/>. Default 180 days.</param>
/// <param name="Hour">Every hour. Not used when it is no longer than the others. Default 730 days.</param>
public sealed record RetentionPolicy(TimeSpan Raw, TimeSpan FiveMinutes, TimeSpan Hour)
{
    /// <summary>35, 180 and 730 days.</summary>
    public static RetentionPolicy Default { get; } = new(TimeSpan.FromDays(35), TimeSpan.FromDays(180), TimeSpan.FromDays(730));

    /// <summary>That of a resolution in milliseconds.</summary>
    internal long Of(int level) => (long)(level == 0 ? Raw : level == 1 ? FiveMinutes : Hour).TotalMilliseconds;

    /// <summary>The next coarser resolution that keeps samples for longer than this one; -1 when they expire.</summary>
    internal int After(int level)
    {
        for (int next = level + 1; next < Resolutions.All.Count; next++)
            if (Of(next) > Of(level))
                return next;
        return -1;
    }
}
