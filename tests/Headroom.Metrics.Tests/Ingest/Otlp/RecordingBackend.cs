using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.PromQL;

namespace Headroom.Metrics.Tests.Ingest.Otlp;

/// <summary>Stands where the store stands and knows nothing of before.</summary>
internal abstract class EmptyBackend : IMetricsBackend
{
    public abstract ValueTask<WriteOutcome> AppendAsync(WriteRequest request, CancellationToken cancel);

    public virtual ValueTask<QueryResult> QueryAsync(string expression, long time, CancellationToken cancel) => ValueTask.FromResult(new QueryResult(new MatrixValue([])));

    public ValueTask<QueryResult> QueryRangeAsync(string expression, long start, long end, long step, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, int limit, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<string>> LabelNamesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<string>> LabelValuesAsync(string name, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<MetricMetadata>> MetadataAsync(string? metric, int limit, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Exemplar>> ExemplarsAsync(string expression, long start, long end, CancellationToken cancel) => throw new NotSupportedException();
}

/// <summary>Accepts everything and keeps nothing.</summary>
internal sealed class DiscardingBackend : EmptyBackend
{
    public override ValueTask<WriteOutcome> AppendAsync(WriteRequest request, CancellationToken cancel) => ValueTask.FromResult(new WriteOutcome(request.Count, 0, [], 0));
}

/// <summary>Keeps what is written, and refuses what it is told to.</summary>
internal sealed class RecordingBackend(Func<Labels, string?>? refuse = null) : EmptyBackend
{
    public List<FloatSample> Samples { get; } = [];

    public List<Observation> Observations { get; } = [];

    public List<HistogramSample> Histograms { get; } = [];

    public List<Exemplar> Exemplars { get; } = [];

    public List<MetricMetadata> Metadata { get; } = [];

    public int Requests { get; private set; }

    /// <summary>When set, every write fails with it.</summary>
    public Problem? Down { get; set; }

    /// <summary>Each float sample as <c>series value time</c>.</summary>
    public IEnumerable<string> Lines => Samples.Select(s => FormattableString.Invariant($"{s.Labels} {(StaleMarker.IsStale(s.Value) ? "stale" : s.Value)} {s.Time}"));

    public override ValueTask<WriteOutcome> AppendAsync(WriteRequest request, CancellationToken cancel)
    {
        if (Down is { } problem) throw new ProblemException(problem);
        Requests++;
        var rejections = new List<WriteRejection>();
        Take(request.Samples, s => s.Labels, SampleKind.Float, Samples, rejections);
        Take(request.Observations, o => o.Labels, SampleKind.Observation, Observations, rejections);
        Take(request.Histograms, h => h.Labels, SampleKind.Histogram, Histograms, rejections);
        Exemplars.AddRange(request.Exemplars);
        Metadata.AddRange(request.Metadata);
        return ValueTask.FromResult(new WriteOutcome(request.Count - rejections.Count, 0, [.. rejections.Take(100)], rejections.Count));
    }

    private void Take<T>(List<T> given, Func<T, Labels> labels, SampleKind kind, List<T> kept, List<WriteRejection> rejections)
    {
        for (int i = 0; i < given.Count; i++)
        {
            if (refuse?.Invoke(labels(given[i])) is { } code) rejections.Add(new WriteRejection(kind, i, code, "refused by the store"));
            else kept.Add(given[i]);
        }
    }
}
