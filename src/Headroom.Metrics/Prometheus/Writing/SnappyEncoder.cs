using System.Buffers.Binary;
using System.Numerics;

namespace Headroom.Metrics.Prometheus;

/// <summary>
/// Snappy's block format (google/snappy, format_description.txt), as remote write wants it: the length, then literals and
/// copies. Greedy: a table remembers where each run of four bytes was last seen within its 64 KiB block.
/// </summary>
internal static class SnappyEncoder
{
    private const int BlockSize = 1 << 16;
    private const int TableBits = 14;
    private const int MinMatch = 4;
    private const int LongestCopy = 64;

    /// <summary>The most bytes that compressing so many can give.</summary>
    public static int MaxLength(int length) => checked(32 + length + (length / 6));

    /// <summary>Compresses a message; the result has <see cref="MaxLength"/> bytes of room.</summary>
    /// <returns>How many bytes were written.</returns>
    public static int Compress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        int n = 0;
        for (uint length = (uint)input.Length; ; length >>= 7)
        {
            if (length < 0x80)
            {
                output[n++] = (byte)length;
                break;
            }
            output[n++] = (byte)(length | 0x80);
        }
        ushort[] table = new ushort[1 << TableBits];
        for (int start = 0; start < input.Length; start += BlockSize)
        {
            var block = input.Slice(start, Math.Min(BlockSize, input.Length - start));
            table.AsSpan().Clear();
            n += CompressBlock(block, output[n..], table);
        }
        return n;
    }

    private static int CompressBlock(ReadOnlySpan<byte> block, Span<byte> output, Span<ushort> table)
    {
        int n = 0, literal = 0, at = 1;
        // What does not compress is looked at with growing strides.
        int skip = 32;
        while (at + MinMatch <= block.Length)
        {
            uint four = Four(block, at);
            int slot = (int)((four * 0x1e35a7bdu) >> (32 - TableBits));
            int candidate = table[slot];
            table[slot] = (ushort)at;
            if (candidate >= at || Four(block, candidate) != four)
            {
                at += skip++ >> 5;
                continue;
            }
            skip = 32;
            n += Literal(block[literal..at], output[n..]);
            int length = MinMatch + block[(at + MinMatch)..].CommonPrefixLength(block[(candidate + MinMatch)..]);
            n += Copy(at - candidate, length, output[n..]);
            at += length;
            literal = at;
        }
        return n + Literal(block[literal..], output[n..]);
    }

    private static uint Four(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static int Literal(ReadOnlySpan<byte> bytes, Span<byte> output)
    {
        if (bytes.IsEmpty) return 0;
        int n = 0;
        uint length = (uint)bytes.Length - 1;
        if (length < 60) output[n++] = (byte)(length << 2);
        else
        {
            int size = (BitOperations.Log2(length) / 8) + 1;
            output[n++] = (byte)((59 + size) << 2);
            for (int i = 0; i < size; i++) output[n++] = (byte)(length >> (8 * i));
        }
        bytes.CopyTo(output[n..]);
        return n + bytes.Length;
    }

    private static int Copy(int offset, int length, Span<byte> output)
    {
        int n = 0;
        while (length > 0)
        {
            // The rest must not be shorter than the shortest match where that can be avoided.
            int part = length is > LongestCopy and < LongestCopy + MinMatch ? length - MinMatch : Math.Min(length, LongestCopy);
            output[n++] = (byte)(((part - 1) << 2) | 2);
            output[n++] = (byte)offset;
            output[n++] = (byte)(offset >> 8);
            length -= part;
        }
        return n;
    }
}
