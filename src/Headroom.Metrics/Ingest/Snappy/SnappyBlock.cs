using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Headroom.Metrics.Ingest.Snappy;

/// <summary>
/// Decodes Snappy's block format (google/snappy, format_description.txt): a varint with the length of the content, then
/// literals and copies of what was written before. Into memory of the caller, so that a request costs no allocation and
/// its size is known, and can be refused, before anything is decoded. Never throws on bad bytes.
/// </summary>
internal static class SnappyBlock
{
    // The densest element is a copy of 64 bytes from 3.
    private const int MostExpansion = 22;

    /// <summary>
    /// The length of the content; false when the block does not begin with one, or with one that so short a block cannot hold.
    /// </summary>
    public static bool TryGetLength(ReadOnlySpan<byte> block, out long length, out int headerBytes)
    {
        (length, headerBytes) = (0, 0);
        for (int shift = 0; shift <= 28; shift += 7)
        {
            if (headerBytes == block.Length) return false;
            byte next = block[headerBytes++];
            length |= (long)(next & 0x7F) << shift;
            if (next >= 0x80) continue;
            return length <= uint.MaxValue && length <= (block.Length - headerBytes) * (long)MostExpansion;
        }
        return false;
    }

    /// <summary>Decodes into exactly as many bytes as the block says; false when it is damaged.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> block, Span<byte> output)
    {
        if (!TryGetLength(block, out long length, out int at) || length != output.Length) return false;
        int to = 0;
        while (at < block.Length)
        {
            int tag = block[at++];
            int count;
            if ((tag & 3) == 0)
            {
                count = (tag >> 2) + 1;
                if (count > 60 && !TryReadLength(block, count - 60, ref at, out count)) return false;
                if (count > block.Length - at || count > output.Length - to) return false;
                CopyLiteral(block, at, output, to, count);
                at += count;
                to += count;
                continue;
            }
            int offset;
            if ((tag & 3) == 1)
            {
                if (at == block.Length) return false;
                count = ((tag >> 2) & 7) + 4;
                offset = (tag >> 5) << 8 | block[at++];
            }
            else if ((tag & 3) == 2)
            {
                if (block.Length - at < 2) return false;
                count = (tag >> 2) + 1;
                offset = BinaryPrimitives.ReadUInt16LittleEndian(block[at..]);
                at += 2;
            }
            else
            {
                if (block.Length - at < 4) return false;
                count = (tag >> 2) + 1;
                uint far = BinaryPrimitives.ReadUInt32LittleEndian(block[at..]);
                if (far > int.MaxValue) return false;
                offset = (int)far;
                at += 4;
            }
            if (offset == 0 || offset > to || count > output.Length - to) return false;
            CopyBack(output, to, offset, count);
            to += count;
        }
        return to == output.Length;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> block, int bytes, ref int at, out int count)
    {
        count = 0;
        if (block.Length - at < bytes) return false;
        uint length = 0;
        for (int i = 0; i < bytes; i++) length |= (uint)block[at + i] << (8 * i);
        at += bytes;
        if (length >= int.MaxValue) return false;
        count = (int)length + 1;
        return true;
    }

    private static void CopyLiteral(ReadOnlySpan<byte> block, int at, Span<byte> output, int to, int count)
    {
        // Most literals are short. Bytes written beyond one are written again by what follows.
        if (count <= 16 && block.Length - at >= 16 && output.Length - to >= 16)
            Move16(ref Unsafe.AsRef(in MemoryMarshal.GetReference(block)), at, ref MemoryMarshal.GetReference(output), to);
        else
            block.Slice(at, count).CopyTo(output[to..]);
    }

    private static void CopyBack(Span<byte> output, int to, int offset, int count)
    {
        if (offset >= 16 && output.Length - to >= 64)
        {
            // A copy has at most 64 bytes; steps of 16 never read what the same step writes.
            ref byte memory = ref MemoryMarshal.GetReference(output);
            for (int done = 0; done < count; done += 16) Move16(ref memory, to - offset + done, ref memory, to + done);
        }
        else if (offset >= count)
        {
            output.Slice(to - offset, count).CopyTo(output[to..]);
        }
        else
        {
            // The copy overlaps itself: it repeats its last bytes.
            for (int i = 0; i < count; i++) output[to + i] = output[to + i - offset];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Move16(ref byte source, int at, ref byte target, int to) =>
        Vector128.LoadUnsafe(ref source, (nuint)at).StoreUnsafe(ref target, (nuint)to);
}
