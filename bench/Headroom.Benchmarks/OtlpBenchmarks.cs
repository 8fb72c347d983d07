using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Headroom.Metrics;
using Headroom.Metrics.Ingest.Otlp;
using Headroom.Metrics.PromQL;

namespace Headroom.Benchmarks;

/// <summary>What it costs to read one OTLP data point or span, the store apart. All figures are per point.</summary>
[MemoryDiagnoser]
public class OtlpBenchmarks
{
    private const int Points = 10_000;
    private const string Time = "\"timeUnixNano\":\"1767225600000000000\"";
    private const string Resource = "\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"shop\"}},{\"key\":\"service.instance.id\",\"value\":{\"stringValue\":\"pod-1\"}}]}";

    private readonly OtlpMetricsImporter _metrics = new(new OtlpOptions(), new Discard(), TimeProvider.System);
    private readonly OtlpTracesImporter _traces = new(new OtlpOptions(), new Discard(), TimeProvider.System);
    private byte[] _json = [];
    private byte[] _numbers = [];
    private byte[] _histograms = [];
    private byte[] _exponential = [];
    private byte[] _spans = [];

    [GlobalSetup]
    public void Setup()
    {
        string numbers = Metrics("\"gauge\"", "", i => $"\"asDouble\":{i}.5");
        _json = Encoding.UTF8.GetBytes(numbers);
        _numbers = Protobuf(numbers, OtlpSchema.Metrics);
        _histograms = Protobuf(Metrics("\"histogram\"", ",\"aggregationTemporality\":2", _ => "\"count\":60,\"sum\":1.5,\"explicitBounds\":[0.005,0.01,0.025,0.05,0.1,0.25,0.5,1,2.5,5,10],\"bucketCounts\":[5,5,5,5,5,5,5,5,5,5,5,5]"), OtlpSchema.Metrics);
        string counts = string.Join(',', Enumerable.Range(1, 80));
        _exponential = Protobuf(Metrics("\"exponentialHistogram\"", ",\"aggregationTemporality\":2", _ => $"\"count\":3240,\"sum\":1.5,\"scale\":4,\"positive\":{{\"offset\":-60,\"bucketCounts\":[{counts}]}}"), OtlpSchema.Metrics);
        string spans = string.Join(',', Enumerable.Range(0, Points).Select(i => $"{{\"traceId\":\"{i + 1:x32}\",\"spanId\":\"{i + 1:x16}\",\"name\":\"GET /products/{i % 50}\",\"kind\":2,\"startTimeUnixNano\":\"1767225599900000000\",\"endTimeUnixNano\":\"{1767225600000000000 + i}\"}}"));
        _spans = Protobuf($"{{\"resourceSpans\":[{{{Resource},\"scopeSpans\":[{{\"spans\":[{spans}]}}]}}]}}", OtlpSchema.Traces);
    }

    [Benchmark(OperationsPerInvoke = Points)]
    public async Task<int> Numbers() => (await _metrics.ImportAsync(_numbers, OtlpEncoding.Protobuf, default)).Samples;

    [Benchmark(OperationsPerInvoke = Points)]
    public async Task<int> Numbers_in_JSON() => (await _metrics.ImportAsync(_json, OtlpEncoding.Json, default)).Samples;

    [Benchmark(OperationsPerInvoke = Points)]
    public async Task<int> Histograms_of_12_buckets() => (await _metrics.ImportAsync(_histograms, OtlpEncoding.Protobuf, default)).Samples;

    [Benchmark(OperationsPerInvoke = Points)]
    public async Task<int> Exponential_histograms_of_80_buckets() => (await _metrics.ImportAsync(_exponential, OtlpEncoding.Protobuf, default)).Samples;

    [Benchmark(OperationsPerInvoke = Points)]
    public async Task<int> Spans() => (await _traces.ImportAsync(_spans, OtlpEncoding.Protobuf, default)).Samples;

    private static string Metrics(string data, string more, Func<int, string> value)
    {
        string points = string.Join(',', Enumerable.Range(0, Points).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"{{{Time},{value(i)},\"attributes\":[{{\"key\":\"http.request.method\",\"value\":{{\"stringValue\":\"GET\"}}}},{{\"key\":\"http.route\",\"value\":{{\"stringValue\":\"/products/{i}\"}}}},{{\"key\":\"http.response.status_code\",\"value\":{{\"intValue\":\"200\"}}}}]}}")));
        return $"{{\"resourceMetrics\":[{{{Resource},\"scopeMetrics\":[{{\"metrics\":[{{\"name\":\"http.server.request.duration\",\"unit\":\"s\",{data}:{{\"dataPoints\":[{points}]{more}}}}}]}}]}}]}}";
    }

    private static byte[] Protobuf(string json, OtlpSchema schema)
    {
        using var message = new OtlpJson(int.MaxValue).Transcode(Encoding.UTF8.GetBytes(json), schema);
        return message.Refusal is { } refusal ? throw new InvalidOperationException(refusal.What) : message.Bytes.ToArray();
    }

    /// <summary>Accepts everything and keeps nothing.</summary>
    private sealed class Discard : IMetricsBackend
    {
        public ValueTask<WriteOutcome> AppendAsync(WriteRequest request, CancellationToken cancel) => ValueTask.FromResult(new WriteOutcome(request.Count, 0, [], 0));

        public ValueTask<QueryResult> QueryAsync(string expression, long time, CancellationToken cancel) => ValueTask.FromResult(new QueryResult(new MatrixValue([])));

        public ValueTask<QueryResult> QueryRangeAsync(string expression, long start, long end, long step, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<Labels>> SeriesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, int limit, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<string>> LabelNamesAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<string>> LabelValuesAsync(string name, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<MetricMetadata>> MetadataAsync(string? metric, int limit, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<Exemplar>> ExemplarsAsync(string expression, long start, long end, CancellationToken cancel) => throw new NotSupportedException();
    }
}
