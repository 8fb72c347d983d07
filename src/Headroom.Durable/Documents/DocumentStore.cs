using System.Buffers;
using System.Text;

namespace Headroom.Durable;

/// <summary>
/// Small documents by key, with optimistic versions, in a directory: a journal of writes, and a snapshot that compaction
/// renews. Keys and what was written since the last compaction are in memory, everything else on disk. Reads see what was
/// acknowledged. Safe to use from several threads; one opener at a time.
/// </summary>
public sealed partial class DocumentStore : IAsyncDisposable
{
    /// <summary>Largest document in bytes.</summary>
    public const int MaxDocumentBytes = 256 << 10;

    /// <summary>Longest key in bytes of UTF-8.</summary>
    public const int MaxKeyBytes = 512;

    /// <summary>Most changes in one write.</summary>
    public const int MaxChanges = 256;

    private const string JournalDirectory = "journal";
    private const int IndexBytesPerKey = 100;
    // Refuses keys that would not come back as they went.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly DocumentStoreOptions _options;
    private readonly string _directory;
    private readonly Journal _journal;
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _payload = new();
    // Writes on their way to the disk, in order, and for each key in them what the last of them makes of it.
    private readonly Queue<UnderWay> _underWay = new();
    private readonly Dictionary<string, (long Version, bool Exists)> _pending = new(StringComparer.Ordinal);
    private readonly DirectoryLock _lock;
    private readonly SemaphoreSlim _compacting = new(1, 1);
    private DocumentTable _table = new();
    private DocumentTable? _frozen;
    private DocumentSnapshot? _snapshot;
    private long _lastVersion;
    private long _indexBytes;
    private long _appliedSequence;
    private Task _background = Task.CompletedTask;

    private DocumentStore(DirectoryLock directoryLock, DocumentStoreOptions options, Journal journal, DocumentSnapshot? snapshot, DocumentTable table, long lastVersion)
    {
        (_lock, _directory, _options, _journal, _snapshot, _table, _lastVersion) = (directoryLock, directoryLock.Directory, options, journal, snapshot, table, lastVersion);
        _appliedSequence = journal.LastSequence;
        foreach (var entry in List()) _indexBytes += IndexBytesOf(entry.Key);
    }

    /// <summary>The last version given to a write; 0 in a store that never had one.</summary>
    public long LastVersion
    {
        get
        {
            lock (_gate) return _lastVersion;
        }
    }

    /// <summary>Opens a store, created when absent, and reads back what was acknowledged.</summary>
    /// <exception cref="DirectoryLockedException">Another opener has it.</exception>
    /// <exception cref="JournalDamagedException">Its journal is damaged before its end.</exception>
    /// <exception cref="DocumentsDamagedException">Its snapshot is damaged.</exception>
    /// <exception cref="FormatVersionException">A newer program wrote it.</exception>
    public static DocumentStore Open(string directory, DocumentStoreOptions? options = null)
    {
        options ??= new DocumentStoreOptions();
        options.Validate();
        var directoryLock = DirectoryLock.Take(directory, options.Files);
        DocumentSnapshot? snapshot = null;
        try
        {
            snapshot = OpenSnapshot(directory, options.Files);
            long included = snapshot?.Sequence ?? 0, lastVersion = snapshot?.LastVersion ?? 0;
            var table = new DocumentTable();
            var journal = Journal.Open(Path.Combine(directory, JournalDirectory), new JournalOptions
            {
                Sync = options.Sync,
                SegmentBytes = Math.Max(1 << 20, options.CompactAfterBytes / 4),
                MaxPayloadBytes = 64 << 20,
                TimeProvider = options.TimeProvider,
                Files = options.Files,
            }, (in JournalRecord record) =>
            {
                var (version, changes) = DocumentRecord.Read(record.Type, record.Payload);
                lastVersion = Math.Max(lastVersion, version);
                if (record.Sequence <= included) return;
                foreach (var (key, content) in changes) table.Apply(key, version, content);
            });
            return new DocumentStore(directoryLock, options, journal, snapshot, table, lastVersion);
        }
        catch
        {
            snapshot?.Dispose();
            directoryLock.Dispose();
            throw;
        }
    }

