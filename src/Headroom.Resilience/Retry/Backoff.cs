namespace Headroom.Resilience.Retry;

/// <summary>
/// Exponential backoff with jitter on top: retry i waits <c>min(FirstDelay · 2^i, MaxDelay) · (1 + Jitter · random)</c>.
/// The defaults are document 1's <c>retryWithBackoff</c>: one second doubling to thirty, and up to a tenth more.
/// </summary>
public sealed record Backoff
{
    /// <summary>Delay before the first retry, without jitter. Default 1 s.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest delay, without jitter. Default 30 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Share of the delay added at random, 0 to 1. Default 0.1. Many clients that fail together spread out better with
    /// 1 (document 1's share keeps them within a tenth of each other).
    /// </summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>The delay before a retry.</summary>
    /// <param name="retry">0 for the first retry.</param>
    /// <param name="random">A draw from [0, 1).</param>
    public TimeSpan Delay(int retry, double random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(retry);
        double ticks = Math.Min(FirstDelay.Ticks * Math.Pow(2, retry), MaxDelay.Ticks);
        return TimeSpan.FromTicks((long)(ticks * (1 + (Jitter * random))));
    }

    internal IEnumerable<string> Errors()
    {
        if (FirstDelay < TimeSpan.Zero) yield return $"FirstDelay is {FirstDelay:c}; it must not be negative.";
        if (MaxDelay < FirstDelay || MaxDelay > TimeSpan.FromDays(1)) yield return $"MaxDelay is {MaxDelay:c}; it must be from FirstDelay ({FirstDelay:c}) to one day.";
        if (!(Jitter is >= 0 and <= 1)) yield return $"Jitter is {Jitter}; it must be from 0 to 1.";
    }
}
