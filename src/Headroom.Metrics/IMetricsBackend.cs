using Headroom.Metrics.PromQL;

namespace Headroom.Metrics;

/// <summary>
/// The seam between everything that judges and wherever measurements live: the embedded store, or a
/// Prometheus-compatible cluster. Times are Unix milliseconds UTC. Expressions are PromQL with the semantics of
/// Prometheus 3; one that cannot be parsed or evaluated throws <see cref="PromqlException"/>.
/// </summary>
public interface IMetricsBackend
{
    /// <summary>Writes a request; when the task completes the accepted samples survive the death of the process.</summary>
    ValueTask<WriteOutcome> AppendAsync(WriteRequest request, CancellationToken cancel);

    /// <summary>Evaluates an expression at one instant.</summary>
    ValueTask<QueryResult> QueryAsync(string expression, long time, CancellationToken cancel);

    /// <summary>Evaluates an expression at start, start+step, … up to end (included).</summary>
    ValueTask<QueryResult> QueryRangeAsync(string expression, long start, long end, long step, CancellationToken cancel);

    /// <summary>Evaluates an expression at one instant, as a request asks. A backend that cannot do what is asked says so.</summary>
    ValueTask<QueryResult> QueryAsync(string expression, long time, QueryOptions options, CancellationToken cancel) =>
        options == QueryOptions.Default ? QueryAsync(expression, time, cancel) : throw Unsupported();

    /// <summary>Evaluates an expression at start, start+step, … up to end (included), as a request asks.</summary>
    ValueTask<QueryResult> QueryRangeAsync(string expression, long start, long end, long step, QueryOptions options, CancellationToken cancel) =>
        options == QueryOptions.Default ? QueryRangeAsync(expression, start, end, step, cancel) : throw Unsupported();

    private static PromqlException Unsupported() => new("this backend takes no lookback_delta", -1, PromqlErrorKind.Execution);

    /// <summary>Series that match any of the selectors and have a sample in the time range, at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, int limit, CancellationToken cancel);

    /// <summary>Label names in use by the series that match (all series when no selector is given), sorted.</summary>
    ValueTask<IReadOnlyList<string>> LabelNamesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel);

    /// <summary>Values of one label over the series that match (all series when no selector is given), sorted.</summary>
    ValueTask<IReadOnlyList<string>> LabelValuesAsync(string name, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel);

    /// <summary>What is known about metrics, by name: one metric, or (null) all of them, at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<MetricMetadata>> MetadataAsync(string? metric, int limit, CancellationToken cancel);

    /// <summary>Exemplars between two instants (both included) of the series that the selectors of an expression match.</summary>
    ValueTask<IReadOnlyList<Exemplar>> ExemplarsAsync(string expression, long start, long end, CancellationToken cancel);
}
