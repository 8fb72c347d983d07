using Google.Protobuf;
using Headroom.Metrics.Ingest.Otlp;
using Headroom.Metrics.Storage;
using Headroom.Metrics.Tests.Ingest.Otlp.Oracle;
using Headroom.TestKit;
using static Headroom.Metrics.Tests.Ingest.Otlp.Messages;

namespace Headroom.Metrics.Tests.Ingest.Otlp;

public sealed class TracesImporterTests
{
    [Fact]
    public async Task A_span_becomes_an_observation_of_its_duration_when_it_ended()
    {
        var (store, report) = await ImportAsync(Spans(Make("GET /cart", 0.25, kind: Span.Types.SpanKind.Server), Make("GET /cart", 1.5, status: Status.Types.StatusCode.Error, kind: Span.Types.SpanKind.Server)));
        const string Series = "traces_span_metrics_duration_seconds{service=\"shop\",span_kind=\"SPAN_KIND_SERVER\",span_name=\"GET /cart\",status_code=\"STATUS_CODE_";
        Assert.Equal([($"{Series}UNSET\"}}", Now, 0.25), ($"{Series}ERROR\"}}", Now, 1.5)], store.Observations.Select(o => (o.Labels.ToString(), o.Time, o.Value)));
        Assert.Equal((2, 0, 2), (report.Items, report.Rejected, report.Samples));
        Assert.Equal([new MetricMetadata("traces_span_metrics_duration_seconds", "histogram", "s", "Duration of spans, by service, operation, kind and status.")], store.Metadata);
    }

    [Fact]
    public async Task The_slowest_spans_of_a_series_and_slot_are_its_exemplars()
    {
        var store = new RecordingBackend();
        var importer = new OtlpTracesImporter(new OtlpOptions { SlowestSpansPerSlot = 2 }, store, Clock);
        Task Send(params double[] seconds) => importer.ImportAsync(Spans([.. seconds.Select(s => Make("op", s))]).ToByteArray(), OtlpEncoding.Protobuf, TestContext.Current.CancellationToken).AsTask();
        await Send(1, 5, 2, 4, 3);
        Assert.Equal([5, 4], store.Exemplars.Select(e => e.Value));
        await Send(3.5, 4.5);
        await Send(0.5);
        Assert.Equal([5, 4, 4.5], store.Exemplars.Select(e => e.Value));
        Assert.All(store.Exemplars, e => Assert.Equal((32, 16), (e.Labels["trace_id"].Length, e.Labels["span_id"].Length)));
        Assert.Equal(ByteString.CopyFrom([.. IdOf(5, 16)]), ByteString.CopyFrom(Convert.FromHexString(store.Exemplars[0].Labels["trace_id"])));
    }

    [Fact]
    public async Task Each_slot_has_its_own_slowest_spans()
    {
        var (store, _) = await ImportAsync(Spans(Make("op", 9, Now), Make("op", 1, Now + 10_000), Make("op", 2, Now - 10_000)), new OtlpOptions { SlowestSpansPerSlot = 1 });
        Assert.Equal([9, 1, 2], store.Exemplars.Select(e => e.Value));
    }

    [Fact]
    public async Task A_span_without_valid_ids_is_measured_and_is_no_exemplar()
    {
        var span = Make("op", 1);
        span.TraceId = ByteString.CopyFrom(new byte[16]);
        var (store, _) = await ImportAsync(Spans(span));
        Assert.Single(store.Observations);
        Assert.Empty(store.Exemplars);
    }

    [Fact]
    public async Task Operations_beyond_the_limit_are_counted_under_one_name()
    {
        var (store, _) = await ImportAsync(Spans([.. Enumerable.Range(0, 10).Select(i => Make($"GET /user/{i}", 1))]), new OtlpOptions { MaxOperationsPerService = 3 });
        Assert.Equal(["GET /user/0", "GET /user/1", "GET /user/2", .. Enumerable.Repeat("(other)", 7)], store.Observations.Select(o => o.Labels["span_name"]));
    }

