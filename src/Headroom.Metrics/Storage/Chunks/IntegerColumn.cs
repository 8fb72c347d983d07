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
