using Headroom.Metrics;
using Headroom.Metrics.PromQL;

namespace Headroom.Objectives.Tests;

/// <summary>Answers queries from functions of time; a query it does not know finds nothing.</summary>
internal sealed class FakeBackend : IMetricsBackend
{
    private readonly Dictionary<string, Func<long, QueryValue>> _answers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PromqlException> _failures = new(StringComparer.Ordinal);

    public List<string> Warnings { get; } = [];

    public List<(string Query, long Start, long End, long Step)> Ranges { get; } = [];

    /// <summary>A query with one value, or none where the function gives null.</summary>
    public FakeBackend Gives(string query, Func<long, double?> value) => Answers(query, t => value(t) is { } v ? new VectorValue([new VectorSample(Labels.Empty, t, v)]) : new VectorValue([]));

    public FakeBackend Gives(string query, double value) => Gives(query, _ => value);

    public FakeBackend Gives(string query, params (string Service, Func<long, double?> Value)[] series) => Answers(query, t => new VectorValue(
        [.. series.Select(s => (s.Service, Value: s.Value(t))).Where(s => s.Value is not null)
            .Select(s => new VectorSample(Labels.From(new Label("service", s.Service)), t, s.Value!.Value))]));

    public FakeBackend Answers(string query, Func<long, QueryValue> answer)
    {
        _answers[query] = answer;
        return this;
    }

    public FakeBackend Fails(string query, string message)
    {
        _failures[query] = new PromqlException(message);
        return this;
    }

    public ValueTask<QueryResult> QueryAsync(string expression, long time, CancellationToken cancel)
    {
        if (_failures.TryGetValue(expression, out var failure)) throw failure;
        return new(new QueryResult(_answers.TryGetValue(expression, out var answer) ? answer(time) : new VectorValue([]), Warnings, []));
    }

    public ValueTask<QueryResult> QueryRangeAsync(string expression, long start, long end, long step, CancellationToken cancel)
    {
        if (_failures.TryGetValue(expression, out var failure)) throw failure;
        Ranges.Add((expression, start, end, step));
        var series = new Dictionary<Labels, List<Point>>();
        for (long t = start; t <= end; t += step)
        {
            var value = _answers.TryGetValue(expression, out var answer) ? answer(t) : new VectorValue([]);
            IEnumerable<VectorSample> samples = value switch
            {
                VectorValue vector => vector.Samples,
                ScalarValue scalar => [new VectorSample(Labels.Empty, t, scalar.Value)],
                _ => [],
            };
            foreach (var sample in samples)
            {
                if (!series.TryGetValue(sample.Labels, out var points)) series[sample.Labels] = points = [];
                points.Add(new Point(t, sample.Value, sample.Histogram));
            }
        }
        return new(new QueryResult(new MatrixValue([.. series.OrderBy(s => s.Key).Select(s => new MatrixSeries(s.Key, s.Value))]), Warnings, []));
    }

    public ValueTask<WriteOutcome> AppendAsync(WriteRequest request, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, int limit, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<string>> LabelNamesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<string>> LabelValuesAsync(string name, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<MetricMetadata>> MetadataAsync(string? metric, int limit, CancellationToken cancel) => new([]);

    public ValueTask<IReadOnlyList<Exemplar>> ExemplarsAsync(string expression, long start, long end, CancellationToken cancel) => new([]);
}
