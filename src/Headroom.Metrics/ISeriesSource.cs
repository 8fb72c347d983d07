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

    /// <summary>
    /// The interval in milliseconds of which, for samples as old as this, no more than a summary is kept; 0 where samples are
    /// kept as they came. Never grows with time.
    /// </summary>
    long ResolutionAt(long time) => 0;
}

/// <summary>One series found by <see cref="ISeriesSource.Select"/>.</summary>
public interface ISeries
{
    /// <summary>The series' identity.</summary>
    Labels Labels { get; }

    /// <summary>Appends its samples between two instants (both included) to a buffer, in time order, stale markers included.</summary>
    void Read(long minTime, long maxTime, SampleBuffer into);

    /// <summary>
    /// Appends what an aggregate was of each interval of which only a summary is kept, at the time of the interval's last
    /// sample, and of each other float sample as though it were an interval of its own. Series that are counters have no
    /// aggregates; their samples stand in.
    /// </summary>
    void Read(long minTime, long maxTime, SampleBuffer into, SampleAggregate aggregate) => Read(minTime, maxTime, into);
}

/// <summary>What roll-ups keep of the samples of an interval, beside the samples that stand for it.</summary>
public enum SampleAggregate
{
    /// <summary>The samples themselves.</summary>
    None,

    /// <summary>The smallest value.</summary>
    Min,

    /// <summary>The largest value.</summary>
    Max,

    /// <summary>The sum of all values.</summary>
    Sum,

    /// <summary>How many samples there were; of a sample, 1, a histogram included.</summary>
    Count,
}
