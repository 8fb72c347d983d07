using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Headroom.Metrics.Storage;

/// <summary>Reads bits that <see cref="BitWriter"/> wrote; past the end it fails.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _next;
    private ulong _buffer;
    private int _available;

    /// <summary>Bytes begun so far.</summary>
    public readonly int Position => _next - _available / 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Bit()
    {
        if (_available == 0) Refill();
        _available--;
        return (_buffer >> _available & 1) != 0;
    }

    /// <summary>Reads 1 to 64 bits.</summary>
    public ulong Bits(int count)
    {
        if (_available >= count)
        {
            _available -= count;
            return count == 64 ? _buffer : _buffer >> _available & (1UL << count) - 1;
        }
        int high = _available;
        ulong value = high == 0 ? 0 : _buffer & (1UL << high) - 1;
        _available = 0;
        int low = count - high;
        Refill();
        if (_available < low) throw Ended();
        _available -= low;
        ulong rest = low == 64 ? _buffer : _buffer >> _available & (1UL << low) - 1;
        return low == 64 ? rest : value << low | rest;
    }

    private void Refill()
    {
        int left = _bytes.Length - _next;
        if (left >= 8)
        {
            _buffer = BinaryPrimitives.ReadUInt64BigEndian(_bytes[_next..]);
            (_next, _available) = (_next + 8, 64);
            return;
        }
        if (left == 0) throw Ended();
        _buffer = 0;
        for (int i = 0; i < left; i++) _buffer = _buffer << 8 | _bytes[_next + i];
        (_next, _available) = (_next + left, left * 8);
    }

    private readonly DecodeException Ended() => new(_next, "the compressed samples end too early");
}
