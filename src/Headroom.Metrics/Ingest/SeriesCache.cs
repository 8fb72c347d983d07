namespace Headroom.Metrics.Ingest;

/// <summary>One way in which a series was written, and its labels.</summary>
internal sealed class SeriesEntry(byte[] key, ulong hash, Labels labels) : ByteTableEntry(key, hash)
{
    public readonly Labels Labels = labels;

    /// <summary>What came after it the last time; a guess, whoever wrote it last.</summary>
    public SeriesEntry? Follower;

    /// <summary>The import that counted it last: a note that saves looking it up, not the count itself.</summary>
    public long CountedBy;

    /// <summary>Since when its counter counts, as its producer said last; 0 when it never did.</summary>
    public long Start;
}

/// <summary>
/// From the bytes by which a series is written to its labels, so that a series seen before costs no allocation and, when
/// series come in the order of the time before, not even a hash. One cache serves one import or request at a time; what it
/// knows is in the table, which is shared. Also counts the different series of an import.
/// </summary>
internal sealed class SeriesCache(ByteTable<SeriesEntry> table, int maxSeries)
{
    private static long s_imports;

    private readonly HashSet<Labels> _series = [];
    private long _import = Interlocked.Increment(ref s_imports);
    private SeriesEntry? _last;

    /// <summary>A cache with a table of its own, for one file.</summary>
    public SeriesCache(int maxSeries) : this(new ByteTable<SeriesEntry>(NumberOf(maxSeries)), maxSeries) { }

    /// <summary>Different series of which a sample was kept.</summary>
    public int SeriesCount => _series.Count;

    /// <summary>What followed the entry found last, the last time it was found; a guess to compare with.</summary>
    public SeriesEntry? Guess => _last?.Follower;

    /// <summary>The entry found last; a guess where lines of one series stand together.</summary>
    public SeriesEntry? Last => _last;

    /// <summary>Begins another import.</summary>
    public void Reset()
    {
        _series.Clear();
        _import = Interlocked.Increment(ref s_imports);
        _last = null;
    }

    /// <summary>Takes note that the next sample is of this entry.</summary>
    public void Take(SeriesEntry entry)
    {
        // Written only when it changes: the line of memory is shared with other requests.
        if (_last is not null && !ReferenceEquals(_last.Follower, entry)) _last.Follower = entry;
        _last = entry;
        Prefetch.After(entry);
    }

    /// <summary>Takes note that a sample of this entry was kept.</summary>
    public void Count(SeriesEntry entry)
    {
        if (entry.CountedBy == _import) return;
        entry.CountedBy = _import;
        _series.Add(entry.Labels);
    }

    /// <summary>Looks a series up.</summary>
    public SeriesEntry? Find(ReadOnlySpan<byte> key) => table.Find(key, ByteHash.Of(key));

    /// <summary>Keeps a series that <see cref="Find"/> did not know; null when this import has too many already.</summary>
    public SeriesEntry? Add(ReadOnlySpan<byte> key, Labels labels)
    {
        if (_series.Count >= maxSeries && !_series.Contains(labels)) return null;
        return table.Add(new SeriesEntry(key.ToArray(), ByteHash.Of(key), labels));
    }

    private static int NumberOf(int series) => (int)Math.Min(int.MaxValue, Math.Max(64, series * 2L));
}
