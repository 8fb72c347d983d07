using System.Text;
using Headroom.Metrics.Ingest.Otlp;
using static Headroom.Metrics.Tests.Ingest.Otlp.Messages;

namespace Headroom.Metrics.Tests.Ingest.Otlp;

public sealed class OtlpJsonTests
{
    private const string Head = """{"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeMetrics":[{"scope":{"name":"s"},"metrics":[""";
    private const string Tail = "]}]}]}";

    [Fact]
    public async Task Metrics_are_read_as_the_specification_writes_them()
    {
        var (store, report) = await ImportAsync($$$$"""
            {{{{Head}}}}
              {"name":"requests","unit":"1","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[
                 {"asInt":"3","timeUnixNano":"1767225600000000000","startTimeUnixNano":1767225570000000000,"attributes":[{"key":"code","value":{"intValue":"200"}},{"key":"ok","value":{"boolValue":true}}],
                  "exemplars":[{"timeUnixNano":"1767225600000000000","asDouble":0.5,"traceId":"0102030405060708090A0B0C0D0E0F10","spanId":"0102030405060708"}]}]}},
              {"name":"heat","gauge":{"dataPoints":[{"asDouble":1.5e1,"timeUnixNano":1767225600000000000,"unknownField":{"a":[1,{"b":2}]},"flags":0},{"asDouble":"NaN","timeUnixNano":"1767225601000000000"}]}},
              {"name":"h","histogram":{"aggregationTemporality":2,"dataPoints":[{"count":"3","sum":4.5,"bucketCounts":["1",2],"explicitBounds":[1],"timeUnixNano":"1767225600000000000"}]}},
              {"name":"e","exponentialHistogram":{"aggregationTemporality":2,"dataPoints":[{"count":3,"sum":4.5,"scale":-1,"zeroCount":"1","positive":{"offset":-2,"bucketCounts":["2"]},"timeUnixNano":"1767225600000000000"}]}},
              {"name":"s","summary":{"dataPoints":[{"count":"3","sum":4.5,"quantileValues":[{"quantile":0.5,"value":2}],"timeUnixNano":"1767225600000000000"}]}}
            {{{{Tail}}}}
            """);
        Assert.Equal(("", 0, 6), (report.Message, report.Rejected, report.Items));
        const string Who = "job=\"shop\"";
        Assert.Equal(
            [
                $"requests_total{{code=\"200\",{Who},ok=\"true\",service=\"shop\"}} 0 {Now - 30_000}", $"requests_total{{code=\"200\",{Who},ok=\"true\",service=\"shop\"}} 3 {Now}",
                $"heat{{{Who},service=\"shop\"}} 15 {Now}", $"heat{{{Who},service=\"shop\"}} NaN {Now + 1000}",
                $"h_sum{{{Who},service=\"shop\"}} 4.5 {Now}", $"h_count{{{Who},service=\"shop\"}} 3 {Now}", $"h_bucket{{{Who},le=\"1\",service=\"shop\"}} 1 {Now}", $"h_bucket{{{Who},le=\"+Inf\",service=\"shop\"}} 3 {Now}",
                $"s_sum{{{Who},service=\"shop\"}} 4.5 {Now}", $"s_count{{{Who},service=\"shop\"}} 3 {Now}", $"s{{{Who},quantile=\"0.5\",service=\"shop\"}} 2 {Now}",
            ],
            store.Lines);
        Assert.Equal("{span_id=\"0102030405060708\",trace_id=\"0102030405060708090a0b0c0d0e0f10\"}", Assert.Single(store.Exemplars).Labels.ToString());
        var histogram = Assert.Single(store.Histograms).Value;
        Assert.Equal((-1, 1.0, 3.0), (histogram.Scale, histogram.ZeroCount, histogram.Count));
        Assert.Equal([-2], histogram.Positive.Indexes);
    }

    [Fact]
    public async Task Spans_are_read_too()
    {
        var store = new RecordingBackend();
        await new OtlpTracesImporter(new OtlpOptions(), store, Clock).ImportAsync(Encoding.UTF8.GetBytes("""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[
              {"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"GET /","kind":2,"startTimeUnixNano":"1767225599000000000","endTimeUnixNano":"1767225600000000000","status":{"code":2},"events":[{"name":"x"}]}]}]}]}
            """), OtlpEncoding.Json, TestContext.Current.CancellationToken);
        var span = Assert.Single(store.Observations);
        Assert.Equal((1.0, "SPAN_KIND_SERVER", "STATUS_CODE_ERROR"), (span.Value, span.Labels["span_kind"], span.Labels["status_code"]));
        Assert.Equal("5b8efff798038103d269b633813fc60c", Assert.Single(store.Exemplars).Labels["trace_id"]);
    }

