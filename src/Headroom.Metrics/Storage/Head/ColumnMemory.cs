namespace Headroom.Metrics.Storage;

/// <summary>What the columns of a head share: the snapshot generation, a buffer for packing, and arrays to use again.</summary>
internal sealed class ColumnMemory
{
    /// <summary>Number of the current snapshot generation: views taken so far hold leaves of lower ones only.</summary>
    public long Generation { get; set; } = 1;

    /// <summary>For packing leaves.</summary>
    public ByteWriter Scratch { get; } = new();

    public ArrayStacks<double> Values { get; } = new();

    public ArrayStacks<long> Times { get; } = new();

    /// <summary>A flush gives back the arrays of so many series, which need as many until the next.</summary>
    public void Expect(int series) => Values.MostBytes = Times.MostBytes = Math.Max(ArrayStacks.LeastBytes, (long)series * ArrayStacks.BytesPerSeries);
}

/// <summary>Bounds of <see cref="ArrayStacks{T}"/>.</summary>
internal static class ArrayStacks
{
    public const long LeastBytes = 32 << 20;

    /// <summary>16 values and an array's head.</summary>
    public const long BytesPerSeries = 160;
}

/// <summary>Arrays of 8-byte numbers in powers of two, up to a chunk's length, that are used again. Bounded.</summary>
internal sealed class ArrayStacks<T>
{
    private const int LargestBits = 8;

    private readonly Stack<T[]>[] _stacks = [.. Enumerable.Range(0, LargestBits + 1).Select(_ => new Stack<T[]>())];
    private long _bytes;

    /// <summary>Arrays are kept up to this size in all.</summary>
    public long MostBytes { get; set; } = ArrayStacks.LeastBytes;

    /// <summary>An array of at least so many places; perhaps a larger one that is there already.</summary>
    public T[] Rent(int least)
    {
        int bits = least <= 1 ? 0 : 32 - int.LeadingZeroCount(least - 1);
        for (int larger = bits; larger <= Math.Min(bits + 3, LargestBits); larger++)
        {
            if (!_stacks[larger].TryPop(out var found)) continue;
            _bytes -= found.Length * 8;
            return found;
        }
        return new T[1 << bits];
    }

    /// <summary>Takes back an array that nobody reads any more.</summary>
    public void Return(T[] array)
    {
        if (array.Length == 0 || array.Length > 1 << LargestBits || !int.IsPow2(array.Length) || _bytes + array.Length * 8 > MostBytes) return;
        _bytes += array.Length * 8;
        _stacks[int.Log2(array.Length)].Push(array);
    }
}
