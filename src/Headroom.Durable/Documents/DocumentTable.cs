namespace Headroom.Durable;

/// <summary>
/// What was written since the last snapshot, by key: small, because compaction empties it. Not safe for use from several
/// threads at a time.
/// </summary>
internal sealed class DocumentTable
{
    private readonly SortedDictionary<string, Change> _changes = new(StringComparer.Ordinal);

    /// <summary>Bytes of the contents held.</summary>
    public long Bytes { get; private set; }

    public int Count => _changes.Count;

    public IEnumerable<KeyValuePair<string, Change>> Changes => _changes;

    public bool TryGet(string key, out Change change) => _changes.TryGetValue(key, out change);

    /// <summary>Takes a change, unless a later one is there.</summary>
    public void Apply(string key, long version, byte[]? content)
    {
        if (_changes.TryGetValue(key, out var before))
        {
            if (before.Version > version) return;
            Bytes -= before.Content?.Length ?? 0;
        }
        _changes[key] = new Change(version, content);
        Bytes += content?.Length ?? 0;
    }

    /// <summary>A change; no content for a deletion.</summary>
    public readonly record struct Change(long Version, byte[]? Content);
}
