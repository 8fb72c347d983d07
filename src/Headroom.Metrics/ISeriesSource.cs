namespace Headroom.Metrics;

/// <summary>
/// Where PromQL reads series from: the embedded store, or samples parsed from files. Implementations give a
/// consistent snapshot per call and are safe to use from several threads.
/// </summary>
public interface ISeriesSource
{
    /// <summary>
    /// The series that satisfy every matcher and may hold a sample between two instants (Unix milliseconds, both
    /// included), in label order.
    /// </summary>
    IReadOnlyList<ISeries> Select(IReadOnlyList<LabelMatcher> matchers, long minTime, long maxTime);
}

/// <summary>One series found by <see cref="ISeriesSource.Select"/>.</summary>
public interface ISeries
{
    /// <summary>The series' identity.</summary>
    Labels Labels { get; }

    /// <summary>Appends its samples between two instants (both included) to a buffer, in time order, stale markers included.</summary>
    void Read(long minTime, long maxTime, SampleBuffer into);
}
