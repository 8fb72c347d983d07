using Google.Protobuf;
using Headroom.Metrics.Ingest.Otlp;
using Headroom.Metrics.Tests.Ingest.Otlp.Oracle;
using static Headroom.Metrics.Tests.Ingest.Otlp.Messages;

namespace Headroom.Metrics.Tests.Ingest.Otlp;

/// <summary>The budget that keeps OTLP ingest fast: points of known series allocate nothing.</summary>
public sealed class OtlpAllocationTests
{
    private const int Points = 20_000;

    // What a request costs as such: a report, a task. One object for every fiftieth point would exceed it.
    private const long PerRequest = Points * 24L / 50;

    public static TheoryData<string> Kinds => ["gauge", "counter", "delta", "histogram", "delta histogram", "summary", "spans"];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Points_of_known_series_allocate_nothing(string kind)
    {
        var backend = new DiscardingBackend();
        var metrics = new OtlpMetricsImporter(new OtlpOptions(), backend, Clock);
        var traces = new OtlpTracesImporter(new OtlpOptions { SlowestSpansPerSlot = 0 }, backend, Clock);
        Func<byte[], ValueTask<OtlpReport>> import = body => kind == "spans"
            ? traces.ImportAsync(body, OtlpEncoding.Protobuf, TestContext.Current.CancellationToken)
            : metrics.ImportAsync(body, OtlpEncoding.Protobuf, TestContext.Current.CancellationToken);
        for (int round = 0; round < 3; round++) await import(Body(kind, round));
        byte[] measured = Body(kind, 3);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var report = await import(measured);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal((Points, 0), (report.Items, report.Rejected));
        Assert.InRange(allocated, 0, PerRequest);
    }

    private static byte[] Body(string kind, int round)
    {
        long end = Now + ((round + 1) * 1000), start = Now + (round * 1000);
        (string, string)[] Of(int i) => [("http.method", i % 2 == 0 ? "GET" : "POST"), ("host", $"host-{i}")];
        HistogramDataPoint Histogram(int i, long begin)
        {
            var point = Buckets([0.1, 0.5, 1], [1, 2, 3, 4], 5, end, begin);
            foreach (var (key, value) in Of(i)) point.Attributes.Add(Pair(key, value));
            return point;
        }
        var all = Enumerable.Range(0, Points);
        if (kind == "spans")
        {
            return new ExportTraceServiceRequest
            {
                ResourceSpans = { new ResourceSpans { Resource = Service(), ScopeSpans = { new ScopeSpans { Spans = { all.Select(i => new Span { Name = $"op {i % 50}", StartTimeUnixNano = Nanos(start), EndTimeUnixNano = Nanos(end), TraceId = ByteString.CopyFrom(new byte[16]) }) } } } } },
            }.ToByteArray();
        }
        return Request(kind switch
        {
            "gauge" => Gauge("g", [.. all.Select(i => Number(i, end, 0, Of(i)))]),
            "counter" => Counter("c", [.. all.Select(i => Number(i, end, Now - 1000, Of(i)))]),
            "delta" => Delta("d", [.. all.Select(i => Number(i, end, start, Of(i)))]),
            "histogram" => Explicit("h", AggregationTemporality.Cumulative, [.. all.Select(i => Histogram(i, Now - 1000))]),
            "delta histogram" => Explicit("h", AggregationTemporality.Delta, [.. all.Select(i => Histogram(i, start))]),
            _ => new Metric
            {
                Name = "s",
                Summary = new Summary { DataPoints = { all.Select(i => new SummaryDataPoint { TimeUnixNano = Nanos(end), Count = 1, Sum = 1, QuantileValues = { new SummaryDataPoint.Types.ValueAtQuantile { Quantile = 0.5, Value = i } }, Attributes = { Of(i).Select(a => Pair(a.Item1, a.Item2)) } }) } },
            },
        }).ToByteArray();
    }
}
