using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Headroom.Load.Transports;
using Headroom.Load.Transports.Http1;

namespace Headroom.Load.Tests.Transports;

public sealed class ResponseReaderTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", false)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\ncontent-length:5\r\n\r\nhello", 200, "hello", true)]
    [InlineData("HTTP/1.1 500 \r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 500, "", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 7\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200, "abc", false)]
    [InlineData("HTTP/1.1 204\r\n\r\n", 204, "", true)]
    [InlineData("HTTP/1.1 200 OK\r\nfoo\n\nbar\r\nContent-Length: 1\r\n\r\nx", 200, "x", true)]
    public void An_answer_is_read_the_same_however_it_is_cut(string text, int status, string body, bool keepAlive)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        for (int cut = 1; cut <= bytes.Length; cut++)
        {
            var (result, exchange, reader) = Read(bytes, cut);
            Assert.Equal(ReadResult.Complete, result);
            Assert.Equal((status, body, keepAlive), (exchange.Status, Encoding.ASCII.GetString(exchange.Body.Span), reader.KeepAlive));
        }
    }

    [Theory]
    [InlineData("HTTP/2 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 600 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    public void What_is_no_answer_is_refused_however_it_is_cut(string text)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        for (int cut = 1; cut <= bytes.Length; cut++) Assert.Equal(ReadResult.Malformed, Read(bytes, cut).Result);
    }

    [Fact]
    public void Headers_are_bounded()
    {
        byte[] endless = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nX: " + new string('y', 200_000));
        Assert.Equal(ReadResult.Malformed, Read(endless, 1000).Result);
        Assert.Equal(ReadResult.Malformed, Read(endless, 100_000).Result);
    }

    [Fact]
    public void Announcements_without_end_are_refused()
    {
        byte[] many = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 100)));
        Assert.Equal(ReadResult.Malformed, Read(many, 4096).Result);
    }

    [Fact]
    public void Any_body_in_any_chunks_comes_out_as_it_went_in() => Prop.ForAll(
        ArbMap.Default.ArbFor<(NonNull<byte[]>, PositiveInt, PositiveInt)>(), input =>
        {
            var (body, chunk, cut) = (input.Item1.Get, input.Item2.Get, input.Item3.Get);
            var text = new List<byte>(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
            foreach (byte[] piece in body.Chunk(chunk)) text.AddRange([.. Encoding.ASCII.GetBytes($"{piece.Length:x}\r\n"), .. piece, (byte)'\r', (byte)'\n']);
            text.AddRange(Encoding.ASCII.GetBytes("0\r\n\r\n"));
            var (result, exchange, reader) = Read([.. text], cut);
            return result == ReadResult.Complete && exchange.Body.Span.SequenceEqual(body) && reader.KeepAlive;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Damaged_answers_never_throw_and_never_keep_more_than_is_allowed()
    {
        string[] seeds =
        [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nSet-Cookie: a=b\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nto the end",
        ];
        var random = new Random(7);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(seeds[random.Next(seeds.Length)]);
            for (int i = random.Next(6); i > 0; i--)
            {
                int at = random.Next(bytes.Length);
                switch (random.Next(3))
                {
                    case 0: bytes[at] = (byte)random.Next(256); break;
                    case 1: bytes = [.. bytes[..at], .. bytes[random.Next(at + 1)..]]; break;
                    default: bytes = [.. bytes[..at], (byte)"\r\n:; 0f"[random.Next(7)], .. bytes[at..]]; break;
                }
                if (bytes.Length == 0) bytes = [0];
            }
            var (_, exchange, _) = Read(bytes, 1 + random.Next(bytes.Length));
            Assert.True(exchange.Body.Length <= Exchange.MaximumBody);
        }
    }

    [Fact]
    public void Reading_an_answer_allocates_nothing()
    {
        byte[] bytes = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: text/plain\r\n\r\nHello, World!"u8.ToArray();
        var exchange = new Exchange(null!, new ConnectionSet());
        var reader = new ResponseReader();
        for (int i = 0; i < 100; i++) One();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++) One();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void One()
        {
            exchange.Begin(0);
            reader.Begin();
            reader.Read(bytes, exchange, out _);
        }
    }

    private static (ReadResult Result, Exchange Exchange, ResponseReader Reader) Read(byte[] bytes, int cut)
    {
        var exchange = new Exchange(null!, new ConnectionSet()) { WantsBody = true };
        exchange.Begin(0);
        var reader = new ResponseReader();
        reader.Begin();
        var result = ReadResult.More;
        for (int at = 0; at < bytes.Length && result == ReadResult.More;)
        {
            int length = Math.Min(cut, bytes.Length - at);
            result = reader.Read(bytes.AsSpan(at, length), exchange, out int consumed);
            if (result == ReadResult.More) Assert.Equal(length, consumed);
            at += length;
        }
        reader.ReturnCarry();
        return (result, exchange, reader);
    }
}
