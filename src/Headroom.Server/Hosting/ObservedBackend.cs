using System.Diagnostics;
using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Server.Caching;
using Headroom.Server.Telemetry;

namespace Headroom.Server.Hosting;

/// <summary>
/// The backend as everything in the server sees it: each question and each write is a span of the trace it belongs to,
/// and a write is noted before it is acknowledged, so that no kept answer outlives it.
/// </summary>
internal sealed class ObservedBackend(IMetricsBackend inner, ReadVersions versions) : IMetricsBackend
{
    public async ValueTask<WriteOutcome> AppendAsync(WriteRequest request, CancellationToken cancel)
    {
        using var span = Spans.Source.StartActivity("append");
        span?.SetTag("headroom.samples", request.Count);
        try
        {
            return await inner.AppendAsync(request, cancel);
        }
        finally
        {
            // Whatever became of it: a write that failed half way may show all the same.
            versions.Wrote(request);
        }
    }

    public ValueTask<QueryResult> QueryAsync(string expression, long time, CancellationToken cancel) => QueryAsync(expression, time, QueryOptions.Default, cancel);

    public async ValueTask<QueryResult> QueryAsync(string expression, long time, QueryOptions options, CancellationToken cancel)
    {
        using var span = Spans.Source.StartActivity("query");
        span?.SetTag("headroom.query", expression);
        return await Failing(span, inner.QueryAsync(expression, time, options, cancel));
    }

    public ValueTask<QueryResult> QueryRangeAsync(string expression, long start, long end, long step, CancellationToken cancel) =>
        QueryRangeAsync(expression, start, end, step, QueryOptions.Default, cancel);

    public async ValueTask<QueryResult> QueryRangeAsync(string expression, long start, long end, long step, QueryOptions options, CancellationToken cancel)
    {
        using var span = Spans.Source.StartActivity("query_range");
        span?.SetTag("headroom.query", expression).SetTag("headroom.points", step > 0 ? ((end - start) / step) + 1 : 0);
        return await Failing(span, inner.QueryRangeAsync(expression, start, end, step, options, cancel));
    }

    public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, int limit, CancellationToken cancel) =>
        inner.SeriesAsync(selectors, start, end, limit, cancel);

    public ValueTask<IReadOnlyList<string>> LabelNamesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) =>
        inner.LabelNamesAsync(selectors, start, end, cancel);

    public ValueTask<IReadOnlyList<string>> LabelValuesAsync(string name, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) =>
        inner.LabelValuesAsync(name, selectors, start, end, cancel);

    public ValueTask<IReadOnlyList<MetricMetadata>> MetadataAsync(string? metric, int limit, CancellationToken cancel) => inner.MetadataAsync(metric, limit, cancel);

    public ValueTask<IReadOnlyList<Exemplar>> ExemplarsAsync(string expression, long start, long end, CancellationToken cancel) =>
        inner.ExemplarsAsync(expression, start, end, cancel);

    private static async ValueTask<QueryResult> Failing(Activity? span, ValueTask<QueryResult> asked)
    {
        try
        {
            return await asked;
        }
        catch (Exception error)
        {
            span?.SetStatus(ActivityStatusCode.Error, error.Message);
            throw;
        }
    }
}
