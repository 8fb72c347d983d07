namespace Headroom.Metrics.PromQL;

/// <summary>What one request asks of its evaluation beside the expression.</summary>
public sealed record QueryOptions
{
    /// <summary>Nothing: as the backend is set.</summary>
    public static QueryOptions Default { get; } = new();

    /// <summary>How far back an instant selector looks for a sample, in milliseconds; null for the backend's own.</summary>
    public long? LookbackMilliseconds { get; init; }
}

/// <summary>What one evaluation took.</summary>
/// <param name="SamplesRead">Samples read from the source, each as often as it was read.</param>
/// <param name="PeakSamples">Most samples held in memory at a time.</param>
/// <param name="Duration">Time from start to result.</param>
public sealed record QueryStatistics(long SamplesRead, long PeakSamples, TimeSpan Duration);