    [Fact]
    public async Task Bad_spans_are_counted_and_cost_nobody_else()
    {
        var backwards = Make("op", 1);
        (backwards.StartTimeUnixNano, backwards.EndTimeUnixNano) = (backwards.EndTimeUnixNano, backwards.StartTimeUnixNano);
        var noEnd = Make("op", 1);
        noEnd.EndTimeUnixNano = 0;
        var (store, report) = await ImportAsync(Spans(backwards, Make("op", 1), noEnd, Make("op", 1, Now + 3_600_000), Make(new string('x', 5000), 1)));
        Assert.Single(store.Observations);
        Assert.Equal(4, report.Rejected);
        Assert.Equal(["label-value-too-long", "negative-duration", "no-time", "too-far-in-future"], report.Reasons.Keys.Order(StringComparer.Ordinal));
        Assert.StartsWith("4 spans were not kept: ", report.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_kinds_and_statuses_are_unspecified()
    {
        var span = Make("op", 1);
        (span.Kind, span.Status) = ((Span.Types.SpanKind)77, new Status { Code = (Status.Types.StatusCode)9 });
        var labels = (await ImportAsync(Spans(span))).Store.Observations[0].Labels;
        Assert.Equal(("SPAN_KIND_UNSPECIFIED", "STATUS_CODE_UNSET"), (labels["span_kind"], labels["status_code"]));
    }

    [Fact]
    public async Task A_real_store_refuses_spans_behind_its_window_and_answers_error_rates_and_quantiles()
    {
        var directory = Directory.CreateTempSubdirectory("headroom-traces-test-");
        var clock = new VirtualTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(Now));
        await using (var store = EmbeddedStore.Open(new EmbeddedStoreOptions { Directory = directory.FullName, TimeProvider = clock, Background = false }))
        {
            var backend = new EmbeddedBackend(store, null, clock);
            var importer = new OtlpTracesImporter(new OtlpOptions(), backend, clock);
            var spans = Enumerable.Range(0, 100).Select(i => Make("op", 0.1, Now - 60_000 + (i * 600), i % 10 == 0 ? Status.Types.StatusCode.Error : Status.Types.StatusCode.Unset));
            var report = await importer.ImportAsync(Spans([.. spans, Make("op", 0.1, Now - 3_600_000)]).ToByteArray(), OtlpEncoding.Protobuf, TestContext.Current.CancellationToken);
            Assert.Equal(1, report.Reasons["too-old"]);
            Assert.Equal(100, report.Samples);
            const string Errors = "sum(histogram_count(increase(traces_span_metrics_duration_seconds{status_code=\"STATUS_CODE_ERROR\"}[5m]))) / sum(histogram_count(increase(traces_span_metrics_duration_seconds[5m])))";
            Assert.InRange(await NumberAsync(backend, Errors), 0.09, 0.11);
            Assert.InRange(await NumberAsync(backend, "histogram_quantile(0.99, sum(rate(traces_span_metrics_duration_seconds[5m])))"), 0.098, 0.102);
        }
        directory.Delete(recursive: true);
    }

    private static async Task<double> NumberAsync(EmbeddedBackend backend, string expression) =>
        Assert.Single(((Headroom.Metrics.PromQL.VectorValue)(await backend.QueryAsync(expression, Now, TestContext.Current.CancellationToken)).Value).Samples).Value;

    private static byte[] IdOf(double seconds, int length) => [.. Enumerable.Range(1, length).Select(i => (byte)(i + (seconds * 10)))];

    private static Span Make(string name, double seconds, long end = Now, Status.Types.StatusCode status = Status.Types.StatusCode.Unset, Span.Types.SpanKind kind = Span.Types.SpanKind.Internal) => new()
    {
        Name = name, Kind = kind, Status = new Status { Code = status }, EndTimeUnixNano = Nanos(end), StartTimeUnixNano = Nanos(end) - (ulong)(seconds * 1e9),
        TraceId = ByteString.CopyFrom(IdOf(seconds, 16)), SpanId = ByteString.CopyFrom(IdOf(seconds, 8)),
    };

    private static ExportTraceServiceRequest Spans(params Span[] spans) =>
        new() { ResourceSpans = { new ResourceSpans { Resource = Service(), ScopeSpans = { new ScopeSpans { Spans = { spans } } } } } };

    private static async Task<(RecordingBackend Store, OtlpReport Report)> ImportAsync(ExportTraceServiceRequest request, OtlpOptions? options = null)
    {
        var store = new RecordingBackend();
        var report = await new OtlpTracesImporter(options ?? new OtlpOptions(), store, Clock).ImportAsync(request.ToByteArray(), OtlpEncoding.Protobuf, TestContext.Current.CancellationToken);
        return (store, report);
    }
}
