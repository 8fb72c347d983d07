using System.Buffers.Binary;
using System.Numerics;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Whole numbers as a column: a shape (u8), then by shape
/// <list type="bullet">
/// <item>0, all the same: the number;</item>
/// <item>1, equal steps: the first number, the step;</item>
/// <item>2, steps around a base: the first number, the divisor of all steps, the base, a code for each further step;</item>
/// <item>3, changes of the step: the first number, the divisor, the first step, a code for each further step;</item>
/// <item>4, distances from the first number around a base: the first number, the divisor, the base, a code for each.</item>
/// </list>
/// Numbers are zig-zag varints, the divisor a varint, codes <see cref="ResidualCode"/>. Arithmetic wraps, so that any
/// numbers come back.
/// </summary>
internal static class IntegerColumn
{
    private const byte Constant = 0;
    private const byte Linear = 1;
    private const byte Steps = 2;
    private const byte StepChanges = 3;
    private const byte Distances = 4;

    // Beyond, the greatest common divisor is not worth its divisions.
    private const long LargestDivided = 1L << 62;

    /// <summary>Writes at least one number.</summary>
    public static void Write(ByteWriter into, ReadOnlySpan<long> numbers)
    {
        long first = numbers[0];
        int count = numbers.Length - 1;
        Span<long> steps = count <= 1024 ? stackalloc long[count] : new long[count];
        bool same = true;
        for (int i = 0; i < count; i++)
        {
            steps[i] = numbers[i + 1] - numbers[i];
            same &= steps[i] == steps[0];
        }
        if (same)
        {
            bool constant = count == 0 || steps[0] == 0;
            into.Byte(constant ? Constant : Linear);
            into.Signed(first);
            if (!constant) into.Signed(steps[0]);
            return;
        }
        long divisor = Divisor(steps);
        if (divisor > 1)
            foreach (ref long step in steps) step /= divisor;

        // 1. The codes of each shape; 2. the cheapest of them.
        long stepBase = Mean(steps);
        Span<ulong> best = count <= 1024 ? stackalloc ulong[count] : new ulong[count];
        Span<ulong> other = count <= 1024 ? stackalloc ulong[count] : new ulong[count];
        (byte shape, long parameter, int codes) = (Steps, 0, count);
        for (int i = 0; i < count; i++) best[i] = ZigZag(steps[i]);
        long cost = ResidualCode.Cost(best);

        if (stepBase != 0)
        {
            for (int i = 0; i < count; i++) other[i] = ZigZag(steps[i] - stepBase);
            if (ResidualCode.Cost(other) is var centred && centred < cost)
            {
                (cost, parameter) = (centred, stepBase);
                other.CopyTo(best);
            }
        }
        var changes = other[..(count - 1)];
        for (int i = 1; i < count; i++) changes[i - 1] = ZigZag(steps[i] - steps[i - 1]);
        if (ResidualCode.Cost(changes) is var changing && changing < cost)
        {
            (cost, shape, parameter, codes) = (changing, StepChanges, steps[0], count - 1);
            changes.CopyTo(best);
        }
        long distance = 0;
        for (int i = 0; i < count; i++) steps[i] = distance += steps[i];
        long middle = Mean(steps);
        for (int i = 0; i < count; i++) other[i] = ZigZag(steps[i] - middle);
        if (ResidualCode.Cost(other) < cost)
        {
            (shape, parameter, codes) = (Distances, middle, count);
            other.CopyTo(best);
        }
        into.Byte(shape);
        into.Signed(first);
        into.Unsigned((ulong)divisor);
        into.Signed(parameter);
        ResidualCode.Write(into, best[..codes]);
    }

    /// <summary>Reads as many numbers as the span holds, at least one.</summary>
    /// <exception cref="DecodeException">The bytes are no column.</exception>
    public static void Read(ref ByteReader reader, scoped Span<long> numbers)
    {
        byte shape = reader.Byte();
        long first = reader.Signed();
        numbers[0] = first;
        if (shape == Constant)
        {
            numbers.Fill(first);
            return;
        }
        if (shape == Linear)
        {
            long step = reader.Signed();
            for (int i = 1; i < numbers.Length; i++) numbers[i] = numbers[i - 1] + step;
            return;
        }
        if (shape > Distances) throw reader.Bad($"{shape} is no shape of numbers");
        long divisor = (long)reader.Unsigned();
        long parameter = reader.Signed();
        var rest = numbers[1..];
        switch (shape)
        {
            case Steps:
                ResidualCode.Read(ref reader, rest);
                foreach (ref long number in rest) number = first += (number + parameter) * divisor;
                break;
            case Distances:
                ResidualCode.Read(ref reader, rest);
                foreach (ref long number in rest) number = first + ((number + parameter) * divisor);
                break;
            default:
                if (rest.IsEmpty) return;
                ResidualCode.Read(ref reader, rest[1..]);
                rest[0] = 0;
                foreach (ref long number in rest) number = first += (parameter += number) * divisor;
                break;
        }
    }

    private static ulong ZigZag(long value) => (ulong)(value << 1) ^ (ulong)(value >> 63);

    private static long Divisor(ReadOnlySpan<long> steps)
    {
        ulong divisor = 0;
        foreach (long step in steps)
        {
            if (step is > LargestDivided or < -LargestDivided) return 1;
            ulong size = (ulong)Math.Abs(step);
            if (divisor == 0)
            {
                divisor = size;
                continue;
            }
            while (size != 0) (divisor, size) = (size, divisor % size);
            if (divisor == 1) return 1;
        }
        return Math.Max(1, (long)divisor);
    }

    private static long Mean(ReadOnlySpan<long> numbers)
    {
        double sum = 0;
        foreach (long number in numbers) sum += number;
        double mean = Math.Round(sum / numbers.Length);
        return Math.Abs(mean) < LargestDivided ? (long)mean : 0;
    }
}

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
