using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Headroom.Server.Tests.Ingest;

public sealed class RemoteWriteTests
{
    private const long Now = 1_772_366_400_000;

    private static readonly string[] WrittenHeaders =
        ["X-Prometheus-Remote-Write-Samples-Written", "X-Prometheus-Remote-Write-Histograms-Written", "X-Prometheus-Remote-Write-Exemplars-Written"];

    [Fact]
    public async Task Samples_of_1_0_can_be_asked_for_afterwards()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(server, SeriesV1("up", "node", Now, 1))).Status);
        var answer = await server.GetAsync($"/api/v1/query?query=up&time={Now / 1000}");
        Assert.Equal("""{"__name__":"up","job":"node","service":"node"}""", answer.Data.GetProperty("result")[0].GetProperty("metric").GetRawText());
    }

    [Fact]
    public async Task A_2_0_sender_is_told_how_many_of_each_were_written()
    {
        await using var server = await RunningServer.StartAsync();
        byte[] request = [.. Symbols("", "__name__", "a", "trace_id", "x"), .. Field(5, [.. Field(1, [1, 2]), .. Sample(Now, 1), .. Field(4, [.. Field(1, [3, 4]), .. Number(3, Now)])])];
        var answer = await SendAsync(server, request, "application/x-protobuf;proto=io.prometheus.write.v2.Request");
        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Equal(["1", "0", "1"], WrittenHeaders.Select(h => answer.Response.Headers.GetValues(h).Single()));
    }

    [Fact]
    public async Task What_is_invalid_is_answered_400_by_name_and_the_rest_is_kept()
    {
        await using var server = await RunningServer.StartAsync();
        byte[] request = [.. Symbols("", "__name__", "a"), .. Field(5, [.. Field(1, [1, 9]), .. Sample(Now, 1)]), .. Field(5, [.. Field(1, [1, 2]), .. Sample(Now, 1), .. Sample(Now + 86_400_000 * 3, 1)])];
        var answer = await SendAsync(server, request, "application/x-protobuf;proto=io.prometheus.write.v2.Request");
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(["bad-reference", "too-far-in-future"], answer.Json.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("code").GetString()));
        Assert.Equal(["1", "0", "0"], WrittenHeaders.Select(h => answer.Response.Headers.GetValues(h).Single()));
        Assert.Equal(1, (await server.GetAsync($"/api/v1/query?query=a&time={Now / 1000}")).Data.GetProperty("result").GetArrayLength());
    }

    [Fact]
    public async Task Another_value_at_the_same_instant_is_answered_400_and_the_same_value_is_not()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(server, SeriesV1("a", "j", Now, 1))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(server, SeriesV1("a", "j", Now, 1))).Status);
        var answer = await SendAsync(server, SeriesV1("a", "j", Now, 2));
        Assert.Equal((HttpStatusCode.BadRequest, "duplicate-timestamp"), (answer.Status, answer.Json.GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("application/json", "snappy")]
    [InlineData("application/x-protobuf;proto=io.prometheus.write.v3.Request", "snappy")]
    [InlineData("application/x-protobuf", "gzip")]
    [InlineData("application/x-protobuf", "zstd")]
    public async Task An_unknown_message_or_compression_is_answered_415(string contentType, string encoding)
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await SendAsync(server, SeriesV1("a", "j", Now, 1), contentType, encoding)).Status);
    }

    [Fact]
    public async Task A_decompression_bomb_is_refused_by_what_it_announces()
    {
        await using var server = await RunningServer.StartAsync();
        // 33 MiB of copies of one byte: 1.5 MiB that would become more than may be.
        var block = new List<byte>();
        int length = 33 << 20;
        for (int rest = length; ; rest >>= 7)
        {
            block.Add((byte)(rest >= 0x80 ? rest | 0x80 : rest));
            if (rest < 0x80) break;
        }
        block.AddRange([0, 0]);
        for (int i = 1; i < length; i += 64) block.AddRange([(63 << 2) | 2, 1, 0]);
        var answer = await SendRawAsync(server, [.. block], "application/x-protobuf", "snappy");
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body-too-large"), (answer.Status, answer.Json.GetProperty("code").GetString()));
    }

    [Theory]
    [InlineData("snappy-damaged", new byte[] { 5, 1, 1 })]
    [InlineData("snappy-damaged", new byte[] { })]
    [InlineData("protobuf-damaged", new byte[] { 2, 1 << 2, 0x0A, 0x7F })]
    public async Task Damage_is_answered_400(string code, byte[] body)
    {
        await using var server = await RunningServer.StartAsync();
        var answer = await SendRawAsync(server, body, "application/x-protobuf", "snappy");
        Assert.Equal((HttpStatusCode.BadRequest, code), (answer.Status, answer.Json.GetProperty("code").GetString()));
    }

    private static Task<Answer> SendAsync(RunningServer server, byte[] message, string contentType = "application/x-protobuf", string encoding = "snappy")
    {
        // One literal is a block too.
        byte[] block = [(byte)(message.Length & 0x7F | 0x80), (byte)(message.Length >> 7), 61 << 2, (byte)(message.Length - 1), (byte)((message.Length - 1) >> 8), .. message];
        return SendRawAsync(server, block, contentType, encoding);
    }

    private static async Task<Answer> SendRawAsync(RunningServer server, byte[] body, string contentType, string encoding)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        content.Headers.ContentEncoding.Add(encoding);
        return await Answer.OfAsync(await server.Http.PostAsync(new Uri("/api/v1/write", UriKind.Relative), content));
    }

    private static byte[] SeriesV1(string name, string job, long time, double value) =>
        Field(1, [.. Label("__name__", name), .. Label("job", job), .. Sample(time, value)]);

    private static byte[] Label(string name, string value) => Field(1, [.. Field(1, Encoding.UTF8.GetBytes(name)), .. Field(2, Encoding.UTF8.GetBytes(value))]);

    private static byte[] Symbols(params string[] texts) => [.. texts.SelectMany(t => Field(4, Encoding.UTF8.GetBytes(t)))];

    private static byte[] Sample(long time, double value) => Field(2, [0x09, .. BitConverter.GetBytes(value), .. Number(2, time)]);

    private static byte[] Field(int number, byte[] content) => [(byte)(number << 3 | 2), .. Varint(content.Length), .. content];

    private static byte[] Number(int field, long value) => [(byte)(field << 3), .. Varint(value)];

    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value & 0x7F | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
