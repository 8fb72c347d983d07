using System.Numerics;
using System.Runtime.InteropServices;

namespace Headroom.Metrics.Ingest;

/// <summary>
/// From the bytes by which a series is written to its labels, so that a series seen before costs no allocation and, when
/// series come in the order of the time before, not even a hash. Also counts the different series.
/// </summary>
internal sealed class SeriesCache(int maxSeries)
{
    // Differs by process, so that nobody can prepare a file whose keys collide.
    private static readonly ulong Seed = ((ulong)(uint)HashCode.Combine(1) << 32 | (uint)HashCode.Combine(2)) | 1;

    private readonly HashSet<Labels> _series = [];
    private Entry?[] _slots = new Entry?[64];
    private int _used;
    private Entry? _last;

    /// <summary>One way in which a series was written.</summary>
    internal sealed class Entry(byte[] key, ulong hash, Labels labels)
    {
        public readonly byte[] Key = key;
        public readonly ulong Hash = hash;
        public readonly Labels Labels = labels;

        /// <summary>The next in the same slot of the table.</summary>
        public Entry? Chain;

        /// <summary>What came after it the last time.</summary>
        public Entry? Follower;

        /// <summary>Whether a sample of it was kept.</summary>
        public bool HasSamples;
    }

    /// <summary>Different series of which a sample was kept.</summary>
    public int SeriesCount => _series.Count;

    /// <summary>What followed the entry found last, the last time it was found; a guess to compare with.</summary>
    public Entry? Guess => _last?.Follower;

    /// <summary>The entry found last; a guess where lines of one series stand together.</summary>
    public Entry? Last => _last;

    /// <summary>Takes note that the next sample is of this entry.</summary>
    public void Take(Entry entry)
    {
        if (_last is not null) _last.Follower = entry;
        _last = entry;
    }

    /// <summary>Takes note that a sample of this entry was kept.</summary>
    public void Count(Entry entry)
    {
        if (entry.HasSamples) return;
        entry.HasSamples = true;
        _series.Add(entry.Labels);
    }

    /// <summary>Looks a series up.</summary>
    public Entry? Find(ReadOnlySpan<byte> key)
    {
        ulong hash = HashOf(key);
        for (var entry = _slots[hash & (uint)(_slots.Length - 1)]; entry is not null; entry = entry.Chain)
            if (entry.Hash == hash && key.SequenceEqual(entry.Key))
                return entry;
        return null;
    }

    /// <summary>Keeps a series that <see cref="Find"/> did not know; null when there are too many already.</summary>
    public Entry? Add(ReadOnlySpan<byte> key, Labels labels)
    {
        if (_series.Count >= maxSeries && !_series.Contains(labels)) return null;
        // The same series can be written in many ways; should a file do so, forgetting is cheaper than growing.
        if (_used >= maxSeries) Forget();
        if (_used == _slots.Length) Grow();
        var entry = new Entry(key.ToArray(), HashOf(key), labels);
        Insert(_slots, entry);
        _used++;
        return entry;
    }

    private void Forget()
    {
        Array.Clear(_slots);
        (_used, _last) = (0, null);
    }

    private void Grow()
    {
        var slots = new Entry?[_slots.Length * 2];
        foreach (var head in _slots)
        {
            for (var entry = head; entry is not null;)
            {
                var next = entry.Chain;
                Insert(slots, entry);
                entry = next;
            }
        }
        _slots = slots;
    }

    private static void Insert(Entry?[] slots, Entry entry)
    {
        ref var slot = ref slots[entry.Hash & (uint)(slots.Length - 1)];
        entry.Chain = slot;
        slot = entry;
    }

    /// <summary>Eight bytes a step, each folded in by the two halves of a 128-bit product.</summary>
    internal static ulong HashOf(ReadOnlySpan<byte> key)
    {
        ulong hash = Seed ^ (ulong)key.Length;
        while (key.Length >= 8)
        {
            hash = Fold(hash ^ MemoryMarshal.Read<ulong>(key));
            key = key[8..];
        }
        ulong rest = 0;
        foreach (byte one in key) rest = rest << 8 | one;
        return Fold(hash ^ rest ^ BitOperations.RotateLeft(Seed, 32));
    }

    private static ulong Fold(ulong value)
    {
        ulong high = Math.BigMul(value, 0x9E3779B97F4A7C15, out ulong low);
        return high ^ low;
    }
}
