using System.IO.Compression;
using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Server.Ingest;
using Microsoft.AspNetCore.Http;

namespace Headroom.Server.Tests.Ingest;

public sealed class BoundedBodyTests
{
    private const int Bound = 200_000;

    [Theory]
    [InlineData(null), InlineData("identity"), InlineData("gzip"), InlineData("GZIP")]
    public async Task A_body_comes_as_it_was_before_its_encoding(string? encoding)
    {
        byte[] sent = [.. Enumerable.Range(0, Bound).Select(i => (byte)(i * 7 % 251))];
        bool gzip = encoding?.Length == 4;
        using var body = await BoundedBody.ReadAsync(Request(gzip ? Gzip(sent) : sent, encoding), Bound);
        Assert.Equal(sent, body.Bytes.ToArray());
    }

    [Fact]
    public async Task An_empty_body_is_empty()
    {
        using var body = await BoundedBody.ReadAsync(Request([], null), Bound);
        Assert.Equal(0, body.Bytes.Length);
    }

    [Fact]
    public async Task Several_gzip_members_are_one_body()
    {
        using var body = await BoundedBody.ReadAsync(Request([.. Gzip("one "u8.ToArray()), .. Gzip("two"u8.ToArray())], "gzip"), Bound);
        Assert.Equal("one two", Encoding.UTF8.GetString(body.Bytes.Span));
    }

    [Theory]
    [InlineData(null), InlineData("gzip")]
    public async Task One_byte_too_many_is_refused_as_too_large(string? encoding)
    {
        byte[] sent = new byte[Bound + 1];
        var refused = await Assert.ThrowsAsync<ProblemException>(async () => await BoundedBody.ReadAsync(Request(encoding is null ? sent : Gzip(sent), encoding), Bound));
        Assert.Equal(("body-too-large", ProblemKind.TooLarge), (refused.Problems[0].Code, refused.Problems[0].Kind));
    }

    [Fact]
    public async Task A_decompression_bomb_is_inflated_no_further_than_the_bound()
    {
        var memory = new BodyMemory(4 * Bound);
        var context = Request(Gzip(new byte[64 << 20]), "gzip");
        long before = GC.GetAllocatedBytesForCurrentThread();
        var refused = await Assert.ThrowsAsync<ProblemException>(async () => await BoundedBody.ReadAsync(context, Bound, memory: memory));
        Assert.Equal("body-too-large", refused.Problems[0].Code);
        Assert.Equal(0, memory.Held);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * Bound);
    }

    [Theory]
    [InlineData("deflate"), InlineData("br"), InlineData("gzip, gzip"), InlineData("snappy")]
    public async Task Another_encoding_is_not_supported(string encoding)
    {
        var refused = await Assert.ThrowsAsync<BadHttpRequestException>(async () => await BoundedBody.ReadAsync(Request([1], encoding), Bound));
        Assert.Equal(415, refused.StatusCode);
        Assert.Contains(encoding, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_encoding_the_caller_decodes_is_left_as_it_is()
    {
        using var body = await BoundedBody.ReadAsync(Request([1, 2, 3], "snappy"), Bound, "snappy");
        Assert.Equal([1, 2, 3], body.Bytes.ToArray());
    }

    [Fact]
    public async Task What_is_not_gzip_is_said_to_be_so()
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(async () => await BoundedBody.ReadAsync(Request("plain text"u8.ToArray(), "gzip"), Bound));
        Assert.Equal("bad-gzip", refused.Problems[0].Code);
    }

    [Fact]
    public async Task A_gzip_body_cut_short_is_refused()
    {
        byte[] whole = Gzip([.. Enumerable.Range(0, 50_000).Select(i => (byte)(i * i % 253))]);
        var refused = await Assert.ThrowsAsync<ProblemException>(async () => await BoundedBody.ReadAsync(Request(whole[..(whole.Length / 2)], "gzip"), Bound));
        Assert.Equal("bad-gzip", refused.Problems[0].Code);
    }

    [Fact]
    public async Task Bodies_together_are_bounded_and_give_their_memory_back()
    {
        var memory = new BodyMemory(700_000);
        var first = await BoundedBody.ReadAsync(Request(new byte[Bound], null), Bound, memory: memory);
        var second = await BoundedBody.ReadAsync(Request(new byte[Bound], null), Bound, memory: memory);
        var refused = await Assert.ThrowsAsync<ProblemException>(async () => await BoundedBody.ReadAsync(Request(new byte[Bound], null), Bound, memory: memory));
        Assert.Equal(ProblemKind.Unavailable, refused.Problems[0].Kind);
        first.Dispose();
        using (await BoundedBody.ReadAsync(Request(new byte[Bound], null), Bound, memory: memory)) second.Dispose();
        Assert.Equal(0, memory.Held);
    }

    private static DefaultHttpContext Request(byte[] body, string? encoding)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(body);
        if (encoding is not null) context.Request.Headers.ContentEncoding = encoding;
        return context;
    }

    private static byte[] Gzip(byte[] plain)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(plain);
        return packed.ToArray();
    }
}