    /// <summary>Why the last compaction that the store began by itself failed; null when it did not. It is tried again with the next writes.</summary>
    public Exception? CompactionFailure => Volatile.Read(ref _background).Exception?.InnerException;

    /// <summary>A document, or null when there is none.</summary>
    /// <exception cref="DocumentsDamagedException">It cannot be read back.</exception>
    public Document? Get(string key)
    {
        lock (_gate)
        {
            if (Changed(key) is { } change) return change.Content is null ? null : new Document(key, change.Version, change.Content);
            return _snapshot?.IndexOf(key) is >= 0 and var index ? _snapshot!.Read(index) : null;
        }
    }

    /// <summary>Entries whose keys begin with a prefix, in ordinal order of the keys.</summary>
    /// <param name="prefix">The prefix; empty for all.</param>
    /// <param name="after">Only keys after this one; for paging.</param>
    /// <param name="limit">Most entries given.</param>
    public IReadOnlyList<DocumentEntry> List(string prefix = "", string? after = null, int limit = int.MaxValue)
    {
        var entries = new List<DocumentEntry>();
        lock (_gate)
        {
            foreach (var entry in Merged(prefix, after))
            {
                if (entries.Count >= limit) break;
                entries.Add(entry);
            }
        }
        return entries;
    }

    /// <summary>Writes a document.</summary>
    /// <param name="key">1–512 bytes of UTF-8.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="expectedVersion">The version it must have now: 0 when it must not exist, null for any.</param>
    /// <param name="cancel">Ends the wait for room in the journal's queue.</param>
    public ValueTask<DocumentWrite> PutAsync(string key, ReadOnlyMemory<byte> content, long? expectedVersion = null, CancellationToken cancel = default) =>
        WriteAsync([DocumentChange.Put(key, content, expectedVersion)], cancel);

    /// <summary>Deletes a document.</summary>
    public ValueTask<DocumentWrite> DeleteAsync(string key, long? expectedVersion = null, CancellationToken cancel = default) =>
        WriteAsync([DocumentChange.Delete(key, expectedVersion)], cancel);

    /// <summary>Writes several changes, all or none, in one record.</summary>
    /// <exception cref="ArgumentException">A key or document is too large, a key is given twice, or there are too many changes.</exception>
    /// <exception cref="DocumentStoreFullException">There is no room in the index for a new key.</exception>
    /// <exception cref="JournalFaultedException">It could not be written; nothing more can be before the store is reopened.</exception>
    public async ValueTask<DocumentWrite> WriteAsync(IReadOnlyList<DocumentChange> changes, CancellationToken cancel = default)
    {
        Check(changes);
        await WaitForCompactionWhenFullAsync(cancel).ConfigureAwait(false);
        while (true)
        {
            int needed;
            UnderWay? write = null;
            lock (_gate)
            {
                foreach (var change in changes)
                {
                    long actual = LatestVersion(change.Key);
                    if (change.ExpectedVersion is { } expected && expected != actual) return new DocumentWrite(0, change.Key, actual);
                }
                CheckRoom(changes);
                _payload.ResetWrittenCount();
                DocumentRecord.Write(_payload, _lastVersion + 1, changes);
                needed = _payload.WrittenCount;
                if (_journal.TryAppend(DocumentRecord.Type, _payload.WrittenSpan, out var ticket)) write = Enqueue(changes, ticket);
            }
            if (write is null)
            {
                await _journal.WaitForRoomAsync(needed, cancel).ConfigureAwait(false);
                continue;
            }
            await write.Ticket.Written.ConfigureAwait(false);
            lock (_gate) ApplyUpTo(write.Ticket.Sequence);
            return new DocumentWrite(write.Version, null, 0);
        }
    }

