namespace Headroom.Runs;

/// <summary>How often a step is tried and how long it waits in between: min(<see cref="BaseDelay"/> · 2^i, <see cref="MaxDelay"/>), and up to a tenth more.</summary>
public sealed record RetryPolicy
{
    /// <summary>Five tries, 1 s doubling to at most 30 s.</summary>
    public static readonly RetryPolicy Default = new();

    /// <summary>One try.</summary>
    public static readonly RetryPolicy None = new() { Attempts = 1 };

    /// <summary>Tries in all. Default 5.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>Wait after the first failed try. Default 1 s.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait, before the jitter. Default 30 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The wait after a number of failures (1 or more). The engine has no randomness, so the jitter of up to 10% is
    /// taken from a number that differs from step to step.
    /// </summary>
    internal TimeSpan DelayAfter(int failures, uint spread)
    {
        double factor = Math.Pow(2, Math.Min(failures - 1, 40));
        double ticks = Math.Min(BaseDelay.Ticks * factor, MaxDelay.Ticks);
        return TimeSpan.FromTicks((long)(ticks * (1 + 0.1 * spread / uint.MaxValue)));
    }
}
