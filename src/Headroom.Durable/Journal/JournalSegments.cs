namespace Headroom.Durable;

/// <summary>
/// The segment files of an open log. Written by one thread only; listing and deleting are safe beside it.
/// </summary>
internal sealed class JournalSegments : IDisposable
{
    private readonly string _directory;
    private readonly IFileLayer _files;
    private readonly long _segmentBytes;
    private readonly Lock _lock = new();
    private readonly List<JournalSegment> _finished = [];
    private JournalSegment _current;
    private IDurableFile _file;
    private long _length;

    private JournalSegments(string directory, JournalOptions options, List<JournalSegment> found, IDurableFile? file, long nextSequence)
    {
        (_directory, _files, _segmentBytes) = (directory, options.Files, options.SegmentBytes);
        if (file is null)
        {
            (_current, _file) = Start(nextSequence);
        }
        else
        {
            (_current, _file) = (found[^1], file);
            found.RemoveAt(found.Count - 1);
        }
        _finished.AddRange(found);
        _length = _current.Length;
    }

    /// <summary>Whether something was written since the last sync.</summary>
    public bool Dirty { get; private set; }

    public int Count
    {
        get
        {
            lock (_lock) return _finished.Count + 1;
        }
    }

    /// <summary>Size of all segments in bytes.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock) return _finished.Sum(s => s.Length) + Volatile.Read(ref _length);
        }
    }

    /// <summary>Cuts what the reader found torn, and goes on writing where the log ends.</summary>
    public static JournalSegments Continue(string directory, JournalOptions options, JournalReader read)
    {
        if (read.HeadlessSegment is { } headless)
        {
            options.Files.DeleteFile(headless);
            options.Files.SyncDirectory(directory);
        }
        IDurableFile? file = null;
        try
        {
            if (read.Segments.Count > 0)
            {
                var last = read.Segments[^1];
                file = options.Files.Open(last.Path, writable: true);
                if (file.Length > last.Length) file.SetLength(last.Length);
                // What was read back may stand only in the page cache of a machine whose last writer was killed. It counts
                // from now on, and this segment may be finished without another write to it.
                file.Sync();
            }
            return new JournalSegments(directory, options, read.Segments, file, read.Recovery.LastSequence + 1);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Seals and writes whole records, starting new segments where they are due.</summary>
    public void Write(Span<byte> records)
    {
        int start = 0;
        int end = 0;
        while (end < records.Length)
        {
            int total = JournalFormat.Seal(records[end..]);
            bool fits = _length + (end - start) + total <= _segmentBytes;
            bool empty = _length + (end - start) <= JournalFormat.HeaderBytes;
            if (!fits && !empty)
            {
                WriteSlice(records[start..end]);
                Rotate(JournalFormat.Sequence(records[end..]));
                start = end;
            }
            end += total;
        }
        WriteSlice(records[start..end]);
    }

    public void Sync()
    {
        if (!Dirty) return;
        _file.Sync();
        Dirty = false;
    }

    /// <summary>Deletes, oldest first, the segments that hold only records before a sequence; gives how many.</summary>
    public int DeleteBefore(long sequence)
    {
        lock (_lock)
        {
            int deleted = 0;
            while (_finished.Count > 0)
            {
                long next = _finished.Count > 1 ? _finished[1].FirstSequence : _current.FirstSequence;
                if (next > sequence) break;
                // Oldest first, and forgotten only when it is gone, so that no failure or crash leaves a gap.
                _files.DeleteFile(_finished[0].Path);
                _finished.RemoveAt(0);
                deleted++;
            }
            if (deleted > 0) _files.SyncDirectory(_directory);
            return deleted;
        }
    }

    public void Dispose() => _file.Dispose();

    private void WriteSlice(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        try
        {
            _file.Write(bytes, _length);
        }
        catch
        {
            // Nobody was told that these records are written. Without this, whole ones among them would come back on
            // the next start although their writer was told of a failure. If it fails too, the tail stays.
            try
            {
                _file.SetLength(_length);
            }
            catch (IOException) { }
            throw;
        }
        Volatile.Write(ref _length, _length + bytes.Length);
        Dirty = true;
    }

    // The old segment is synced in every mode before the new one exists: a tail may be torn in the last segment only.
    private void Rotate(long firstSequence)
    {
        Sync();
        var (next, file) = Start(firstSequence);
        _file.Dispose();
        lock (_lock)
        {
            _finished.Add(_current with { Length = _length });
            (_current, _file) = (next, file);
            Volatile.Write(ref _length, next.Length);
        }
    }

    private (JournalSegment Segment, IDurableFile File) Start(long firstSequence)
    {
        string path = Path.Combine(_directory, JournalFormat.FileName(firstSequence));
        var file = _files.Create(path);
        try
        {
            file.Write(JournalFormat.Header(firstSequence), 0);
            file.Sync();
            _files.SyncDirectory(_directory);
            return (new JournalSegment(path, firstSequence, JournalFormat.HeaderBytes), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
