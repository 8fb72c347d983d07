using Google.Protobuf;
using Headroom.Metrics.Ingest.Otlp;
using Headroom.Metrics.Tests.Ingest.Otlp.Oracle;
using static Headroom.Metrics.Tests.Ingest.Otlp.Messages;

namespace Headroom.Metrics.Tests.Ingest.Otlp;

public sealed class MetricsRejectionTests
{
    private const AggregationTemporality Cumulative = AggregationTemporality.Cumulative;

    public static TheoryData<string, string, byte[]> Bad()
    {
        var noCounts = Buckets([1, 2], [1, 1, 1], 3);
        noCounts.BucketCounts.RemoveAt(0);
        var wrongCount = Buckets([1], [1, 1], 3);
        wrongCount.Count = 7;
        var tooFew = Exponential(3, 0, [5]);
        tooFew.Count = 4;
        var badThreshold = Exponential(3, 0, [1]);
        badThreshold.ZeroThreshold = -1;
        var nameless = Number(1);
        nameless.Attributes.Add(Pair("", "x"));
        var deep = new AnyValue { StringValue = "x" };
        for (int i = 0; i < 20; i++) deep = new AnyValue { ArrayValue = new ArrayValue { Values = { deep } } };
        var nested = Number(1);
        nested.Attributes.Add(new KeyValue { Key = "deep", Value = deep });
        var bad = new (string Code, string Reason, Metric Metric)[]
        {
            ("no-time", "time_unix_nano", Gauge("m", new NumberDataPoint { AsDouble = 1 })),
            ("time-out-of-range", "2262", Gauge("m", new NumberDataPoint { AsDouble = 1, TimeUnixNano = ulong.MaxValue })),
            ("no-value", "no value", Gauge("m", new NumberDataPoint { TimeUnixNano = Nanos(Now) })),
            ("too-many-labels", "10000 attributes", Gauge("m", Number(1, Now, 0, [.. Enumerable.Range(0, 10_000).Select(i => ($"a{i}", "v"))]))),
            ("too-many-labels", "at most 40", Gauge("m", Number(1, Now, 0, [.. Enumerable.Range(0, 39).Select(i => ($"a{i}", "v"))]))),
            ("label-value-too-long", "'a'", Gauge("m", Number(1, Now, 0, ("a", new string('v', 5000))))),
            ("label-name-too-long", "1024", Gauge("m", Number(1, Now, 0, (new string('n', 1100), "v")))),
            ("bad-attribute-name", "'…'", Gauge("m", Number(1, Now, 0, ("…", "v")))),
            ("empty-attribute-name", "no name", Gauge("m", nameless)),
            ("nested-too-deeply", "16", Gauge("m", nested)),
            ("bad-metric-name", "no character", Gauge("…", Number(1))),
            ("no-temporality", "neither", Sum("m", AggregationTemporality.Unspecified, true, Number(1))),
            ("bad-histogram", "2 bucket counts and 2 bounds", Explicit("m", Cumulative, noCounts)),
            ("bad-histogram", "count is 7", Explicit("m", Cumulative, wrongCount)),
            ("bad-histogram", "ascend", Explicit("m", Cumulative, Buckets([2, 1], [1, 1, 1], 3))),
            ("bad-histogram", "ascend", Explicit("m", Cumulative, Buckets([double.NaN], [1, 1], 3))),
            ("too-many-buckets", "1024", Explicit("m", Cumulative, Buckets([.. Enumerable.Range(0, 2000).Select(i => (double)i)], new ulong[2001], 3))),
            ("scale-too-low", "-5", Exponential("m", Cumulative, Exponential(-5, 0, [1]))),
            ("bad-histogram", "index", Exponential("m", Cumulative, Exponential(0, 2000, [1]))),
            ("bad-histogram", "count is 4", Exponential("m", Cumulative, tooFew)),
            ("bad-histogram", "zero_threshold", Exponential("m", Cumulative, badThreshold)),
            ("too-many-buckets", "65536", Exponential("m", Cumulative, Exponential(15, 0, [.. Enumerable.Repeat(1UL, 70_000)]))),
            ("bad-summary", "between 0 and 1", new Metric { Name = "m", Summary = new Summary { DataPoints = { new SummaryDataPoint { TimeUnixNano = Nanos(Now), QuantileValues = { new SummaryDataPoint.Types.ValueAtQuantile { Quantile = 99 } } } } } }),
            ("negative-delta", "negative", Delta("m", Number(-1, Now, Now - 1))),
            ("not-finite", "finite", Delta("m", Number(double.NaN, Now, Now - 1))),
        };
        return [.. bad.Select(b => (b.Code, b.Reason, b.Metric.ToByteArray()))];
    }