    [Theory]
    [InlineData("""{"asDouble":"many","timeUnixNano":"1"}""", "asDouble")]
    [InlineData("""{"asInt":1.5,"timeUnixNano":"1"}""", "asInt")]
    [InlineData("""{"timeUnixNano":-1}""", "timeUnixNano")]
    [InlineData("""{"attributes":{"key":"a"}}""", "attributes")]
    [InlineData("""{"attributes":[{"key":5}]}""", "key")]
    [InlineData("""{"attributes":[{"key":"\ud800"}]}""", "key")]
    [InlineData("""{"exemplars":[{"traceId":"xyz"}]}""", "traceId")]
    [InlineData("""{"flags":"4294967296"}""", "flags")]
    public async Task A_field_that_is_wrong_within_a_point_costs_the_point(string point, string field)
    {
        var (store, report) = await ImportAsync($$$$"""{{{{Head}}}}{"name":"g","gauge":{"dataPoints":[{"asInt":1,"timeUnixNano":"1767225600000000000"},{{{{point}}}},{"asInt":2,"timeUnixNano":"1767225601000000000"}]}}{{{{Tail}}}}""");
        Assert.Equal((3, 1), (report.Items, report.Reasons["json-bad-value"]));
        Assert.Contains($"'{field}'", report.Message, StringComparison.Ordinal);
        Assert.Equal([1, 2], store.Samples.Select(s => s.Value));
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "object")]
    [InlineData("{", "JSON")]
    [InlineData("""{"resourceMetrics":{}}""", "resourceMetrics")]
    [InlineData("""{"resourceMetrics":[5]}""", "resourceMetrics")]
    [InlineData("""{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":5}]}]}]}""", "name")]
    [InlineData("""{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"sum":{"aggregationTemporality":"DELTA"}}]}]}]}""", "aggregationTemporality")]
    [InlineData("""{"resourceMetrics":[]} x""", "JSON")]
    public async Task What_is_wrong_around_points_refuses_the_body_and_names_it(string body, string named)
    {
        var (store, report) = await ImportAsync(body);
        Assert.Equal("otlp-malformed", report.Refusal!.Code);
        Assert.Contains(named, report.Refusal.What, StringComparison.Ordinal);
        Assert.StartsWith("body, byte ", report.Refusal.Where, StringComparison.Ordinal);
        Assert.Equal(0, store.Requests);
    }

    [Theory]
    [InlineData("{}"), InlineData("""{"resourceMetrics":null,"other":[1,2,{"a":[]}]}"""), InlineData("""{"resource_metrics":5}""")]
    public async Task Absent_null_and_unknown_are_nothing(string body)
    {
        var (_, report) = await ImportAsync(body);
        Assert.Equal((null, 0), (report.Refusal, report.Items));
    }

    [Fact]
    public async Task A_body_that_is_not_UTF8_or_grows_beyond_the_limit_is_refused()
    {
        var importer = new OtlpMetricsImporter(new OtlpOptions { MaxBodyBytes = 100_000 }, new RecordingBackend(), Clock);
        var invalid = await importer.ImportAsync(new byte[] { (byte)'{', 0xC3, 0x28, (byte)'}' }, OtlpEncoding.Json, TestContext.Current.CancellationToken);
        Assert.Equal("json-not-utf8", invalid.Refusal!.Code);
        string many = string.Join(',', Enumerable.Repeat("1", 40_000));
        var grown = await importer.ImportAsync(Encoding.UTF8.GetBytes($$$"""{{{Head}}}{"histogram":{"dataPoints":[{"bucketCounts":[{{{many}}}]}]}}{{{Tail}}}"""), OtlpEncoding.Json, TestContext.Current.CancellationToken);
        Assert.Equal("body-too-large", grown.Refusal!.Code);
    }

    private static async Task<(RecordingBackend Store, OtlpReport Report)> ImportAsync(string json)
    {
        var store = new RecordingBackend();
        return (store, await new OtlpMetricsImporter(new OtlpOptions(), store, Clock).ImportAsync(Encoding.UTF8.GetBytes(json), OtlpEncoding.Json, TestContext.Current.CancellationToken));
    }
}
