using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;

namespace Headroom.Metrics;

/// <summary>
/// The embedded store behind the port that everything asks through. Queries run on the thread pool, so that a long one
/// holds no caller; the store stays its owner's to dispose.
/// </summary>
/// <param name="store">An open store.</param>
/// <param name="options">Limits of queries; Prometheus's when null.</param>
/// <param name="time">The clock for the time limit of queries; the system's when null.</param>
public sealed class EmbeddedBackend(EmbeddedStore store, PromqlOptions? options = null, TimeProvider? time = null) : IMetricsBackend
{
    private readonly PromqlEngine _engine = new(store, options, time);

    /// <inheritdoc/>
    public ValueTask<WriteOutcome> AppendAsync(WriteRequest request, CancellationToken cancel) => store.AppendAsync(request, cancel);

    /// <inheritdoc/>
    public ValueTask<QueryResult> QueryAsync(string expression, long time, CancellationToken cancel) =>
        QueryAsync(expression, time, QueryOptions.Default, cancel);

    /// <inheritdoc/>
    public ValueTask<QueryResult> QueryAsync(string expression, long time, QueryOptions options, CancellationToken cancel) =>
        new(Task.Run(() => _engine.Instant(expression, time, options, cancel), cancel));

    /// <inheritdoc/>
    public ValueTask<QueryResult> QueryRangeAsync(string expression, long start, long end, long step, CancellationToken cancel) =>
        QueryRangeAsync(expression, start, end, step, QueryOptions.Default, cancel);

    /// <inheritdoc/>
    public ValueTask<QueryResult> QueryRangeAsync(string expression, long start, long end, long step, QueryOptions options, CancellationToken cancel) =>
        new(Task.Run(() => _engine.Range(expression, start, end, step, options, cancel), cancel));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, int limit, CancellationToken cancel) =>
        new(Task.Run(() => store.Series(selectors, start, end, limit), cancel));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> LabelNamesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) =>
        new(Task.Run(() => store.LabelNames(selectors, start, end), cancel));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> LabelValuesAsync(string name, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) =>
        new(Task.Run(() => store.LabelValues(name, selectors, start, end), cancel));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MetricMetadata>> MetadataAsync(string? metric, int limit, CancellationToken cancel) =>
        new(store.Metadata(metric, limit));

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Exemplar>> ExemplarsAsync(string expression, long start, long end, CancellationToken cancel) =>
        new(store.Exemplars(PromqlSyntax.SelectorsOf(expression), start, end));
}
