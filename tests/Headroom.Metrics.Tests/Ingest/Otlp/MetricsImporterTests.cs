using Google.Protobuf;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.Ingest.Otlp;
using Headroom.Metrics.Tests.Ingest.Otlp.Oracle;
using static Headroom.Metrics.Tests.Ingest.Otlp.Messages;

namespace Headroom.Metrics.Tests.Ingest.Otlp;

public sealed class MetricsImporterTests
{
    private const AggregationTemporality Cumulative = AggregationTemporality.Cumulative;

    [Fact]
    public async Task A_gauge_becomes_a_sample_with_its_service()
    {
        var (store, report) = await ImportAsync(Request(Gauge("queue.depth", Number(7, Now, 0, ("queue.name", "mail")))));
        Assert.Equal([$"queue_depth{{job=\"shop\",queue_name=\"mail\",service=\"shop\"}} 7 {Now}"], store.Lines);
        Assert.Equal((1, 0, "", 1), (report.Items, report.Rejected, report.Message, report.Samples));
        Assert.Equal([new MetricMetadata("queue_depth", "gauge", "", "")], store.Metadata);
    }

    [Fact]
    public async Task Integers_are_values_too()
    {
        var point = new NumberDataPoint { AsInt = -42, TimeUnixNano = Nanos(Now) };
        Assert.Equal([$"level{{job=\"shop\",service=\"shop\"}} -42 {Now}"], (await ImportAsync(Request(Gauge("level", point)))).Store.Lines);
    }

    [Fact]
    public async Task Job_and_instance_come_from_the_service_and_target_info_from_the_rest()
    {
        var resource = Service("cart", ("service.namespace", "shop"), ("service.instance.id", "pod-1"), ("host.name", "h1"), ("k8s.pod.uid", "u"));
        var (store, _) = await ImportAsync(Request(resource, Gauge("g", Number(1, Now - 200_000), Number(2, Now))));
        const string Who = "instance=\"pod-1\",job=\"shop/cart\"";
        Assert.Equal(
            [
                $"g{{{Who},service=\"cart\"}} 1 {Now - 200_000}", $"g{{{Who},service=\"cart\"}} 2 {Now}",
                $"target_info{{host_name=\"h1\",{Who},k8s_pod_uid=\"u\",service=\"cart\"}} 1 {Now - 200_000}",
                $"target_info{{host_name=\"h1\",{Who},k8s_pod_uid=\"u\",service=\"cart\"}} 1 {Now - 50_000}",
                $"target_info{{host_name=\"h1\",{Who},k8s_pod_uid=\"u\",service=\"cart\"}} 1 {Now}",
            ],
            store.Lines);
    }

    [Fact]
    public async Task A_service_without_a_name_is_unknown_and_has_no_job()
    {
        var (store, _) = await ImportAsync(Request(Service(null, ("host.name", "h1")), Gauge("g", Number(1))));
        Assert.Equal([$"g{{service=\"unknown_service\"}} 1 {Now}"], store.Lines);
    }

    [Fact]
    public async Task An_attribute_that_would_hide_a_label_of_the_service_keeps_its_value_under_another_name()
    {
        var (store, _) = await ImportAsync(Request(Gauge("g", Number(1, Now, 0, ("service", "x"), ("job", "y"), ("__name__", "z")))));
        Assert.Equal([$"g{{exported_job=\"y\",exported_service=\"x\",job=\"shop\",service=\"shop\"}} 1 {Now}"], store.Lines);
    }

    [Fact]
    public async Task Attributes_that_become_one_label_are_joined_in_the_order_of_their_names()
    {
        var (store, _) = await ImportAsync(Request(Gauge("g", Number(1, Now, 0, ("a_b", "2"), ("a.b", "1"), ("a/b", "")))));
        Assert.Equal([$"g{{a_b=\"1;;2\",job=\"shop\",service=\"shop\"}} 1 {Now}"], store.Lines);
    }

