using System.Buffers;
using System.Runtime.CompilerServices;

namespace Headroom.Load.Transports.Http1;

/// <summary>What a piece of input came to.</summary>
internal enum ReadResult
{
    /// <summary>The answer is not whole yet.</summary>
    More,

    /// <summary>It is whole.</summary>
    Complete,

    /// <summary>It is no HTTP/1.1, contradicts itself, or has more header than is accepted.</summary>
    Malformed,
}

/// <summary>
/// Reads HTTP/1.1 responses (RFC 9112) from pieces of input of any size, without copying what it need not keep. What a
/// hostile server can make it keep is bounded: one header section of <see cref="MaximumHead"/>, a line of a chunk.
/// </summary>
internal partial struct ResponseReader
{
    /// <summary>The longest status line and headers accepted, in bytes; also of trailers.</summary>
    public const int MaximumHead = 64 << 10;

    private const int MaximumInterim = 32;
    private const int MaximumChunkLine = 256;

    private State _state;
    private long _left;
    private int _line;
    private int _interim;
    private int _trailer;
    private bool _anyDigit;
    private bool _chunkExtension;
    private byte[]? _carry;
    private int _carried;

    private enum State : byte
    {
        Head,
        Fixed,
        UntilClose,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailer,
        Done,
    }

    /// <summary>Whether the connection can be used for another request.</summary>
    public bool KeepAlive { get; private set; }

    /// <summary>Whether any byte of the answer has come.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Prepares for the next answer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Begin()
    {
        (_state, _interim, HasBegun, KeepAlive) = (State.Head, 0, false, false);
        ReturnCarry();
    }

    /// <summary>Gives back what is rented.</summary>
    public void ReturnCarry()
    {
        if (_carry is { } carry) ArrayPool<byte>.Shared.Return(carry);
        (_carry, _carried) = (null, 0);
    }

    /// <summary>Reads a piece of input.</summary>
    /// <param name="data">What came.</param>
    /// <param name="exchange">Where the answer goes.</param>
    /// <param name="consumed">How much of it belongs to this answer.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadResult Read(ReadOnlySpan<byte> data, Exchange exchange, out int consumed)
    {
        consumed = 0;
        HasBegun |= data.Length > 0;
        while (true)
        {
            var rest = data[consumed..];
            switch (_state)
            {
                case State.Head:
                    var result = ReadHead(rest, exchange, out int taken);
                    consumed += taken;
                    if (result != ReadResult.Complete) return result;
                    break;
                case State.Fixed:
                    int take = (int)Math.Min(_left, rest.Length);
                    exchange.AddBody(rest[..take]);
                    consumed += take;
                    _left -= take;
                    if (_left > 0) return ReadResult.More;
                    _state = State.Done;
                    break;
                case State.UntilClose:
                    exchange.AddBody(rest);
                    consumed += rest.Length;
                    return ReadResult.More;
                case State.Done:
                    return ReadResult.Complete;
                default:
                    if (rest.Length == 0) return ReadResult.More;
                    if (!ReadChunked(rest, exchange, ref consumed)) return ReadResult.Malformed;
                    if (_state != State.Done && consumed == data.Length) return ReadResult.More;
                    break;
            }
        }
    }