    [Theory, MemberData(nameof(Bad))]
    public async Task A_bad_point_is_counted_with_its_reason_and_costs_nobody_else(string code, string reason, byte[] metric)
    {
        var bad = Metric.Parser.ParseFrom(metric);
        var (store, report) = await ImportAsync(Request(Gauge("before", Number(1)), bad, Gauge("after", Number(2))));
        Assert.Null(report.Refusal);
        Assert.Equal((3, 1), (report.Items, report.Rejected));
        Assert.Equal(new Dictionary<string, int> { [code] = 1 }, report.Reasons);
        Assert.StartsWith($"1 data point was not kept: 1 × {code} (metric '{bad.Name}': ", report.Message, StringComparison.Ordinal);
        Assert.Contains(reason, report.Message, StringComparison.Ordinal);
        Assert.Equal(["before", "after"], store.Samples.Select(s => s.Labels.Name));
        Assert.Empty(store.Histograms);
    }

    [Fact]
    public async Task What_the_store_refuses_counts_by_data_point_and_not_by_sample()
    {
        var (store, report) = await ImportAsync(Request(Explicit("h", Cumulative, Buckets([1, 2, 3], [1, 1, 1, 1], 4)), Gauge("g", Number(1))), refuse: labels => labels.Name == "h_bucket" ? "duplicate-timestamp" : null);
        Assert.Equal((2, 1), (report.Items, report.Rejected));
        Assert.Equal(new Dictionary<string, int> { ["duplicate-timestamp"] = 1 }, report.Reasons);
        Assert.Equal(3, store.Samples.Count);
    }

    [Fact]
    public async Task The_start_of_a_count_and_target_info_are_nobodys_data_point()
    {
        var (_, report) = await ImportAsync(
            Request(Service("shop", ("host.name", "h")), Counter("c", Number(1, Now, Now - 1000))),
            refuse: labels => labels.Name == "target_info" ? "too-many-series" : null);
        Assert.Equal((1, 0, ""), (report.Items, report.Rejected, report.Message));
    }

    [Fact]
    public async Task More_refusals_than_the_store_lists_are_all_counted()
    {
        var (_, report) = await ImportAsync(Request(Gauge("g", [.. Enumerable.Range(0, 250).Select(i => Number(i, Now + i))])), refuse: _ => "too-old");
        Assert.Equal(250, report.Rejected);
        Assert.Equal(100, report.Reasons["too-old"]);
    }

    [Fact]
    public async Task A_request_comes_to_no_more_than_it_may()
    {
        var (store, report) = await ImportAsync(Request(Gauge("g", [.. Enumerable.Range(0, 100).Select(i => Number(i, Now + i))])), new OtlpOptions { MaxRequestItems = 60 });
        Assert.Equal((60, 40), (store.Samples.Count, report.Reasons["request-too-large"]));
    }

    [Fact]
    public async Task Damage_within_a_point_costs_the_point()
    {
        byte[] bytes = Request(Gauge("g", Number(1), Number(2, Now + 1))).ToByteArray();
        // The tag of the first point's time becomes a group, which no OTLP message has.
        int at = bytes.AsSpan().IndexOf([(byte)25, .. BitConverter.GetBytes(Nanos(Now))]);
        bytes[at] = 27;
        var store = new RecordingBackend();
        var report = await new OtlpMetricsImporter(new OtlpOptions(), store, Clock).ImportAsync(bytes, OtlpEncoding.Protobuf, TestContext.Current.CancellationToken);
        Assert.Equal((2, 1, 1), (report.Items, report.Reasons["malformed"], store.Samples.Count));
    }

    [Fact]
    public async Task Damage_around_points_refuses_the_body_with_its_place()
    {
        byte[] bytes = Request(Gauge("g", Number(1))).ToByteArray();
        var store = new RecordingBackend();
        var importer = new OtlpMetricsImporter(new OtlpOptions(), store, Clock);
        var report = await importer.ImportAsync(bytes.AsMemory(0, bytes.Length - 1), OtlpEncoding.Protobuf, TestContext.Current.CancellationToken);
        Assert.Equal("otlp-malformed", report.Refusal!.Code);
        Assert.Contains("byte", report.Refusal.Where!, StringComparison.Ordinal);
        Assert.Empty(store.Samples);
    }

    [Fact]
    public async Task An_empty_request_is_fine()
    {
        var (store, report) = await ImportAsync(new ExportMetricsServiceRequest());
        Assert.Equal((0, 0, 0), (report.Items, report.Rejected, store.Requests));
    }
}
