using System.Net;
using System.Text;
using Headroom.Metrics.Ingest.Sources;
using Headroom.Metrics.PromQL;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.Ingest.Sources;

/// <summary>A backend that keeps what is written, and can be told to fail.</summary>
internal sealed class WrittenSamples : IMetricsBackend
{
    public List<FloatSample> Samples { get; } = [];

    public List<Exemplar> Exemplars { get; } = [];

    public List<MetricMetadata> Metadata { get; } = [];

    public int Appends { get; private set; }

    public Exception? Failure { get; set; }

    public ValueTask<WriteOutcome> AppendAsync(WriteRequest request, CancellationToken cancel)
    {
        if (Failure is { } failure) return ValueTask.FromException<WriteOutcome>(failure);
        Appends++;
        Samples.AddRange(request.Samples);
        Exemplars.AddRange(request.Exemplars);
        Metadata.AddRange(request.Metadata);
        return ValueTask.FromResult(new WriteOutcome(request.Count, 0, [], 0));
    }

    /// <summary>Values of a metric in the order written; stale markers as null.</summary>
    public IEnumerable<double?> Of(string metric) => Samples.Where(s => s.Labels.Name == metric).Select(s => StaleMarker.IsStale(s.Value) ? (double?)null : s.Value);

    public Labels LabelsOf(string metric) => Samples.Last(s => s.Labels.Name == metric).Labels;

    public ValueTask<QueryResult> QueryAsync(string expression, long time, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<QueryResult> QueryRangeAsync(string expression, long start, long end, long step, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, int limit, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<string>> LabelNamesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<string>> LabelValuesAsync(string name, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<MetricMetadata>> MetadataAsync(string? metric, int limit, CancellationToken cancel) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Exemplar>> ExemplarsAsync(string expression, long start, long end, CancellationToken cancel) => throw new NotSupportedException();
}

internal static class TimeAdvance
{
    /// <summary>
    /// Advances where continuations run in line: on the test's own thread the framework would queue them, and a timer
    /// they set would be set too late.
    /// </summary>
    public static Task AdvanceAsync(this VirtualTimeProvider time, TimeSpan by) => Task.Run(() => time.Advance(by));
}

/// <summary>Writes down what it hears.</summary>
internal sealed class HeardEvents : ISourceObserver
{
    public List<string> Events { get; } = [];

    public void Failed(string source, string reason) => Events.Add($"failed {source}: {reason}");

    public void Recovered(string source) => Events.Add($"recovered {source}");

    public void Rejected(string source, long samples, string firstReason) => Events.Add($"rejected {source} {samples}: {firstReason}");

    public void Collected(string source, long samples) { }
}

/// <summary>A network whose answers a test gives.</summary>
internal sealed class ScriptedHttp(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    public List<HttpRequestMessage> Requests { get; } = [];

    public static HttpResponseMessage Text(string body, string contentType = "text/plain; version=0.0.4")
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        response.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return response;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        return answer(request, cancellationToken);
    }
}
