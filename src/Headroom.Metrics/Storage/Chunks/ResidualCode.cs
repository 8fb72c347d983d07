using System.Buffers.Binary;
using System.Numerics;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Small numbers as bits, in groups of 64: a kind for each group (u8), then the bits. A group is all zero (kind 0), packed
/// at a width (kinds 1 to 64), or Golomb-Rice coded (kind 65 and more: with so many low bits as they are, and the rest as
/// ones ended by a zero; 25 ones are followed by 64 bits instead). After Golomb, "Run-length encodings" (IEEE Transactions
/// on Information Theory, 1966) and Rice, "Some practical universal noiseless coding techniques" (JPL, 1979).
/// </summary>
internal static class ResidualCode
{
    private const int Group = 64;
    private const int RiceKind = 65;
    private const int MaxLow = 32;
    private const int Escape = 25;

    /// <summary>About how many bits <see cref="Write"/> takes.</summary>
    public static long Cost(ReadOnlySpan<ulong> codes)
    {
        long cost = 0;
        for (int start = 0; start < codes.Length; start += Group) cost += Choose(codes.Slice(start, Math.Min(Group, codes.Length - start)), out _);
        return cost;
    }

    public static void Write(ByteWriter into, ReadOnlySpan<ulong> codes)
    {
        for (int start = 0; start < codes.Length; start += Group)
        {
            Choose(codes.Slice(start, Math.Min(Group, codes.Length - start)), out int kind);
            into.Byte((byte)kind);
        }
        var bits = new BitWriter(into);
        for (int start = 0; start < codes.Length; start += Group)
        {
            var group = codes.Slice(start, Math.Min(Group, codes.Length - start));
            Choose(group, out int kind);
            if (kind == 0) continue;
            if (kind < RiceKind)
            {
                foreach (ulong code in group) bits.Bits(code, kind);
                continue;
            }
            int low = kind - RiceKind;
            foreach (ulong code in group)
            {
                ulong ones = code >> low;
                if (ones >= Escape)
                {
                    bits.Bits((1UL << Escape) - 1, Escape);
                    bits.Bits(code, 64);
                    continue;
                }
                bits.Bits((1UL << ((int)ones + 1)) - 2, (int)ones + 1);
                if (low > 0) bits.Bits(code, low);
            }
        }
        bits.Finish();
    }

    /// <summary>Reads as many codes as the span holds, each back from its zig-zag form.</summary>
    public static void Read(ref ByteReader reader, scoped Span<long> numbers)
    {
        var kinds = reader.Take((numbers.Length + Group - 1) / Group);
        var bytes = reader.Rest;
        long at = 0;
        for (int i = 0, start = 0; i < kinds.Length; i++, start += Group)
        {
            var group = numbers.Slice(start, Math.Min(Group, numbers.Length - start));
            int kind = kinds[i];
            if (kind == 0) group.Clear();
            else if (kind < RiceKind) at = ReadPacked(bytes, at, kind, group);
            else if (kind <= RiceKind + MaxLow) at = ReadRice(bytes, at, kind - RiceKind, group);
            else throw reader.Bad($"{kind} is no kind of codes");
            // Behind the end zeros are read: nothing is ever read from elsewhere.
            if (at > bytes.Length * 8L) throw reader.Bad("the compressed numbers end too early");
        }
        reader.Take((int)((at + 7) / 8));
    }

    private static long ReadPacked(ReadOnlySpan<byte> bytes, long at, int width, Span<long> group)
    {
        if (width <= 57)
        {
            foreach (ref long number in group)
            {
                number = Signed(Window(bytes, at) >> (64 - width));
                at += width;
            }
            return at;
        }
        foreach (ref long number in group)
        {
            number = Signed((Window(bytes, at) >> (64 - (width - 32)) << 32) | (Window(bytes, at + width - 32) >> 32));
            at += width;
        }
        return at;
    }

    private static long ReadRice(ReadOnlySpan<byte> bytes, long at, int low, Span<long> group)
    {
        foreach (ref long number in group)
        {
            ulong window = Window(bytes, at);
            int ones = BitOperations.LeadingZeroCount(~window);
            if (ones >= Escape)
            {
                number = Signed((Window(bytes, at + Escape) >> 32 << 32) | (Window(bytes, at + Escape + 32) >> 32));
                at += Escape + 64;
                continue;
            }
            at += ones + 1 + low;
            // 24 ones, their end and 32 low bits are 57 bits, as many as a window holds wherever it starts.
            number = Signed(((ulong)ones << low) | (low == 0 ? 0 : window << (ones + 1) >> (64 - low)));
        }
        return at;
    }

    private static long Signed(ulong code) => (long)(code >> 1) ^ -(long)(code & 1);

    // 57 bits at least from a bit on; zeros behind the end.
    private static ulong Window(ReadOnlySpan<byte> bytes, long bit)
    {
        int at = (int)Math.Min(bit >> 3, bytes.Length);
        if (bytes.Length - at >= 8) return BinaryPrimitives.ReadUInt64BigEndian(bytes[at..]) << (int)(bit & 7);
        ulong window = 0;
        for (int i = 0; i < 8; i++) window = window << 8 | (at + i < bytes.Length ? bytes[at + i] : 0UL);
        return window << (int)(bit & 7);
    }

    // The cheaper of packed and Rice; packed, which reads faster, when there is next to no difference.
    private static long Choose(ReadOnlySpan<ulong> group, out int kind)
    {
        ulong any = 0;
        double sum = 0;
        foreach (ulong code in group)
        {
            any |= code;
            sum += code;
        }
        kind = 64 - BitOperations.LeadingZeroCount(any);
        if (kind == 0) return 8;
        long packed = (long)group.Length * kind;
        double mean = sum / group.Length;
        int low = mean < 1 ? 0 : Math.Min(MaxLow, (int)Math.Log2(mean));
        long rice = 0;
        foreach (ulong code in group)
        {
            ulong ones = code >> low;
            rice += ones >= Escape ? Escape + 64 : (long)ones + 1 + low;
        }
        if (packed <= rice + rice / 32) return packed + 8;
        kind = RiceKind + low;
        return rice + 8;
    }
}
