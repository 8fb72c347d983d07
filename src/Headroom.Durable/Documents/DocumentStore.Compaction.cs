namespace Headroom.Durable;

/// <content>Snapshots: compaction, backup and restoring.</content>
public sealed partial class DocumentStore
{
    private const string BackupFile = "documents.backup";

    /// <summary>
    /// Writes a new snapshot of everything acknowledged and deletes what it makes superfluous. Reads and writes go on meanwhile. A
    /// crash at any moment leaves either the old state or the new one.
    /// </summary>
    public async Task CompactAsync(CancellationToken cancel = default)
    {
        await _compacting.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            long sequence, lastVersion;
            lock (_gate)
            {
                if (_table.Count == 0) return;
                (_frozen, _table) = (_table, new DocumentTable());
                sequence = _appliedSequence;
                lastVersion = _lastVersion;
            }
            string path = Path.Combine(_directory, DocumentSnapshot.FileName(sequence));
            try
            {
                Replace(path, sequence, lastVersion);
            }
            catch
            {
                Unfreeze();
                throw;
            }
            _journal.DeleteSegmentsBefore(sequence + 1);
        }
        finally
        {
            _compacting.Release();
        }
    }

    /// <summary>
    /// Writes everything acknowledged so far into one file, <c>documents.backup</c>, of a directory. It can be kept anywhere, and
    /// restored with <see cref="Restore"/>.
    /// </summary>
    /// <returns>The file's path.</returns>
    public async Task<string> BackupAsync(string directory, CancellationToken cancel = default)
    {
        // No compaction meanwhile: the snapshot read here must stay.
        await _compacting.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            List<KeyValuePair<string, DocumentTable.Change>> changes;
            long lastVersion;
            lock (_gate)
            {
                // No compaction is under way, so nothing is frozen.
                changes = [.. _table.Changes];
                lastVersion = _lastVersion;
            }
            _options.Files.CreateDirectory(directory);
            string path = Path.Combine(directory, BackupFile);
            // The journal of the restored store begins anew, so none of its records is in the backup.
            DocumentSnapshot.Write(_options.Files, path, 0, lastVersion, WithSnapshot(changes));
            return path;
        }
        finally
        {
            _compacting.Release();
        }
    }

    /// <summary>Makes a store of a backup.</summary>
    /// <param name="backupFile">What <see cref="BackupAsync"/> wrote.</param>
    /// <param name="directory">Where the store shall be; must not exist or be empty.</param>
    /// <param name="files">The file system. Default the operating system's.</param>
    /// <exception cref="DocumentsDamagedException">The backup is damaged.</exception>
    /// <exception cref="IOException">The directory is not empty.</exception>
    public static void Restore(string backupFile, string directory, IFileLayer? files = null)
    {
        files ??= DiskFileLayer.Instance;
        if (files.ListFiles(directory).Count > 0 || files.ListDirectories(directory).Count > 0)
            throw new IOException($"'{directory}' is not empty; restore into a new directory");
        files.CreateDirectory(directory);
        using var backup = DocumentSnapshot.Open(files, backupFile);
        DocumentSnapshot.Write(files, Path.Combine(directory, DocumentSnapshot.FileName(0)), 0, backup.LastVersion,
            Enumerable.Range(0, backup.Count).Select(backup.Read));
    }

    /// <summary>Reads everything back and checks it against its checksums.</summary>
    /// <returns>How many documents there are.</returns>
    /// <exception cref="DocumentsDamagedException">A document cannot be read back.</exception>
    public int Verify() => List().Count(entry => Get(entry.Key) is not null);

    private static DocumentSnapshot? OpenSnapshot(string directory, IFileLayer files)
    {
        foreach (string name in files.ListFiles(directory))
            if (name.EndsWith(".snapshot.tmp", StringComparison.Ordinal)) files.DeleteFile(Path.Combine(directory, name));
        var names = files.ListFiles(directory).Where(name => DocumentSnapshot.SequenceOf(name) >= 0).ToList();
        if (names.Count == 0) return null;
        var snapshot = DocumentSnapshot.Open(files, Path.Combine(directory, names[^1]));
        // An older one is left when a crash came between writing the new one and deleting it.
        foreach (string older in names.SkipLast(1)) files.DeleteFile(Path.Combine(directory, older));
        return snapshot;
    }

    private void Replace(string path, long sequence, long lastVersion)
    {
        DocumentSnapshot.Write(_options.Files, path, sequence, lastVersion, WithSnapshot(_frozen!.Changes));
        var next = DocumentSnapshot.Open(_options.Files, path);
        DocumentSnapshot? before;
        lock (_gate) (before, _snapshot, _frozen) = (_snapshot, next, null);
        before?.Dispose();
        if (before is not null && before.Path != path) _options.Files.DeleteFile(before.Path);
    }

    /// <summary>The documents of the snapshot with changes to them, in order of their keys. Only while nothing else compacts.</summary>
    private IEnumerable<Document> WithSnapshot(IEnumerable<KeyValuePair<string, DocumentTable.Change>> changes)
    {
        int at = 0, count = _snapshot?.Count ?? 0;
        foreach (var (key, change) in changes)
        {
            for (; at < count && string.CompareOrdinal(_snapshot!.EntryAt(at).Key, key) < 0; at++) yield return _snapshot.Read(at);
            if (at < count && _snapshot!.EntryAt(at).Key == key) at++;
            if (change.Content is not null) yield return new Document(key, change.Version, change.Content);
        }
        for (; at < count; at++) yield return _snapshot!.Read(at);
    }

    private void Unfreeze()
    {
        lock (_gate)
        {
            if (_frozen is null) return;
            foreach (var (key, change) in _frozen.Changes)
                if (!_table.TryGet(key, out _)) _table.Apply(key, change.Version, change.Content);
            _frozen = null;
        }
    }

    private async ValueTask WaitForCompactionWhenFullAsync(CancellationToken cancel)
    {
        Task background;
        lock (_gate)
        {
            if (_table.Bytes < 2 * _options.CompactAfterBytes) return;
            background = _background;
        }
        // Its failure is for whoever reads the journal's or the disk's state; this write only waits for room.
        await background.ContinueWith(static _ => { }, cancel, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false);
    }

    /// <summary>Entries in order of their keys, newest first where a key is in several places.</summary>
    private IEnumerable<DocumentEntry> Merged(string prefix, string? after)
    {
        string from = after is not null && string.CompareOrdinal(after, prefix) > 0 ? after : prefix;
        bool Fits(string key) => key.StartsWith(prefix, StringComparison.Ordinal) && (after is null || string.CompareOrdinal(key, after) > 0);

        var changes = new SortedDictionary<string, DocumentTable.Change>(StringComparer.Ordinal);
        foreach (var table in (DocumentTable?[])[_frozen, _table])
            foreach (var (key, change) in table?.Changes ?? [])
                if (Fits(key)) changes[key] = change;

        using var changed = changes.GetEnumerator();
        bool more = changed.MoveNext();
        for (int at = _snapshot?.Seek(from) ?? 0; at < (_snapshot?.Count ?? 0); at++)
        {
            var entry = _snapshot!.EntryAt(at);
            if (!Fits(entry.Key))
            {
                if (string.CompareOrdinal(entry.Key, prefix) > 0 && !entry.Key.StartsWith(prefix, StringComparison.Ordinal)) break;
                continue;
            }
            for (; more && string.CompareOrdinal(changed.Current.Key, entry.Key) < 0; more = changed.MoveNext())
                if (changed.Current.Value.Content is { } content) yield return new DocumentEntry(changed.Current.Key, changed.Current.Value.Version, content.Length);
            if (more && changed.Current.Key == entry.Key)
            {
                if (changed.Current.Value.Content is { } content) yield return new DocumentEntry(entry.Key, changed.Current.Value.Version, content.Length);
                more = changed.MoveNext();
                continue;
            }
            yield return entry;
        }
        for (; more; more = changed.MoveNext())
            if (changed.Current.Value.Content is { } content) yield return new DocumentEntry(changed.Current.Key, changed.Current.Value.Version, content.Length);
    }
}
