namespace Headroom.Runs;

/// <summary>
/// A budget that steps share: either so many at a time, or so many per second after a burst. Exactly one of the two.
/// </summary>
public sealed record LimitSpec
{
    /// <summary>Units that may be in use at one time; null for a rate.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Units per second in the long run; null for a concurrency.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>Units that may be taken at once when none were taken for a while. Default 1.</summary>
    public int Burst { get; init; } = 1;

    /// <summary>A budget of units in use at one time.</summary>
    public static LimitSpec Slots(int concurrency) => new() { Concurrency = concurrency };

    /// <summary>A token bucket: units per second, and how many a full bucket holds.</summary>
    public static LimitSpec Rate(double perSecond, int burst) => new() { RatePerSecond = perSecond, Burst = burst };
}
