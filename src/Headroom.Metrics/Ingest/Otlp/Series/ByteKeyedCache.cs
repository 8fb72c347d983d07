namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// From the bytes of a part of a message to what they came to the time before. Exporters repeat themselves: the same parts
/// come in the same order, so what followed an entry the last time is tried first, and then not even a hash is computed.
/// </summary>
internal sealed class ByteKeyedCache<T> where T : class
{
    private Entry?[] _slots = new Entry?[4];
    private int _used;
    private Entry? _last;

    private sealed class Entry(byte[] key, ulong hash, T value)
    {
        public readonly byte[] Key = key;
        public readonly ulong Hash = hash;
        public readonly T Value = value;
        public Entry? Chain;
        public Entry? Follower;
    }

    /// <summary>What stands for the bytes, or null.</summary>
    public T? Find(ReadOnlySpan<byte> key)
    {
        if (_last is { } last && (last.Follower ?? last) is var guess && key.SequenceEqual(guess.Key)) return Take(guess);
        ulong hash = ByteHash.Of(key);
        for (var entry = _slots[hash & (uint)(_slots.Length - 1)]; entry is not null; entry = entry.Chain)
            if (entry.Hash == hash && key.SequenceEqual(entry.Key))
                return Take(entry);
        return null;
    }

    /// <summary>Keeps what <see cref="Find"/> did not know.</summary>
    public void Add(ReadOnlySpan<byte> key, T value)
    {
        if (_used == _slots.Length) Grow();
        var entry = new Entry(key.ToArray(), ByteHash.Of(key), value);
        Insert(_slots, entry);
        _used++;
        Take(entry);
    }

    private T Take(Entry entry)
    {
        if (_last is not null) _last.Follower = entry;
        _last = entry;
        return entry.Value;
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
}
