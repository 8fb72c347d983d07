using Google.Protobuf;
using Headroom.Metrics.Ingest.Otlp;
using Headroom.Metrics.Tests.Ingest.Otlp.Oracle;
using Headroom.TestKit;
using Resource = Headroom.Metrics.Tests.Ingest.Otlp.Oracle.Resource;

namespace Headroom.Metrics.Tests.Ingest.Otlp;

/// <summary>Short ways to make OTLP messages, and to import them.</summary>
internal static class Messages
{
    /// <summary>The instant at which these tests live, Unix milliseconds.</summary>
    public const long Now = 1_767_225_600_000;

    public static VirtualTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(Now));

    public static ulong Nanos(long milliseconds) => (ulong)milliseconds * 1_000_000;

    public static KeyValue Pair(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    public static Resource Service(string? name = "shop", params (string Key, string Value)[] more)
    {
        var resource = new Resource();
        if (name is not null) resource.Attributes.Add(Pair("service.name", name));
        foreach (var (key, value) in more) resource.Attributes.Add(Pair(key, value));
        return resource;
    }

    public static ExportMetricsServiceRequest Request(params ReadOnlySpan<Metric> metrics) => Request(Service(), metrics);

    public static ExportMetricsServiceRequest Request(Resource resource, params ReadOnlySpan<Metric> metrics)
    {
        var scope = new ScopeMetrics { Scope = new InstrumentationScope { Name = "tests", Version = "1.2" }, SchemaUrl = "https://example.com/schema" };
        foreach (var metric in metrics) scope.Metrics.Add(metric);
        return new ExportMetricsServiceRequest { ResourceMetrics = { new ResourceMetrics { Resource = resource, ScopeMetrics = { scope } } } };
    }

    public static NumberDataPoint Number(double value, long time = Now, long start = 0, params (string Key, string Value)[] attributes)
    {
        var point = new NumberDataPoint { AsDouble = value, TimeUnixNano = Nanos(time), StartTimeUnixNano = Nanos(start) };
        foreach (var (key, text) in attributes) point.Attributes.Add(Pair(key, text));
        return point;
    }

    public static Metric Gauge(string name, params NumberDataPoint[] points) => new() { Name = name, Gauge = new Gauge { DataPoints = { points } } };

    public static Metric Counter(string name, params NumberDataPoint[] points) => Sum(name, AggregationTemporality.Cumulative, true, points);

    public static Metric Delta(string name, params NumberDataPoint[] points) => Sum(name, AggregationTemporality.Delta, true, points);

    public static Metric Sum(string name, AggregationTemporality temporality, bool monotonic, params NumberDataPoint[] points) =>
        new() { Name = name, Sum = new Sum { AggregationTemporality = temporality, IsMonotonic = monotonic, DataPoints = { points } } };

    public static Metric Explicit(string name, AggregationTemporality temporality, params HistogramDataPoint[] points) =>
        new() { Name = name, Histogram = new Oracle.Histogram { AggregationTemporality = temporality, DataPoints = { points } } };

    public static HistogramDataPoint Buckets(double[] bounds, ulong[] counts, double? sum, long time = Now, long start = 0)
    {
        var point = new HistogramDataPoint { TimeUnixNano = Nanos(time), StartTimeUnixNano = Nanos(start), Count = counts.Aggregate(0UL, (a, b) => a + b), ExplicitBounds = { bounds }, BucketCounts = { counts } };
        if (sum is { } value) point.Sum = value;
        return point;
    }

    public static Metric Exponential(string name, AggregationTemporality temporality, params ExponentialHistogramDataPoint[] points) =>
        new() { Name = name, ExponentialHistogram = new ExponentialHistogram { AggregationTemporality = temporality, DataPoints = { points } } };

    public static ExponentialHistogramDataPoint Exponential(int scale, int offset, ulong[] positive, long time = Now, long start = 0, ulong zeros = 0) => new()
    {
        TimeUnixNano = Nanos(time), StartTimeUnixNano = Nanos(start), Scale = scale, ZeroCount = zeros, Sum = 12.5,
        Count = zeros + positive.Aggregate(0UL, (a, b) => a + b),
        Positive = new ExponentialHistogramDataPoint.Types.Buckets { Offset = offset, BucketCounts = { positive } },
    };

    public static async Task<(RecordingBackend Store, OtlpReport Report)> ImportAsync(ExportMetricsServiceRequest request, OtlpOptions? options = null, Func<Labels, string?>? refuse = null)
    {
        var store = new RecordingBackend(refuse);
        var report = await new OtlpMetricsImporter(options ?? new OtlpOptions(), store, Clock).ImportAsync(request.ToByteArray(), OtlpEncoding.Protobuf, TestContext.Current.CancellationToken);
        return (store, report);
    }

    public static ValueTask<OtlpReport> ImportAsync(this OtlpMetricsImporter importer, ExportMetricsServiceRequest request) =>
        importer.ImportAsync(request.ToByteArray(), OtlpEncoding.Protobuf, TestContext.Current.CancellationToken);
}
