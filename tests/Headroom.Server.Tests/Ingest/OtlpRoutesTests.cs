using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Headroom.Server.Tests.Ingest;

public sealed class OtlpRoutesTests
{
    private const string Json = "application/json";
    private const string Protobuf = "application/x-protobuf";

    [Fact]
    public async Task A_metric_in_JSON_can_be_queried_at_once()
    {
        await using var server = await RunningServer.StartAsync();
        var answer = await server.PostAsync("/v1/metrics", Gauge("""{"asInt":"7","timeUnixNano":"1772366400000000000"}"""));
        Assert.Equal((HttpStatusCode.OK, Json, "{}"), (answer.Status, answer.ContentType, answer.Body));
        Assert.Equal("7", await ValueAsync(server, "queue_depth{service=\"shop\",job=\"shop\"}"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_metric_in_protobuf_is_answered_in_protobuf(bool gzip)
    {
        await using var server = await RunningServer.StartAsync();
        var answer = await SendAsync(server, "/v1/metrics", GaugeBytes(7), Protobuf, gzip ? "gzip" : null);
        Assert.Equal((HttpStatusCode.OK, Protobuf), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal("7", await ValueAsync(server, "depth"));
    }

    [Fact]
    public async Task What_is_not_kept_is_a_partial_success()
    {
        await using var server = await RunningServer.StartAsync();
        var json = await server.PostAsync("/v1/metrics", Gauge("""{"asInt":"7","timeUnixNano":"1772366400000000000"},{"asInt":"8"}"""));
        var partial = json.Json.GetProperty("partialSuccess");
        Assert.Equal("1", partial.GetProperty("rejectedDataPoints").GetString());
        Assert.Contains("no-time (metric 'queue.depth'", partial.GetProperty("errorMessage").GetString(), StringComparison.Ordinal);

        byte[] bytes = await (await SendAsync(server, "/v1/metrics", [.. GaugeBytes(1), .. GaugeBytes(null)], Protobuf)).Content.ReadAsByteArrayAsync();
        // partial_success { rejected_data_points: 1, error_message: … }
        Assert.Equal([0x0A, (byte)(bytes.Length - 2), 0x08, 0x01, 0x12], bytes[..5]);
        Assert.Contains("no-value", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        Assert.Contains("headroom_ingest_rejected_total{protocol=\"otlp-metrics\",reason=\"no-time\"} 1", (await server.GetAsync("/metrics")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spans_become_duration_histograms_and_late_ones_are_counted()
    {
        await using var server = await RunningServer.StartAsync();
        string Span(long endSeconds, int status) => $$$"""{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"GET /","kind":2,"startTimeUnixNano":"{{{endSeconds - 1}}}000000000","endTimeUnixNano":"{{{endSeconds}}}000000000","status":{"code":{{{status}}} }}""";
        var answer = await server.PostAsync("/v1/traces", $$$"""
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[
              {{{Span(1772366390, 0)}}},{{{Span(1772366390, 2)}}},{{{Span(1772360000, 2)}}}]}]}]}
            """);
        Assert.Equal("1", answer.Json.GetProperty("partialSuccess").GetProperty("rejectedSpans").GetString());
        Assert.Contains("too-old", answer.Json.GetProperty("partialSuccess").GetProperty("errorMessage").GetString(), StringComparison.Ordinal);
        Assert.Equal("2", await ValueAsync(server, "sum(histogram_count(traces_span_metrics_duration_seconds{service=\"shop\",span_name=\"GET /\"}))"));
        Assert.Equal("1", await ValueAsync(server, "histogram_count(traces_span_metrics_duration_seconds{status_code=\"STATUS_CODE_ERROR\"})"));
    }

    [Theory]
    [InlineData(Json, "{", 400, 3, "not JSON")]
    [InlineData(Json, "[]", 400, 3, "object")]
    [InlineData(Protobuf, "plain text", 400, 3, "protobuf")]
    [InlineData("text/plain", "x", 415, 3, "application/x-protobuf")]
    public async Task An_error_is_a_status_in_the_encoding_of_the_request(string type, string body, int status, int code, string says)
    {
        await using var server = await RunningServer.StartAsync();
        foreach (string route in new[] { "/v1/metrics", "/v1/traces" })
        {
            var answer = await SendAsync(server, route, Encoding.UTF8.GetBytes(body), type);
            byte[] bytes = await answer.Content.ReadAsByteArrayAsync();
            Assert.Equal((status, type == Json ? Json : Protobuf), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
            string text = Encoding.UTF8.GetString(bytes);
            Assert.Contains(says, text, StringComparison.Ordinal);
            if (type == Json) Assert.StartsWith($"{{\"code\":{code},\"message\":\"", text, StringComparison.Ordinal);
            else Assert.Equal([0x08, (byte)code, 0x12], bytes[..3]);
        }
    }

    [Fact]
    public async Task A_body_or_a_bomb_beyond_64_MiB_is_413_and_other_encodings_are_415()
    {
        await using var server = await RunningServer.StartAsync();
        byte[] large = new byte[(64 << 20) + 1];
        foreach (string? encoding in new[] { null, "gzip" })
        {
            var answer = await SendAsync(server, "/v1/metrics", large, Protobuf, encoding);
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, Protobuf), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        }
        var content = new ByteArrayContent([1]) { Headers = { ContentType = new MediaTypeHeaderValue(Protobuf) } };
        content.Headers.ContentEncoding.Add("deflate");
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await server.Http.PostAsync(new Uri("/v1/metrics", UriKind.Relative), content)).StatusCode);
    }

    [Fact]
    public async Task A_full_server_answers_429_with_a_status_and_when_to_come_again()
    {
        await using var server = await RunningServer.StartAsync(limits: new ServerLimits { ConcurrentWrites = 1, QueuedWrites = 0 });
        using var slow = new SlowContent();
        var first = server.Http.PostAsync(new Uri("/v1/metrics", UriKind.Relative), slow);
        await slow.Started;
        HttpResponseMessage answer;
        do answer = await SendAsync(server, "/v1/metrics", "{}"u8.ToArray(), Json);
        while (answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter!.Delta);
        Assert.StartsWith("{\"code\":8,", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        slow.Finish();
        Assert.Equal(HttpStatusCode.OK, (await first).StatusCode);
    }

    [Fact]
    public async Task Histograms_become_native_by_setting()
    {
        await using var server = await RunningServer.StartAsync("project: p\notlp: { histograms: native }\n");
        var answer = await server.PostAsync("/v1/metrics", Metric("""{"name":"latency","unit":"s","histogram":{"aggregationTemporality":2,"dataPoints":[{"count":"3","sum":4.5,"bucketCounts":["1","2"],"explicitBounds":[1],"timeUnixNano":"1772366400000000000"}]}}"""));
        Assert.Equal("{}", answer.Body);
        Assert.Equal("3", await ValueAsync(server, "histogram_count(latency_seconds)"));
    }

    private static string Gauge(string points) => Metric($$$"""{"name":"queue.depth","gauge":{"dataPoints":[{{{points}}}]}}""");

    private static string Metric(string metric) =>
        """{"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeMetrics":[{"metrics":[""" + metric + "]}]}]}";

    // One gauge "depth" at the server's time, in protobuf by hand.
    private static byte[] GaugeBytes(double? value)
    {
        byte[] time = BitConverter.GetBytes((ulong)RunningServer.Now.ToUnixTimeMilliseconds() * 1_000_000);
        byte[] point = [0x19, .. time, .. value is { } number ? (byte[])[0x21, .. BitConverter.GetBytes(number)] : []];
        return Field(1, Field(2, Field(2, [.. Field(1, "depth"u8.ToArray()), .. Field(5, Field(1, point))])));
    }

    private static byte[] Field(int number, byte[] bytes) => [(byte)(number << 3 | 2), (byte)bytes.Length, .. bytes];

    private static async Task<HttpResponseMessage> SendAsync(RunningServer server, string route, byte[] body, string type, string? encoding = null)
    {
        if (encoding == "gzip")
        {
            var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(body);
            body = packed.ToArray();
        }
        var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return await server.Http.PostAsync(new Uri(route, UriKind.Relative), content);
    }

    private static async Task<string?> ValueAsync(RunningServer server, string expression) =>
        (await server.GetAsync("/api/v1/query?query=" + Uri.EscapeDataString(expression))).Data.GetProperty("result")[0].GetProperty("value")[1].GetString();

    /// <summary>A body that begins, and ends when it is told to.</summary>
    private sealed class SlowContent : HttpContent
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SlowContent() => Headers.ContentType = new MediaTypeHeaderValue(Json);

        public Task Started => _started.Task;

        public void Finish() => _finish.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("{"u8.ToArray());
            await stream.FlushAsync();
            _started.SetResult();
            await _finish.Task;
            await stream.WriteAsync("}"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
