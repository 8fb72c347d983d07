namespace Headroom.Metrics.Storage;

/// <summary>What the columns of a head share: the snapshot generation, a buffer for packing, and arrays to use again.</summary>
internal sealed class ColumnMemory
{
    /// <summary>Arrays kept for use, of each kind. With a million series a flush gives back as many.</summary>
    private const int KeptBytes = 32 << 20;

    /// <summary>Number of the current snapshot generation: views taken so far hold leaves of lower ones only.</summary>
    public long Generation { get; set; } = 1;

    /// <summary>For packing leaves.</summary>
    public ByteWriter Scratch { get; } = new();

    public ArrayStacks<double> Values { get; } = new(KeptBytes);

    public ArrayStacks<long> Times { get; } = new(KeptBytes);
}

/// <summary>Arrays of 8-byte numbers in powers of two, up to a chunk's length, that are used again. Bounded.</summary>
internal sealed class ArrayStacks<T>(int mostBytes)
{
    private const int LargestBits = 8;

    private readonly Stack<T[]>[] _stacks = [.. Enumerable.Range(0, LargestBits + 1).Select(_ => new Stack<T[]>())];
    private int _bytes;

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
        if (array.Length == 0 || array.Length > 1 << LargestBits || !int.IsPow2(array.Length) || _bytes + array.Length * 8 > mostBytes) return;
        _bytes += array.Length * 8;
        _stacks[int.Log2(array.Length)].Push(array);
    }
}
