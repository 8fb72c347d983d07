namespace Headroom.Metrics.Storage;

/// <summary>
/// Floats as a column, every bit kept: as whole numbers and a decimal exponent where they are decimals of few digits, as
/// most measurements are, with the few values that are not (stale markers among them) apart; else as exclusive-ors
/// (<see cref="GorillaBits"/>). The form (u8) is the exponent from 0 to 15, 16 more when values stand apart (varint count;
/// each varint distance to the one before and 8 bytes), or 255 for exclusive-ors.
/// </summary>
internal static class NumberColumn
{
    private const int MaxExponent = 15;
    private const byte Apart = 16;
    private const byte ExclusiveOr = 255;
    private const double LargestWhole = 1L << 53;

    private static readonly double[] Powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    /// <summary>Writes at least one value.</summary>
    public static void Write(ByteWriter into, ReadOnlySpan<double> values)
    {
        Span<long> numbers = values.Length <= 1024 ? stackalloc long[values.Length] : new long[values.Length];
        int exponent = Exponent(values);
        int allowed = Math.Min(values.Length - 1, 1 + values.Length / 16);
        if (exponent < 0 || !TryScale(values, exponent, numbers, allowed, out int apart))
        {
            into.Byte(ExclusiveOr);
            GorillaBits.WriteValues(into, values);
            return;
        }
        into.Byte((byte)(exponent | (apart > 0 ? Apart : 0)));
        if (apart > 0) WriteApart(into, values, numbers, exponent, apart);
        IntegerColumn.Write(into, numbers);
    }

    /// <summary>Reads as many values as the span holds.</summary>
    /// <exception cref="DecodeException">The bytes are no column.</exception>
    public static void Read(ref ByteReader reader, scoped Span<double> values)
    {
        byte form = reader.Byte();
        if (form == ExclusiveOr)
        {
            GorillaBits.ReadValues(ref reader, values);
            return;
        }
        if (form >= 2 * Apart) throw reader.Bad($"{form} is no form of values");
        int apart = (form & Apart) != 0 ? reader.Count(9) : 0;
        var places = reader;
        for (int i = 0; i < apart; i++)
        {
            reader.Unsigned();
            reader.Take(8);
        }
        Span<long> numbers = values.Length <= 1024 ? stackalloc long[values.Length] : new long[values.Length];
        IntegerColumn.Read(ref reader, numbers);
        double power = Powers[form & (Apart - 1)];
        for (int i = 0; i < numbers.Length; i++) values[i] = numbers[i] / power;
        int at = 0;
        for (int i = 0; i < apart; i++)
        {
            at += places.Int32(0, values.Length);
            if (at >= values.Length) throw places.Bad("a value stands behind the last");
            values[at] = places.Double();
        }
    }

    /// <summary>The exponent that suits the first values, but for one of them; -1 when there is none.</summary>
    private static int Exponent(ReadOnlySpan<double> values)
    {
        int highest = 0;
        int second = 0;
        foreach (double value in values[..Math.Min(32, values.Length)])
        {
            int needed = Needed(value);
            if (needed > highest) (second, highest) = (highest, needed);
            else if (needed > second) second = needed;
        }
        if (highest <= MaxExponent && (highest <= second + 3 || values.Length < 4)) return highest;
        return second <= MaxExponent ? second : -1;
    }

    private static int Needed(double value)
    {
        // Not a decimal at all; a stale marker says nothing about the values around it.
        if (!double.IsFinite(value)) return 0;
        for (int exponent = 0; exponent <= MaxExponent; exponent++)
            if (TryScale(value, Powers[exponent], out _))
                return exponent;
        return MaxExponent + 1;
    }

    // The values as whole numbers, those that are none repeating the number before; false when too many are none.
    private static bool TryScale(ReadOnlySpan<double> values, int exponent, Span<long> numbers, int allowed, out int apart)
    {
        double power = Powers[exponent];
        apart = 0;
        int first = -1;
        for (int i = 0; i < values.Length; i++)
        {
            if (TryScale(values[i], power, out long number))
            {
                // What stands apart at the start takes the first number that is one, so that it costs no step.
                if (first < 0) numbers[..i].Fill(number);
                if (first < 0) first = i;
                numbers[i] = number;
            }
            else
            {
                if (++apart > allowed) return false;
                numbers[i] = i == 0 ? 0 : numbers[i - 1];
            }
        }
        if (first < 0) return false;
        if (apart == 0) return true;
        // Counted as they will be found again: near 2^53 rounding may miss a number that would have done.
        apart = 0;
        for (int i = 0; i < values.Length; i++)
            if (IsApart(values[i], numbers[i], power)) apart++;
        return true;
    }

    private static bool IsApart(double value, long number, double power) =>
        BitConverter.DoubleToInt64Bits(number / power) != BitConverter.DoubleToInt64Bits(value);

    private static bool TryScale(double value, double power, out long number)
    {
        double scaled = Math.Round(value * power);
        number = 0;
        if (!(Math.Abs(scaled) < LargestWhole)) return false;
        number = (long)scaled;
        return !IsApart(value, number, power);
    }

    private static void WriteApart(ByteWriter into, ReadOnlySpan<double> values, ReadOnlySpan<long> numbers, int exponent, int apart)
    {
        into.Unsigned((ulong)apart);
        int last = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (!IsApart(values[i], numbers[i], Powers[exponent])) continue;
            into.Unsigned((ulong)(i - last));
            last = i;
            into.Double(values[i]);
        }
    }
}
