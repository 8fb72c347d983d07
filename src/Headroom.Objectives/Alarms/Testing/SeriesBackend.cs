using Headroom.Metrics;
using Headroom.Metrics.PromQL;

namespace Headroom.Objectives.Alarms.Testing;

/// <summary>Given series behind the port through which everything asks. Nothing can be written to it.</summary>
/// <param name="series">The series.</param>
/// <param name="time">The clock for the time limit of queries.</param>
public sealed class SeriesBackend(ISeriesSource series, TimeProvider time) : IMetricsBackend
{
    private readonly PromqlEngine _engine = new(series, null, time);

    /// <inheritdoc/>
    public ValueTask<QueryResult> QueryAsync(string expression, long time, CancellationToken cancel) => ValueTask.FromResult(_engine.Instant(expression, time, cancel));

    /// <inheritdoc/>
    public ValueTask<QueryResult> QueryRangeAsync(string expression, long start, long end, long step, CancellationToken cancel) => ValueTask.FromResult(_engine.Range(expression, start, end, step, cancel));

    /// <inheritdoc/>
    public ValueTask<WriteOutcome> AppendAsync(WriteRequest request, CancellationToken cancel) => throw new NotSupportedException("given series cannot be written to");

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, int limit, CancellationToken cancel) =>
        ValueTask.FromResult<IReadOnlyList<Labels>>([.. selectors.SelectMany(s => series.Select(s, start, end)).Select(s => s.Labels).Distinct().Take(limit)]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> LabelNamesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) =>
        ValueTask.FromResult<IReadOnlyList<string>>([.. All(selectors, start, end).SelectMany(l => l).Select(l => l.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> LabelValuesAsync(string name, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) =>
        ValueTask.FromResult<IReadOnlyList<string>>([.. All(selectors, start, end).Select(l => l[name]).Where(v => v.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<MetricMetadata>> MetadataAsync(string? metric, int limit, CancellationToken cancel) => ValueTask.FromResult<IReadOnlyList<MetricMetadata>>([]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Exemplar>> ExemplarsAsync(string expression, long start, long end, CancellationToken cancel) => ValueTask.FromResult<IReadOnlyList<Exemplar>>([]);

    private IEnumerable<Labels> All(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end) =>
        (selectors.Count == 0 ? [[]] : selectors).SelectMany(s => series.Select(s, start, end)).Select(s => s.Labels);
}
