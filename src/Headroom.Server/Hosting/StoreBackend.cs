using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;

namespace Headroom.Server.Hosting;

/// <summary>The embedded store behind the port everything asks through.</summary>
internal sealed class StoreBackend(EmbeddedStore store, PromqlEngine engine) : IMetricsBackend
{
    public ValueTask<WriteOutcome> AppendAsync(WriteRequest request, CancellationToken cancel) => store.AppendAsync(request, cancel);

    public ValueTask<QueryResult> QueryAsync(string expression, long time, CancellationToken cancel) => new(Task.Run(() => engine.Instant(expression, time, cancel), cancel));

    public ValueTask<QueryResult> QueryRangeAsync(string expression, long start, long end, long step, CancellationToken cancel) =>
        new(Task.Run(() => engine.Range(expression, start, end, step, cancel), cancel));

    public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, int limit, CancellationToken cancel) =>
        new(store.Series(selectors, start, end, limit));

    public ValueTask<IReadOnlyList<string>> LabelNamesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) =>
        new(store.LabelNames(selectors, start, end));

    public ValueTask<IReadOnlyList<string>> LabelValuesAsync(string name, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) =>
        new(store.LabelValues(name, selectors, start, end));
}
