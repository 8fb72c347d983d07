using System.Buffers;
using System.Buffers.Binary;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>A protobuf message under way, in pooled memory, of bounded size. Lengths are written when they are known.</summary>
internal sealed class ProtobufBuffer(int most) : IDisposable
{
    // A length of up to 2^35 in a varint that is padded to a fixed size, which protobuf allows.
    private const int LengthBytes = 5;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(4096);

    /// <summary>Bytes written; may be set back to drop the last ones.</summary>
    public int Length { get; set; }

    /// <summary>Whether more was written than there is room for. What is beyond is lost.</summary>
    public bool IsFull { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Varint(ulong value)
    {
        if (!Reserve(10)) return;
        while (value >= 0x80)
        {
            _bytes[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        _bytes[Length++] = (byte)value;
    }

    public void Fixed64(ulong value)
    {
        if (!Reserve(8)) return;
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(Length), value);
        Length += 8;
    }

    /// <summary>Room for bytes that the caller writes; then <see cref="Length"/> is to be advanced. Empty when full.</summary>
    public Span<byte> Room(int bytes) => Reserve(bytes) ? _bytes.AsSpan(Length, bytes) : default;

    /// <summary>Begins something whose length comes first; returns what <see cref="End"/> needs.</summary>
    public int Begin()
    {
        if (Reserve(LengthBytes)) Length += LengthBytes;
        return Length;
    }

    /// <summary>Writes the length of what began.</summary>
    public void End(int begin)
    {
        if (IsFull) return;
        uint length = (uint)(Length - begin);
        for (int i = begin - LengthBytes; i < begin - 1; i++, length >>= 7) _bytes[i] = (byte)(length | 0x80);
        _bytes[begin - 1] = (byte)length;
    }

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, Length) = ([], 0);
    }

    private bool Reserve(int bytes)
    {
        if (IsFull) return false;
        if (Length + bytes <= _bytes.Length) return true;
        if (Length + (long)bytes > most)
        {
            IsFull = true;
            return false;
        }
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(2L * _bytes.Length, Length + (long)bytes), most));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
        return true;
    }
}