    /// <summary>The peer will send no more: true when that is how the answer ends.</summary>
    public readonly bool EndsHere => _state == State.UntilClose;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ReadResult ReadHead(ReadOnlySpan<byte> data, Exchange exchange, out int taken)
    {
        if (_carried == 0)
        {
            int end = data.IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                taken = end + 4;
                return end > MaximumHead ? ReadResult.Malformed : ParseHead(data[..taken], exchange);
            }
            taken = data.Length;
            return Keep(data);
        }
        // The end may lie across the border of two pieces.
        int before = _carried;
        int room = Math.Min(data.Length, MaximumHead + 4 - before);
        var kept = Keep(data[..room]);
        if (kept == ReadResult.Malformed)
        {
            taken = data.Length;
            return kept;
        }
        int start = Math.Max(0, before - 3);
        int at = _carry.AsSpan(start, _carried - start).IndexOf("\r\n\r\n"u8);
        if (at < 0)
        {
            taken = data.Length;
            return _carried >= MaximumHead ? ReadResult.Malformed : ReadResult.More;
        }
        int length = start + at + 4;
        taken = length - before;
        var parsed = ParseHead(_carry.AsSpan(0, length), exchange);
        ReturnCarry();
        return parsed;
    }

    private ReadResult Keep(ReadOnlySpan<byte> data)
    {
        if (data.Length == 0) return ReadResult.More;
        if (_carried + data.Length > MaximumHead + 4) return ReadResult.Malformed;
        if (_carry is null || _carry.Length < _carried + data.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(1024, _carried + data.Length));
            _carry.AsSpan(0, _carried).CopyTo(larger);
            if (_carry is not null) ArrayPool<byte>.Shared.Return(_carry);
            _carry = larger;
        }
        data.CopyTo(_carry.AsSpan(_carried));
        _carried += data.Length;
        // What does not even begin like an answer is told at once, not after 64 KiB or the timeout.
        int known = Math.Min(_carried, 5);
        return _carry.AsSpan(0, known).SequenceEqual("HTTP/"u8[..known]) ? ReadResult.More : ReadResult.Malformed;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ReadResult ParseHead(ReadOnlySpan<byte> head, Exchange exchange)
    {
        // 1. The status line: HTTP/1.x SP 3DIGIT.
        if (head.Length < 15 || !head.StartsWith("HTTP/1."u8) || head[8] != ' ' || head[7] is not ((byte)'0' or (byte)'1')) return ReadResult.Malformed;
        uint hundreds = (uint)head[9] - '0', tens = (uint)head[10] - '0', ones = (uint)head[11] - '0';
        if (hundreds is < 1 or > 5 || tens > 9 || ones > 9 || (head[12] != ' ' && head[12] != '\r')) return ReadResult.Malformed;
        int status = (int)(hundreds * 100 + tens * 10 + ones);
        bool keepAlive = head[7] == '1';

        // 2. The headers that say how long the body is and what becomes of the connection.
        long length = -1;
        bool chunked = false, otherCoding = false;
        var lines = head[(head.IndexOf((byte)'\n') + 1)..];
        while (lines.Length > 2)
        {
            int end = lines.IndexOf((byte)'\n');
            var line = lines[..end];
            lines = lines[(end + 1)..];
            if (line.Length == 0) continue;
            switch (line[0] | 0x20)
            {
                case 'c' when Is(line, "content-length"u8, out var value):
                    if (!TryLength(value, out long given) || (length >= 0 && length != given)) return ReadResult.Malformed;
                    length = given;
                    break;
                case 'c' when Is(line, "connection"u8, out var value):
                    if (Contains(value, "close"u8)) keepAlive = false;
                    else if (Contains(value, "keep-alive"u8)) keepAlive = true;
                    break;
                case 't' when Is(line, "transfer-encoding"u8, out var value):
                    chunked = EndsWith(value, "chunked"u8);
                    otherCoding = !chunked;
                    break;
            }
        }

        // 3. What follows (RFC 9112 section 6.3).
        if (status < 200)
        {
            // 101 was not asked for; others announce the answer to come.
            return status == 101 || ++_interim > MaximumInterim ? ReadResult.Malformed : ReadResult.Complete;
        }
        exchange.Status = status;
        if (exchange.WantsHead || (uint)(status - 300) < 100) exchange.Head.Append(head);
        if (exchange.IsHead || status is 204 or 304) _state = State.Done;
        else if (chunked)
        {
            // A length beside chunks may be somebody's smuggling; the connection is not used again.
            if (length >= 0) keepAlive = false;
            (_state, _left, _line, _anyDigit, _chunkExtension) = (State.ChunkSize, 0, 0, false, false);
        }
        else if (otherCoding || length < 0) (_state, keepAlive) = (State.UntilClose, false);
        else (_state, _left) = (length == 0 ? State.Done : State.Fixed, length);
        KeepAlive = keepAlive;
        return ReadResult.Complete;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Is(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (line.Length <= name.Length || line[name.Length] != ':') return false;
        if (!System.Text.Ascii.EqualsIgnoreCase(line[..name.Length], name)) return false;
        value = line[(name.Length + 1)..].Trim(" \t\r"u8);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryLength(ReadOnlySpan<byte> value, out long length)
    {
        length = 0;
        if (value.Length is 0 or > 18) return false;
        foreach (byte b in value)
        {
            if (b is < (byte)'0' or > (byte)'9') return false;
            length = length * 10 + (b - '0');
        }
        return true;
    }

    private static bool EndsWith(ReadOnlySpan<byte> value, ReadOnlySpan<byte> word) =>
        value.Length >= word.Length && System.Text.Ascii.EqualsIgnoreCase(value[^word.Length..], word);

    private static bool Contains(ReadOnlySpan<byte> value, ReadOnlySpan<byte> word)
    {
        for (int i = 0; i + word.Length <= value.Length; i++)
            if (System.Text.Ascii.EqualsIgnoreCase(value.Slice(i, word.Length), word))
                return true;
        return false;
    }
}