    /// <summary>Writes what is under way and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _background.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
        await _journal.DisposeAsync().ConfigureAwait(false);
        _snapshot?.Dispose();
        _compacting.Dispose();
        _lock.Dispose();
    }

    private UnderWay Enqueue(IReadOnlyList<DocumentChange> changes, JournalTicket ticket)
    {
        // The caller's buffers are its own again when the write returns, and are read back here later.
        var write = new UnderWay(ticket, ++_lastVersion, [.. changes.Select(change => (change.Key, change.Content?.ToArray()))]);
        foreach (var change in changes)
        {
            CountKey(change);
            _pending[change.Key] = (write.Version, change.Content is not null);
        }
        _underWay.Enqueue(write);
        return write;
    }

    // The journal acknowledges in order, so what was written before this is durable too; whoever comes first applies it.
    private void ApplyUpTo(long sequence)
    {
        while (_underWay.TryPeek(out var write) && write.Ticket.Sequence <= sequence)
        {
            _underWay.Dequeue();
            _appliedSequence = write.Ticket.Sequence;
            foreach (var (key, content) in write.Changes)
            {
                _table.Apply(key, write.Version, content);
                if (_pending[key].Version == write.Version) _pending.Remove(key);
            }
        }
        if (_table.Bytes >= _options.CompactAfterBytes && _background.IsCompleted)
            _background = Task.Run(() => CompactAsync(CancellationToken.None), CancellationToken.None);
    }

    private void Check(IReadOnlyList<DocumentChange> changes)
    {
        if (changes.Count is 0 or > MaxChanges) throw new ArgumentException($"a write has 1 to {MaxChanges} changes, not {changes.Count}", nameof(changes));
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            int bytes = StrictUtf8.GetByteCount(change.Key);
            if (bytes is 0 or > MaxKeyBytes) throw new ArgumentException($"a key has 1 to {MaxKeyBytes} bytes, not {bytes}", nameof(changes));
            if (change.Content?.Length > _options.MaxDocumentBytes) throw new ArgumentException($"document '{change.Key}' has {change.Content?.Length} bytes; at most {_options.MaxDocumentBytes} are allowed", nameof(changes));
            if (!keys.Add(change.Key)) throw new ArgumentException($"document '{change.Key}' is changed twice in one write", nameof(changes));
        }
    }

    private void CheckRoom(IReadOnlyList<DocumentChange> changes)
    {
        long more = 0;
        foreach (var change in changes)
            if (change.Content is not null && LatestVersion(change.Key) == 0) more += IndexBytesOf(change.Key);
        if (more > 0 && _indexBytes + more > _options.MaxIndexBytes) throw new DocumentStoreFullException(_options.MaxIndexBytes);
    }

    private void CountKey(DocumentChange change)
    {
        bool exists = LatestVersion(change.Key) != 0;
        if (exists == change.Content is not null) return;
        _indexBytes += exists ? -IndexBytesOf(change.Key) : IndexBytesOf(change.Key);
    }

    // The version that a write under way will give it counts: whoever expects the one before has lost already.
    private long LatestVersion(string key)
    {
        if (_pending.TryGetValue(key, out var pending)) return pending.Exists ? pending.Version : 0;
        if (Changed(key) is { } change) return change.Content is null ? 0 : change.Version;
        return _snapshot?.IndexOf(key) is >= 0 and var index ? _snapshot!.EntryAt(index).Version : 0;
    }

    private DocumentTable.Change? Changed(string key)
    {
        if (_table.TryGet(key, out var change)) return change;
        return _frozen is not null && _frozen.TryGet(key, out change) ? change : null;
    }

    private static long IndexBytesOf(string key) => IndexBytesPerKey + 2L * key.Length;

    private sealed record UnderWay(JournalTicket Ticket, long Version, (string Key, byte[]? Content)[] Changes);
}
