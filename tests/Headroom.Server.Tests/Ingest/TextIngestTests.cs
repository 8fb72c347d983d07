using System.IO.Compression;
using System.Net;
using System.Text;

namespace Headroom.Server.Tests.Ingest;

public sealed class TextIngestTests
{
    private static async Task<Answer> SendAsync(RunningServer server, string path, byte[] body, string? encoding)
    {
        var content = new ByteArrayContent(body);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return await Answer.OfAsync(await server.Http.PostAsync(new Uri(path, UriKind.Relative), content));
    }

    private static byte[] Gzip(string text)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return buffer.ToArray();
    }

    private static string EmfLine(double value) =>
        $$$"""{"_aws":{"Timestamp":{{{RunningServer.Now.ToUnixTimeMilliseconds()}}},"CloudWatchMetrics":[{"Namespace":"Shop","Dimensions":[["Service"]],"Metrics":[{"Name":"Latency"}]}]},"Service":"api","Latency":{{{value}}}}""" + "\n";

    [Theory]
    [InlineData("/api/v1/import/prometheus")]
    [InlineData("/emf")]
    [InlineData("/api/import/csv?metric=c")]
    public async Task Bodies_may_be_gzip(string path)
    {
        await using var server = await RunningServer.StartAsync();
        string text = path switch { "/emf" => EmfLine(1) + EmfLine(2), "/api/v1/import/prometheus" => "a 1\nb 2\n", _ => "timestamp,value\n2026-01-01,1\n2026-01-02,2\n" };
        var answer = await SendAsync(server, path, Gzip(text), "gzip");
        Assert.Equal((HttpStatusCode.OK, 2), (answer.Status, answer.Json.GetProperty("samples").GetInt32()));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await SendAsync(server, path, Gzip(text), "br")).Status);
        foreach (byte[] damaged in (byte[][])[Encoding.UTF8.GetBytes(text), Gzip(text)[..^9]])
        {
            var refused = await SendAsync(server, path, damaged, "gzip");
            Assert.Equal((HttpStatusCode.BadRequest, "bad-gzip"), (refused.Status, refused.Json.GetProperty("code").GetString()));
        }
    }

    [Fact]
    public async Task A_bomb_of_text_costs_no_more_memory_than_any_text()
    {
        await using var server = await RunningServer.StartAsync();
        // 256 MiB of nothing, in a quarter of one.
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Optimal))
            for (int i = 0; i < 256; i++) gzip.Write(new byte[1 << 20]);
        long before = GC.GetTotalAllocatedBytes();
        var answer = await SendAsync(server, "/api/v1/import/prometheus", buffer.ToArray(), "gzip");
        Assert.Equal((HttpStatusCode.OK, 1), (answer.Status, answer.Json.GetProperty("rejected").GetInt32()));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 << 20);
    }

    [Theory]
    [InlineData(null, "", "unknown")]
    [InlineData("project: shop", "", "shop")]
    [InlineData("project: shop", "?service=api", "api")]
    [InlineData("project: shop", "?label=service=web", "web")]
    [InlineData("project: shop", "?file=backup", "shop")]
    [InlineData(null, "?file=backup", "backup")]
    public async Task Every_series_gets_a_service(string? yaml, string parameters, string expected)
    {
        await using var server = await RunningServer.StartAsync(yaml);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync("/api/v1/import/prometheus" + parameters, "a 1\n", "text/plain")).Status);
        Assert.Equal($$"""{"__name__":"a","service":"{{expected}}"}""", (await server.GetAsync("/api/v1/query?query=a")).Data.GetProperty("result")[0].GetProperty("metric").GetRawText());
    }

    [Fact]
    public async Task Embedded_metric_format_can_be_asked_for_as_CloudWatch_would()
    {
        await using var server = await RunningServer.StartAsync();
        var answer = await server.PostAsync("/emf?label=region=eu-west-1", EmfLine(10) + "START\n" + EmfLine(30), "application/x-ndjson");
        Assert.Equal((2, 1, 1), (answer.Json.GetProperty("samples").GetInt32(), answer.Json.GetProperty("series").GetInt32(), answer.Json.GetProperty("rejected").GetInt32()));
        Assert.Equal(2, answer.Json.GetProperty("rejections")[0].GetProperty("line").GetInt32());
        long at = RunningServer.Now.ToUnixTimeSeconds() + 60;
        var average = (await server.GetAsync($"/api/v1/query?query=histogram_avg(shop_latency)&time={at}")).Data.GetProperty("result")[0];
        Assert.Equal("20", average.GetProperty("value")[1].GetString());
        Assert.Equal("""{"region":"eu-west-1","service":"api"}""", average.GetProperty("metric").GetRawText());
    }
}
