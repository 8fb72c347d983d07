using System.Buffers.Binary;
using System.Text;

namespace Headroom.Metrics.Storage;

/// <summary>Bytes that do not say what their format says. Names the offset; the caller adds the file.</summary>
internal sealed class DecodeException(int offset, string message) : Exception(message)
{
    /// <summary>Offset in the bytes that were decoded.</summary>
    public int Offset { get; } = offset;
}

/// <summary>
/// Reads what <see cref="ByteWriter"/> wrote. Every read is checked against the end, and a count is checked against
/// the bytes that are left before anything is allocated for it.
/// </summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    /// <summary>Everything that is left.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes[Position..];

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    public ulong Unsigned()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            if (shift == 63 && next > 1) break;
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw Bad("a number is longer than 64 bits");
    }

    public long Signed()
    {
        ulong value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number that must lie in a range.</summary>
    public int Int32(int min, int max)
    {
        ulong value = Unsigned();
        return value >= (ulong)min && value <= (ulong)max ? (int)value : throw Bad($"{value} is not between {min} and {max}");
    }

    /// <summary>How many things follow, each of at least so many bytes.</summary>
    public int Count(int minBytesEach)
    {
        ulong count = Unsigned();
        return count <= (ulong)(Remaining / minBytesEach) ? (int)count : throw Bad($"{count} entries cannot stand in {Remaining} bytes");
    }

    public string Text() => Encoding.UTF8.GetString(Take(Count(1)));

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining) throw Bad("the data ends too early");
        var taken = _bytes.Slice(Position, count);
        Position += count;
        return taken;
    }

    public readonly DecodeException Bad(string message) => new(Position, message);
}
