using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Headroom.Metrics.Histograms;

/// <summary>Reads within bounds; after a failure everything reads as zero and <see cref="Failed"/> stays set.</summary>
internal ref struct VarintReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public bool Failed { get; private set; }

    public readonly int Remaining => _bytes.Length - Position;

    public int Byte()
    {
        if (Remaining > 0) return _bytes[Position++];
        Failed = true;
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Unsigned() =>
        (uint)Position < (uint)_bytes.Length && _bytes[Position] < 0x80 ? _bytes[Position++] : UnsignedOfSeveralBytes();

    private ulong UnsignedOfSeveralBytes()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            int next = Byte();
            if (shift == 63 && next > 1) break;
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        Failed = true;
        return 0;
    }

    public long Signed()
    {
        ulong value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public double Double()
    {
        if (Remaining < sizeof(double))
        {
            Failed = true;
            return 0;
        }
        double value = BinaryPrimitives.ReadDoubleLittleEndian(_bytes[Position..]);
        Position += sizeof(double);
        return value;
    }

    /// <summary>Whole counts are differences to the one before.</summary>
    public void Counts(Span<double> into, bool whole)
    {
        // The position in a local stays in a register; nearly every difference is one byte.
        int at = Position;
        long count = 0;
        for (int i = 0; i < into.Length; i++)
        {
            if (whole && (uint)at < (uint)_bytes.Length && _bytes[at] < 0x80)
            {
                int zigzag = _bytes[at++];
                into[i] = count += (zigzag >> 1) ^ -(zigzag & 1);
                continue;
            }
            Position = at;
            into[i] = whole ? count += Signed() : Double();
            at = Position;
        }
        Position = at;
    }

    public double Count(bool whole) => whole ? Signed() : Double();
}
