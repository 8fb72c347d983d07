using System.Runtime.CompilerServices;

namespace Headroom.Metrics.Histograms;

/// <summary>
/// Counts by bucket index, mutable: an open-addressing table whose memory follows the number of populated buckets, not
/// their span, so that one outlier among millisecond latencies costs 12 bytes and not a megabyte.
/// </summary>
internal sealed class BucketTable
{
    private const int Free = int.MinValue;
    private int[] _indexes = NewIndexes(16);
    private long[] _counts = new long[16];
    private int _shift = 32 - 4;

    /// <summary>Number of populated buckets.</summary>
    public int Used { get; private set; }

    /// <summary>Adds to a bucket if it is populated already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryIncrement(int index, long by)
    {
        int[] indexes = _indexes;
        int slot = (int)((uint)index * 2654435769u >> _shift);
        while (true)
        {
            int found = indexes[slot];
            if (found == index)
            {
                _counts[slot] += by;
                return true;
            }
            if (found == Free) return false;
            slot = (slot + 1) & (indexes.Length - 1);
        }
    }

    /// <summary>Populates a bucket that is not there yet.</summary>
    public void Insert(int index, long count)
    {
        // Below two thirds full a probe stays short.
        if ((Used + 1) * 3 > _indexes.Length * 2) Grow();
        Place(index, count);
        Used++;
    }

    /// <summary>Halves the resolution: buckets 2i and 2i+1 become i.</summary>
    public void Halve()
    {
        var (indexes, counts) = (_indexes, _counts);
        (_indexes, _counts, Used) = (NewIndexes(indexes.Length), new long[counts.Length], 0);
        for (int i = 0; i < indexes.Length; i++)
            if (indexes[i] != Free && !TryIncrement(indexes[i] >> 1, counts[i]))
                Insert(indexes[i] >> 1, counts[i]);
    }

    /// <summary>Forgets all counts and keeps the memory.</summary>
    public void Clear()
    {
        if (Used == 0) return;
        _indexes.AsSpan().Fill(Free);
        Used = 0;
    }

    /// <summary>The buckets in index order.</summary>
    public Buckets ToBuckets()
    {
        if (Used == 0) return Buckets.Empty;
        var (indexes, counts) = (new int[Used], new double[Used]);
        int next = 0;
        for (int slot = 0; slot < _indexes.Length; slot++)
        {
            if (_indexes[slot] == Free) continue;
            indexes[next] = _indexes[slot];
            counts[next++] = _counts[slot];
        }
        Array.Sort(indexes, counts);
        return new Buckets(indexes, counts);
    }

    private void Grow()
    {
        var (indexes, counts) = (_indexes, _counts);
        (_indexes, _counts) = (NewIndexes(indexes.Length * 2), new long[counts.Length * 2]);
        _shift--;
        for (int i = 0; i < indexes.Length; i++)
            if (indexes[i] != Free)
                Place(indexes[i], counts[i]);
    }

    private void Place(int index, long count)
    {
        int slot = (int)((uint)index * 2654435769u >> _shift);
        while (_indexes[slot] != Free) slot = (slot + 1) & (_indexes.Length - 1);
        _indexes[slot] = index;
        _counts[slot] = count;
    }

    private static int[] NewIndexes(int length)
    {
        var indexes = new int[length];
        indexes.AsSpan().Fill(Free);
        return indexes;
    }
}
