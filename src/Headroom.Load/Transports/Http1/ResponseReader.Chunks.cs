using System.Runtime.CompilerServices;

namespace Headroom.Load.Transports.Http1;

/// <summary>The chunked coding (RFC 9112 section 7.1). Sizes, extensions and trailers are bounded.</summary>
internal partial struct ResponseReader
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ReadChunked(ReadOnlySpan<byte> data, Exchange exchange, ref int consumed)
    {
        int at = 0;
        while (at < data.Length && _state != State.Done)
        {
            if (_state == State.ChunkData)
            {
                int take = (int)Math.Min(_left, data.Length - at);
                exchange.AddBody(data.Slice(at, take));
                at += take;
                _left -= take;
                if (_left == 0) (_state, _line) = (State.ChunkEnd, 0);
                continue;
            }
            byte b = data[at++];
            switch (_state)
            {
                case State.ChunkSize:
                    if (++_line > MaximumChunkLine) return false;
                    if (b == '\n')
                    {
                        if (!_anyDigit) return false;
                        (_state, _line, _trailer) = (_left == 0 ? State.Trailer : State.ChunkData, 0, 0);
                    }
                    else if (b is (byte)';' or (byte)' ' or (byte)'\t' or (byte)'\r')
                    {
                        _chunkExtension = true;
                    }
                    else if (!_chunkExtension)
                    {
                        int digit = HexDigit(b);
                        if (digit < 0 || _left > long.MaxValue >> 5) return false;
                        _left = (_left << 4) | (uint)digit;
                        _anyDigit = true;
                    }
                    break;
                case State.ChunkEnd:
                    // CR LF after the data.
                    if (b == '\n') (_state, _left, _line, _anyDigit, _chunkExtension) = (State.ChunkSize, 0, 0, false, false);
                    else if (b != '\r' || ++_line > 1) return false;
                    break;
                default:
                    if (++_trailer > MaximumHead) return false;
                    if (b == '\n')
                    {
                        if (_line == 0) _state = State.Done;
                        _line = 0;
                    }
                    else if (b != '\r')
                    {
                        _line++;
                    }
                    break;
            }
        }
        consumed += at;
        return true;
    }

    private static int HexDigit(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        _ => -1,
    };
}
