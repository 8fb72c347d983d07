using System.IO.Compression;
using System.Net;
using System.Text;
using Headroom.Server.Compression;
using Microsoft.AspNetCore.Http;

namespace Headroom.Server.Tests.Compression;

public sealed class CompressionTests
{
    private static readonly CompressionRule Json = CompressionRules.Of("application/json; charset=utf-8")!;

    [Theory]
    [InlineData("application/json", "gzip", 1024)]
    [InlineData("text/html; charset=utf-8", "br", 2048)]
    [InlineData("application/javascript", "br", 5120)]
    [InlineData("image/svg+xml", "gzip", 512)]
    public void The_table_is_the_trackers(string type, string encoding, int threshold)
    {
        var rule = CompressionRules.Of(type)!;
        Assert.Equal((encoding, threshold), (CompressionRules.NameOf(rule.For(Encodings.Gzip | Encodings.Brotli)), rule.Threshold));
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("application/gzip")]
    [InlineData("application/x-protobuf")]
    [InlineData("text/event-stream")]
    [InlineData(null)]
    public void What_is_compressed_already_or_unknown_is_left_alone(string? type) => Assert.Null(CompressionRules.Of(type));

    [Theory]
    [InlineData("gzip, br", "text/html", "br")]
    [InlineData("gzip, br", "application/json", "gzip")]
    [InlineData("br", "application/json", "br")]
    [InlineData("gzip;q=0, br;q=0.5", "application/json", "br")]
    [InlineData("*", "application/json", "gzip")]
    [InlineData("*, gzip;q=0", "application/json", "br")]
    [InlineData("identity", "application/json", null)]
    [InlineData("deflate, zstd", "application/json", null)]
    [InlineData("=;;,", "application/json", null)]
    public void A_client_gets_the_types_encoding_or_the_one_it_accepts(string accepts, string type, string? expected)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.AcceptEncoding = accepts;
        var encoding = CompressionRules.Of(type)!.For(AcceptedEncodings.Of(context.Request));
        Assert.Equal(expected, encoding == Encodings.None ? null : CompressionRules.NameOf(encoding));
    }

    [Theory]
    [InlineData(1023, false)]
    [InlineData(1024, true)]
    public async Task The_threshold_is_met_to_the_byte(int length, bool compressed)
    {
        var (response, body) = await WriteAsync(new string('a', length));
        Assert.Equal(compressed ? "gzip" : "", response.Headers.ContentEncoding.ToString());
        Assert.Equal(body.Length, response.ContentLength);
    }

    [Fact]
    public async Task Twenty_percent_smaller_or_as_it_is()
    {
        // Letters that cannot be compressed, and so many of one that can, that the whole comes to either side of 80%.
        var random = new Random(3);
        string noise = Encoding.Latin1.GetString([.. RandomBytes(random, 30_000).Select(b => (byte)(b & 0x7f))]);
        int kept = 0, plain = 0;
        for (int repeated = 0; repeated <= 30_000; repeated += 1_000)
        {
            string text = noise + new string('a', repeated);
            var (response, body) = await WriteAsync(text);
            if (response.Headers.ContentEncoding == "gzip")
            {
                kept++;
                Assert.True(body.Length < text.Length * 0.8, $"{body.Length} of {text.Length}");
                Assert.Equal(text, await UnzipAsync(body));
            }
            else
            {
                plain++;
                Assert.Equal(text, Encoding.UTF8.GetString(body));
                // It was right to leave it: compressed it would have been too large.
                using var zipped = new MemoryStream();
                await using (var gzip = CompressionRules.Compressor(Encodings.Gzip, zipped)) await gzip.WriteAsync(Encoding.UTF8.GetBytes(text));
                Assert.True(zipped.Length >= text.Length * 0.8);
            }
        }
        Assert.True(kept > 3 && plain > 1, $"{kept} compressed, {plain} not");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_long_answer_is_judged_by_its_beginning_and_streams(bool compressible)
    {
        var random = new Random(5);
        string text = compressible ? string.Concat(Enumerable.Repeat("{\"value\":1},", 50_000)) : Encoding.Latin1.GetString([.. RandomBytes(random, 300_000).Select(b => (byte)(b & 0x7f))]);
        var (response, body) = await WriteAsync(text, pieces: 1_000);
        Assert.Equal(compressible ? "gzip" : "", response.Headers.ContentEncoding.ToString());
        Assert.Null(response.ContentLength);
        Assert.Equal(text, compressible ? await UnzipAsync(body) : Encoding.UTF8.GetString(body));
    }

    [Fact]
    public async Task An_answer_over_http_is_compressed_kept_so_and_told_apart_by_encoding()
    {
        await using var server = await RunningServer.StartAsync();
        await server.StoreAsync(string.Concat(Enumerable.Range(0, 200).Select(i => $"requests{{route=\"/r{i}\"}} {i}\n")));
        const string Path = "/api/v1/query?query=requests&time=2026-03-01T12:00:00Z";
        string plain = (await server.GetAsync(Path)).Body;
        foreach (var (accepts, encoding) in ((string, string)[])[("gzip", "gzip"), ("br", "br"), ("gzip, deflate, br", "gzip")])
            for (int i = 0; i < 2; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, Path);
                request.Headers.TryAddWithoutValidation("Accept-Encoding", accepts);
                using var response = await server.Http.SendAsync(request);
                Assert.Equal(encoding, Assert.Single(response.Content.Headers.ContentEncoding));
                Assert.Contains("Accept-Encoding", response.Headers.Vary);
                byte[] body = await response.Content.ReadAsByteArrayAsync();
                Assert.True(body.Length < plain.Length * 0.8);
                using var unpacked = new StreamReader(encoding == "br" ? new BrotliStream(new MemoryStream(body), CompressionMode.Decompress) : new GZipStream(new MemoryStream(body), CompressionMode.Decompress));
                Assert.Equal(plain, await unpacked.ReadToEndAsync());
            }
        // Small answers go as they are.
        var small = await server.SendAsync(HttpMethod.Get, "/api/v1/labels", null, ("Accept-Encoding", "gzip"));
        Assert.Equal(HttpStatusCode.OK, small.Status);
        Assert.Empty(small.Response.Content.Headers.ContentEncoding);
        Assert.Contains("route", small.Body);
    }

    private static byte[] RandomBytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static async Task<(HttpResponse Response, byte[] Body)> WriteAsync(string text, int pieces = 1)
    {
        var response = new DefaultHttpContext().Response;
        response.Headers.ContentEncoding = "gzip";
        var output = new MemoryStream();
        await using (var stream = new DecidingStream(response, output, Json, Encodings.Gzip))
            foreach (byte[] piece in Encoding.UTF8.GetBytes(text).Chunk(Math.Max(1, text.Length / pieces)))
            {
                await stream.WriteAsync(piece);
                await stream.FlushAsync();
            }
        return (response, output.ToArray());
    }

    private static async Task<string> UnzipAsync(byte[] body)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(body), CompressionMode.Decompress));
        return await reader.ReadToEndAsync();
    }
}