    [Fact]
    public async Task Values_of_every_kind_become_text()
    {
        var point = Number(1);
        void Add(string key, AnyValue value) => point.Attributes.Add(new KeyValue { Key = key, Value = value });
        Add("a", new AnyValue { BoolValue = true });
        Add("b", new AnyValue { IntValue = -5 });
        Add("c", new AnyValue { DoubleValue = 0.5 });
        Add("d", new AnyValue { BytesValue = ByteString.CopyFrom(1, 2, 3) });
        Add("e", new AnyValue { ArrayValue = new ArrayValue { Values = { new AnyValue { StringValue = "x\"y" }, new AnyValue { IntValue = 2 }, new AnyValue() } } });
        Add("f", new AnyValue { KvlistValue = new KeyValueList { Values = { Pair("k", "v") } } });
        var labels = (await ImportAsync(Request(Gauge("g", point)))).Store.Samples[0].Labels;
        Assert.Equal(("true", "-5", "0.5", "AQID", "[\"x\\u0022y\",2,null]", "{\"k\":\"v\"}"), (labels["a"], labels["b"], labels["c"], labels["d"], labels["e"], labels["f"]));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Scope_labels_are_there_when_they_are_asked_for(bool asked)
    {
        var labels = (await ImportAsync(Request(Gauge("g", Number(1))), new OtlpOptions { ScopeLabels = asked })).Store.Samples[0].Labels;
        Assert.Equal(asked ? ("tests", "1.2", "https://example.com/schema") : ("", "", ""), (labels["otel_scope_name"], labels["otel_scope_version"], labels["otel_scope_schema_url"]));
    }

    [Fact]
    public async Task A_count_that_began_a_short_while_ago_begins_with_a_zero()
    {
        const string Series = "orders_total{job=\"shop\",service=\"shop\"}";
        var (store, report) = await ImportAsync(Request(Counter("orders", Number(5, Now, Now - 30_000), Number(9, Now + 10_000, Now - 30_000), Number(2, Now + 20_000, Now + 15_000))));
        Assert.Equal([$"{Series} 0 {Now - 30_000}", $"{Series} 5 {Now}", $"{Series} 9 {Now + 10_000}", $"{Series} 0 {Now + 15_000}", $"{Series} 2 {Now + 20_000}"], store.Lines);
        Assert.Equal(3, report.Items);
        Assert.Equal("counter", store.Metadata[0].Type);
    }

    [Fact]
    public async Task A_count_that_began_long_ago_is_met_in_the_middle_of_its_life()
    {
        var (store, _) = await ImportAsync(Request(Counter("orders", Number(5, Now, Now - 3_600_000)), Sum("level", Cumulative, false, Number(5, Now, Now - 1000))));
        Assert.Equal([$"orders_total{{job=\"shop\",service=\"shop\"}} 5 {Now}", $"level{{job=\"shop\",service=\"shop\"}} 5 {Now}"], store.Lines);
    }

    [Fact]
    public async Task An_explicit_histogram_becomes_classic_series()
    {
        var (store, _) = await ImportAsync(Request(new Metric(Explicit("latency", Cumulative, Buckets([0.1, 2.5], [3, 2, 1], 4.5))) { Unit = "s", Description = "How long" }));
        const string Who = "job=\"shop\"";
        Assert.Equal(
            [
                $"latency_seconds_sum{{{Who},service=\"shop\"}} 4.5 {Now}", $"latency_seconds_count{{{Who},service=\"shop\"}} 6 {Now}",
                $"latency_seconds_bucket{{{Who},le=\"0.1\",service=\"shop\"}} 3 {Now}", $"latency_seconds_bucket{{{Who},le=\"2.5\",service=\"shop\"}} 5 {Now}",
                $"latency_seconds_bucket{{{Who},le=\"+Inf\",service=\"shop\"}} 6 {Now}",
            ],
            store.Lines);
        Assert.Equal([new MetricMetadata("latency_seconds", "histogram", "s", "How long")], store.Metadata);
    }

    [Fact]
    public async Task An_explicit_histogram_becomes_a_native_one_by_setting()
    {
        var (store, _) = await ImportAsync(Request(Explicit("latency", Cumulative, Buckets([0.1, 2.5], [3, 0, 1], 4.5))), new OtlpOptions { Histograms = ExplicitHistograms.Native });
        var histogram = Assert.Single(store.Histograms).Value;
        Assert.Equal([0.1, 2.5], histogram.CustomBounds!);
        Assert.Equal([0, 2], histogram.Positive.Indexes);
        Assert.Equal((4.0, 4.5), (histogram.Count, histogram.Sum));
        Assert.Empty(store.Samples);
    }

    [Fact]
    public async Task An_exponential_histogram_keeps_its_buckets_zero_threshold_and_scale()
    {
        var point = Exponential(3, -2, [1, 0, 4], zeros: 2);
        point.ZeroThreshold = 1e-9;
        point.Count += 3;
        point.Negative = new ExponentialHistogramDataPoint.Types.Buckets { Offset = 5, BucketCounts = { 3UL } };
        var histogram = Assert.Single((await ImportAsync(Request(Exponential("d", Cumulative, point)))).Store.Histograms).Value;
        Assert.Equal((3, 1e-9, 2.0, 10.0, 12.5), (histogram.Scale, histogram.ZeroThreshold, histogram.ZeroCount, histogram.Count, histogram.Sum));
        Assert.Equal([-2, 0], histogram.Positive.Indexes);
        Assert.Equal([1, 4], histogram.Positive.Counts);
        Assert.Equal([5], histogram.Negative.Indexes);
    }

    [Fact]
    public async Task A_scale_finer_than_is_kept_is_lowered_exactly()
    {
        var fine = Exponential(22, 40, [1, 2, 3, 4, 5]);
        var histogram = Assert.Single((await ImportAsync(Request(Exponential("d", Cumulative, fine)))).Store.Histograms).Value;
        Assert.Equal(20, histogram.Scale);
        Assert.Equal([10, 11], histogram.Positive.Indexes);
        Assert.Equal([10, 5], histogram.Positive.Counts);
    }

    [Fact]
    public async Task More_buckets_than_are_kept_lower_the_scale()
    {
        var wide = Exponential(10, 0, [.. Enumerable.Repeat(1UL, 10_000)]);
        var histogram = Assert.Single((await ImportAsync(Request(Exponential("d", Cumulative, wide)))).Store.Histograms).Value;
        Assert.Equal((8, 10_000.0, 2500), (histogram.Scale, histogram.Count, histogram.Positive.Indexes.Length));
    }

    [Fact]
    public async Task A_summary_becomes_its_quantiles_sum_and_count()
    {
        var point = new SummaryDataPoint { TimeUnixNano = Nanos(Now), Count = 10, Sum = 3.5, QuantileValues = { new SummaryDataPoint.Types.ValueAtQuantile { Quantile = 0.5, Value = 0.2 }, new SummaryDataPoint.Types.ValueAtQuantile { Quantile = 1, Value = 0.9 } } };
        var (store, _) = await ImportAsync(Request(new Metric { Name = "rpc", Unit = "s", Summary = new Summary { DataPoints = { point } } }));
        const string Who = "job=\"shop\"";
        Assert.Equal(
            [
                $"rpc_seconds_sum{{{Who},service=\"shop\"}} 3.5 {Now}", $"rpc_seconds_count{{{Who},service=\"shop\"}} 10 {Now}",
                $"rpc_seconds{{{Who},quantile=\"0.5\",service=\"shop\"}} 0.2 {Now}", $"rpc_seconds{{{Who},quantile=\"1\",service=\"shop\"}} 0.9 {Now}",
            ],
            store.Lines);
    }

    [Fact]
    public async Task A_point_without_a_recorded_value_ends_all_of_its_series()
    {
        var stopped = new HistogramDataPoint { TimeUnixNano = Nanos(Now + 1000), Flags = 1 };
        var store = new RecordingBackend();
        var importer = new OtlpMetricsImporter(new OtlpOptions(), store, Clock);
        await importer.ImportAsync(Request(Explicit("h", Cumulative, Buckets([1], [1, 1], 1)), Exponential("e", Cumulative, Exponential(1, 0, [1])), Gauge("g", Number(1))));
        int before = store.Samples.Count;
        await importer.ImportAsync(Request(
            Explicit("h", Cumulative, stopped),
            Exponential("e", Cumulative, new ExponentialHistogramDataPoint { TimeUnixNano = Nanos(Now + 1000), Flags = 1 }),
            Gauge("g", new NumberDataPoint { TimeUnixNano = Nanos(Now + 1000), Flags = 1 })));
        Assert.All(store.Samples.Skip(before), s => Assert.True(StaleMarker.IsStale(s.Value)));
        Assert.Equal(["h_sum", "h_count", "h_bucket", "h_bucket", "g"], store.Samples.Skip(before).Select(s => s.Labels.Name));
        Assert.True(store.Histograms[^1].Value.IsStale);
    }

    [Fact]
    public async Task Only_the_flag_ends_a_series()
    {
        var sample = Assert.Single((await ImportAsync(Request(Gauge("g", Number(StaleMarker.Value))))).Store.Samples);
        Assert.True(double.IsNaN(sample.Value) && !StaleMarker.IsStale(sample.Value));
    }

    [Fact]
    public async Task Exemplars_bear_their_trace_and_stand_at_the_bucket_of_their_value()
    {
        byte[] trace = [.. Enumerable.Range(1, 16).Select(i => (byte)i)], span = [1, 2, 3, 4, 5, 6, 7, 8];
        Oracle.Exemplar Of(double value, string note) => new() { AsDouble = value, TimeUnixNano = Nanos(Now - 5), TraceId = ByteString.CopyFrom(trace), SpanId = ByteString.CopyFrom(span), FilteredAttributes = { Pair("user.id", note) } };
        var histogram = Buckets([1, 2], [1, 1, 1], 6);
        histogram.Exemplars.Add(Of(1.5, "u1"));
        histogram.Exemplars.Add(Of(9, new string('x', 100)));
        var number = Number(3, Now, Now - 1);
        number.Exemplars.Add(Of(1, "u2"));
        number.Exemplars.Add(new Oracle.Exemplar { AsInt = 4, TimeUnixNano = Nanos(Now), TraceId = ByteString.CopyFrom(new byte[16]), SpanId = ByteString.CopyFrom(1) });
        var (store, _) = await ImportAsync(Request(Explicit("h", Cumulative, histogram), Counter("c", number)));
        const string Ids = "span_id=\"0102030405060708\",trace_id=\"0102030405060708090a0b0c0d0e0f10\"";
        Assert.Equal(
            [
                ("h_bucket", "2", $"{{{Ids},user_id=\"u1\"}}", 1.5, Now - 5),
                ("h_bucket", "+Inf", $"{{{Ids}}}", 9.0, Now - 5),
                ("c_total", "", $"{{{Ids},user_id=\"u2\"}}", 1.0, Now - 5),
            ],
            store.Exemplars.Select(e => (e.Series.Name, e.Series["le"], e.Labels.ToString(), e.Value, e.Time)));
    }

    [Fact]
    public async Task Metadata_is_told_once_and_again_when_it_was_not_written()
    {
        var store = new RecordingBackend { Down = new("down", "down") };
        var importer = new OtlpMetricsImporter(new OtlpOptions(), store, Clock);
        await Assert.ThrowsAsync<Configuration.Diagnostics.ProblemException>(async () => await importer.ImportAsync(Request(Gauge("g", Number(1)))));
        store.Down = null;
        await importer.ImportAsync(Request(Gauge("g", Number(1))));
        await importer.ImportAsync(Request(Gauge("g", Number(2, Now + 1))));
        Assert.Single(store.Metadata);
        Assert.Equal(2, store.Samples.Count);
    }

    [Fact]
    public async Task Fields_in_any_order_give_the_same_series()
    {
        // Attributes before and behind the value, as no known producer writes them but protobuf allows.
        byte[] first = new NumberDataPoint { Attributes = { Pair("a", "1") } }.ToByteArray(), second = new NumberDataPoint { Attributes = { Pair("b", "2") } }.ToByteArray();
        byte[] value = Number(7).ToByteArray();
        byte[] point = [.. first, .. value, .. second];
        byte[] metric = [.. Field(5, Field(1, point)), .. Field(1, "g"u8.ToArray())];
        byte[] scope = Field(2, metric);
        byte[] request = Field(1, [.. Field(2, scope), .. Field(1, Service().ToByteArray())]);
        var store = new RecordingBackend();
        await new OtlpMetricsImporter(new OtlpOptions(), store, Clock).ImportAsync(request, OtlpEncoding.Protobuf, TestContext.Current.CancellationToken);
        Assert.Equal([$"g{{a=\"1\",b=\"2\",job=\"shop\",service=\"shop\"}} 7 {Now}"], store.Lines);
    }

    [Fact]
    public async Task What_is_remembered_is_bounded_and_forgetting_changes_nothing()
    {
        var store = new RecordingBackend();
        var importer = new OtlpMetricsImporter(new OtlpOptions { MaxCacheBytes = 5000 }, store, Clock);
        for (int i = 0; i < 50; i++) await importer.ImportAsync(Request(Gauge("g", Number(i, Now, 0, ("n", $"{i}")))));
        Assert.Equal(50, store.Samples.Select(s => s.Labels).Distinct().Count());
    }

    private static byte[] Field(int number, byte[] bytes) => [(byte)(number << 3 | 2), .. Varint(bytes.Length), .. bytes];

    private static byte[] Varint(int value) => value < 128 ? [(byte)value] : [(byte)(value | 128), .. Varint(value >> 7)];
}
