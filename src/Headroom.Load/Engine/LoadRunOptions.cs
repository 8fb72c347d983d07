namespace Headroom.Load.Engine;

/// <summary>How a plan is run.</summary>
public sealed record LoadRunOptions
{
    /// <summary>Threads that send; null for one for each two cores.</summary>
    public int? Threads { get; init; }

    /// <summary>Whether the platform's HTTP client is used even where there is a faster transport.</summary>
    public bool ManagedTransport { get; init; }

    /// <summary>Whether each thread stays on a processor of its own, where there are more processors than threads.</summary>
    public bool Pin { get; init; } = true;

    /// <summary>How long requests under way may still take after the run was stopped.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>How a run stands, once a second.</summary>
/// <param name="Elapsed">Since its start.</param>
/// <param name="IsWarmUp">Whether this second does not count.</param>
/// <param name="PerSecond">Answers in the last second.</param>
/// <param name="FailedPerSecond">Failures in the last second.</param>
/// <param name="P50Ms">Response times of the last second, in milliseconds; NaN when there were none.</param>
/// <param name="P95Ms">Their 95th percentile.</param>
/// <param name="P99Ms">Their 99th percentile.</param>
/// <param name="LagP99Ms">How late requests were sent.</param>
/// <param name="ActiveVus">Users within an iteration.</param>
/// <param name="Completed">Answers so far.</param>
/// <param name="Failed">Failures so far.</param>
public sealed record LoadProgress(
    TimeSpan Elapsed, bool IsWarmUp, long PerSecond, long FailedPerSecond, double P50Ms, double P95Ms, double P99Ms, double LagP99Ms, int ActiveVus, long Completed, long Failed);
