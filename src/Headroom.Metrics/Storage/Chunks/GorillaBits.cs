using System.Numerics;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Times and values as bits, after Pelkonen et al., "Gorilla: a fast, scalable, in-memory time series database" (VLDB
/// 2015): a time as the change of its distance to the one before, a value as the exclusive-or with the one before.
/// The widths of the time classes are ours: they fit milliseconds and their jitter.
/// </summary>
internal static class GorillaBits
{
    // Prefix 0 is no change; 10, 110, 1110 and 11110 are followed by so many bits, 11111 by 64.
    private static ReadOnlySpan<int> TimeWidths => [8, 14, 20, 32];

    public static void Write(ByteWriter into, ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        into.Signed(times[0]);
        into.Double(values[0]);
        var bits = new BitWriter(into);
        long step = 0;
        int leading = -1;
        int significant = 0;
        for (int i = 1; i < times.Length; i++)
        {
            long next = times[i] - times[i - 1];
            WriteTime(ref bits, next - step);
            step = next;
            ulong xor = BitConverter.DoubleToUInt64Bits(values[i]) ^ BitConverter.DoubleToUInt64Bits(values[i - 1]);
            WriteValue(ref bits, xor, ref leading, ref significant);
        }
        bits.Finish();
    }

    /// <summary>Decodes as many samples as the spans hold; gives the number of bytes they took.</summary>
    /// <param name="bytes">What <see cref="Write"/> wrote, and perhaps more.</param>
    /// <param name="times">Receives the times.</param>
    /// <param name="values">Receives the values.</param>
    /// <param name="smallestStep">0 when times may repeat, 1 when they must ascend; anything less is damage.</param>
    public static int Read(ReadOnlySpan<byte> bytes, Span<long> times, Span<double> values, long smallestStep)
    {
        var head = new ByteReader(bytes);
        long time = head.Signed();
        ulong value = (ulong)head.Int64();
        times[0] = time;
        values[0] = BitConverter.UInt64BitsToDouble(value);
        var bits = new BitReader(bytes[head.Position..]);
        long step = 0;
        int leading = 0;
        int significant = 0;
        for (int i = 1; i < times.Length; i++)
        {
            if (bits.Bit()) step += ReadTimeChange(ref bits);
            if (step < smallestStep || time > long.MaxValue - step)
                throw new DecodeException(head.Position + bits.Position, "the times of samples do not ascend");
            times[i] = time += step;
            value ^= ReadChange(ref bits, ref leading, ref significant);
            values[i] = BitConverter.UInt64BitsToDouble(value);
        }
        return head.Position + bits.Position;
    }

    /// <summary>Writes values alone.</summary>
    public static void WriteValues(ByteWriter into, ReadOnlySpan<double> values)
    {
        into.Double(values[0]);
        var bits = new BitWriter(into);
        int leading = -1;
        int significant = 0;
        for (int i = 1; i < values.Length; i++)
            WriteValue(ref bits, BitConverter.DoubleToUInt64Bits(values[i]) ^ BitConverter.DoubleToUInt64Bits(values[i - 1]), ref leading, ref significant);
        bits.Finish();
    }

    /// <summary>Reads what <see cref="WriteValues"/> wrote, as many as the span holds.</summary>
    public static void ReadValues(ref ByteReader reader, scoped Span<double> values)
    {
        ulong value = (ulong)reader.Int64();
        values[0] = BitConverter.UInt64BitsToDouble(value);
        var bits = new BitReader(reader.Rest);
        int leading = 0;
        int significant = 0;
        for (int i = 1; i < values.Length; i++)
        {
            value ^= ReadChange(ref bits, ref leading, ref significant);
            values[i] = BitConverter.UInt64BitsToDouble(value);
        }
        reader.Take(bits.Position);
    }

    private static void WriteTime(ref BitWriter bits, long change)
    {
        if (change == 0)
        {
            bits.Bits(0, 1);
            return;
        }
        for (int i = 0; i < TimeWidths.Length; i++)
        {
            int width = TimeWidths[i];
            if (change < -(1L << (width - 1)) || change >= 1L << (width - 1)) continue;
            bits.Bits((1UL << (i + 2)) - 2, i + 2);
            bits.Bits((ulong)change, width);
            return;
        }
        bits.Bits(0b11111, 5);
        bits.Bits((ulong)change, 64);
    }

    // The first 1 of the prefix has been read.
    private static long ReadTimeChange(ref BitReader bits)
    {
        foreach (int width in TimeWidths)
            if (!bits.Bit())
                return (long)(bits.Bits(width) << (64 - width)) >> (64 - width);
        return (long)bits.Bits(64);
    }

    private static ulong ReadChange(ref BitReader bits, ref int leading, ref int significant)
    {
        if (!bits.Bit()) return 0;
        if (bits.Bit())
        {
            leading = (int)bits.Bits(5);
            significant = (int)bits.Bits(6) + 1;
            if (leading + significant > 64) throw new DecodeException(bits.Position, "a value has more than 64 bits");
        }
        else if (significant == 0)
        {
            throw new DecodeException(bits.Position, "a value refers to one that is not there");
        }
        return bits.Bits(significant) << (64 - leading - significant);
    }

    private static void WriteValue(ref BitWriter bits, ulong xor, ref int leading, ref int significant)
    {
        if (xor == 0)
        {
            bits.Bits(0, 1);
            return;
        }
        int zerosBefore = Math.Min(31, BitOperations.LeadingZeroCount(xor));
        int zerosAfter = BitOperations.TrailingZeroCount(xor);
        if (leading >= 0 && zerosBefore >= leading && zerosAfter >= 64 - leading - significant)
        {
            bits.Bits(0b10, 2);
            bits.Bits(xor >> (64 - leading - significant), significant);
            return;
        }
        (leading, significant) = (zerosBefore, 64 - zerosBefore - zerosAfter);
        bits.Bits(0b11, 2);
        bits.Bits((ulong)leading, 5);
        bits.Bits((ulong)significant - 1, 6);
        bits.Bits(xor >> zerosAfter, significant);
    }
}
