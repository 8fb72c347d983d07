using System.Numerics;
using System.Runtime.InteropServices;

namespace Headroom.Metrics.Ingest;

/// <summary>What a <see cref="ByteTable{TEntry}"/> keeps under a key.</summary>
/// <param name="key">The bytes, owned by the entry.</param>
/// <param name="hash">Their <see cref="ByteHash"/>.</param>
internal abstract class ByteTableEntry(byte[] key, ulong hash)
{
    public readonly byte[] Key = key;
    public readonly ulong Hash = hash;
}

/// <summary>
/// From bytes to what was made of them the last time, shared by all requests: looking up takes no lock and allocates
/// nothing. Bounded by number and by bytes of keys: when half of either is used, what was not asked for since the last
/// half is forgotten.
/// </summary>
/// <param name="maxEntries">Entries at most.</param>
/// <param name="maxKeyBytes">Bytes of keys at most.</param>
internal sealed class ByteTable<TEntry>(int maxEntries, long maxKeyBytes = 256L << 20)
    where TEntry : ByteTableEntry
{
    private const int FirstSlots = 64;

    private readonly Lock _gate = new();
    private volatile Generation _young = new(FirstSlots);
    private volatile Generation? _old;

    /// <summary>The entry of a key, or null.</summary>
    public TEntry? Find(ReadOnlySpan<byte> key, ulong hash)
    {
        if (_young.Find(key, hash) is { } young) return young;
        if (_old?.Find(key, hash) is not { } old) return null;
        lock (_gate) return Keep(old);
    }

    /// <summary>Keeps an entry; the one that another request kept meanwhile comes back in its stead.</summary>
    public TEntry Add(TEntry entry)
    {
        lock (_gate) return Keep(entry);
    }

    private TEntry Keep(TEntry entry)
    {
        if (_young.Find(entry.Key, entry.Hash) is { } there) return there;
        if (_young.Used > 0 && (_young.Used >= maxEntries / 2 || _young.KeyBytes + entry.Key.Length > maxKeyBytes / 2))
            (_old, _young) = (_young, new Generation(FirstSlots));
        // A reader that holds the table from before it grew misses what is added now, and then comes here.
        if (_young.IsHalfFull) _young = _young.Grown();
        _young.Insert(entry);
        return entry;
    }

    /// <summary>Open addressing with linear probing. Written under the lock, read without it: a slot is set once, when its entry is whole.</summary>
    private sealed class Generation(int size)
    {
        private readonly TEntry?[] _slots = new TEntry?[size];

        public int Used { get; private set; }

        public long KeyBytes { get; private set; }

        public bool IsHalfFull => Used * 2 >= _slots.Length;

        public TEntry? Find(ReadOnlySpan<byte> key, ulong hash)
        {
            var slots = _slots;
            for (uint at = (uint)hash; ; at++)
            {
                var entry = Volatile.Read(ref slots[at & (uint)(slots.Length - 1)]);
                if (entry is null) return null;
                if (entry.Hash == hash && key.SequenceEqual(entry.Key)) return entry;
            }
        }

        public void Insert(TEntry entry)
        {
            uint at = (uint)entry.Hash;
            while (_slots[at & (uint)(_slots.Length - 1)] is not null) at++;
            Volatile.Write(ref _slots[at & (uint)(_slots.Length - 1)], entry);
            Used++;
            KeyBytes += entry.Key.Length;
        }

        public Generation Grown()
        {
            var larger = new Generation(_slots.Length * 2);
            foreach (var entry in _slots)
                if (entry is not null)
                    larger.Insert(entry);
            return larger;
        }
    }
}

/// <summary>A fast hash whose seed differs by process, so that nobody can prepare keys that collide.</summary>
internal static class ByteHash
{
    private static readonly ulong Seed = ((ulong)(uint)HashCode.Combine(1) << 32 | (uint)HashCode.Combine(2)) | 1;
    private static readonly ulong OtherSeed = ((ulong)(uint)HashCode.Combine(3) << 32 | (uint)HashCode.Combine(4)) | 1;

    /// <summary>Sixteen bytes a step, folded in by the two halves of a 128-bit product, in two lanes that do not wait for each other.</summary>
    public static ulong Of(ReadOnlySpan<byte> key)
    {
        ulong hash = Seed ^ (ulong)key.Length;
        ulong lane = OtherSeed;
        while (key.Length >= 32)
        {
            hash = Fold(hash ^ MemoryMarshal.Read<ulong>(key), MemoryMarshal.Read<ulong>(key[8..]) ^ Seed);
            lane = Fold(lane ^ MemoryMarshal.Read<ulong>(key[16..]), MemoryMarshal.Read<ulong>(key[24..]) ^ OtherSeed);
            key = key[32..];
        }
        while (key.Length >= 8)
        {
            hash = Fold(hash ^ MemoryMarshal.Read<ulong>(key), OtherSeed);
            key = key[8..];
        }
        ulong rest = 0;
        foreach (byte one in key) rest = rest << 8 | one;
        return Fold(hash ^ rest ^ BitOperations.RotateLeft(lane, 32), Seed);
    }

    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
