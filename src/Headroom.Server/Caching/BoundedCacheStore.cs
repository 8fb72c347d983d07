using Microsoft.AspNetCore.OutputCaching;

namespace Headroom.Server.Caching;

/// <summary>
/// Where the framework's output cache keeps answers: a bounded amount of memory, the answer not asked for the longest
/// going first, and the server's clock deciding what is too old. The framework's own store reads the system's clock and
/// does not tell what it evicts.
/// </summary>
internal sealed class BoundedCacheStore(long bytes, TimeProvider time) : IOutputCacheStore
{
    // What an entry costs beside its key and value, roughly.
    private const int Overhead = 200;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = new();
    private long _bytes;
    private long _evicted;

    /// <summary>The largest answer that is kept: a few must fit.</summary>
    public long LargestAnswer => bytes / 8;

    /// <summary>Entries and bytes held, and entries that had to go for others.</summary>
    public (int Entries, long Bytes, long Evicted) Size
    {
        get { lock (_lock) return (_entries.Count, _bytes, _evicted); }
    }

    public ValueTask<byte[]?> GetAsync(string key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node)) return default;
            if (time.GetElapsedTime(node.Value.Stored) >= node.Value.ValidFor)
            {
                Remove(node);
                return default;
            }
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return new(node.Value.Value);
        }
    }

    public ValueTask SetAsync(string key, byte[] value, string[]? tags, TimeSpan validFor, CancellationToken cancellationToken)
    {
        long cost = Cost(key, value);
        if (cost > LargestAnswer) return default;
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var old)) Remove(old);
            while (_bytes + cost > bytes)
            {
                Remove(_byUse.Last!);
                _evicted++;
            }
            _entries[key] = _byUse.AddFirst(new Entry(key, value, time.GetTimestamp(), validFor));
            _bytes += cost;
        }
        return default;
    }

    /// <summary>Answers bear no tags: a write makes a new key instead.</summary>
    public ValueTask EvictByTagAsync(string tag, CancellationToken cancellationToken) => default;

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Key);
        _bytes -= Cost(node.Value.Key, node.Value.Value);
    }

    private static long Cost(string key, byte[] value) => value.Length + (2 * key.Length) + Overhead;

    private sealed record Entry(string Key, byte[] Value, long Stored, TimeSpan ValidFor);
}
