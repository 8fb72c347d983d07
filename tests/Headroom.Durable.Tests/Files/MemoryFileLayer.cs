namespace Headroom.Durable.Tests.Files;

/// <summary>
/// A file system in memory that fails on request and knows what a crash leaves behind: everything written when the process dies, but
/// only what was synced (file contents by fsync, names by fsync of their directory) when the power fails.
/// </summary>
public sealed class MemoryFileLayer : IFileLayer
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _locks = [];
    private MemoryDirectory _root = new();

    /// <summary>Bytes that may still be written; the write that crosses it writes what fits and fails. Null for no limit.</summary>
    public long? WriteBudget { get; set; }

    /// <summary>Number of fsyncs of files (not directories) so far.</summary>
    public int Syncs { get; private set; }

    /// <summary>While true every fsync of a file fails, and what it should have kept is lost.</summary>
    public bool FailSyncs { get; set; }

    /// <summary>Operations that change something (create, write, resize, sync, rename, delete) so far.</summary>
    public int Operations { get; private set; }

    /// <summary>After so many operations every further one fails, as if the process had died there. Null for never.</summary>
    public int? DieAfterOperations { get; set; }

    /// <summary>Called with each operation's name and path before it runs.</summary>
    public Action<string, string>? OnOperation { get; set; }

    /// <summary>Whether <see cref="DieAfterOperations"/> struck.</summary>
    public bool Dead { get; private set; }

    /// <summary>A new layer with what another process finds after this one was killed.</summary>
    public MemoryFileLayer AfterKill()
    {
        lock (_lock) return new MemoryFileLayer { _root = _root.Copy(syncedOnly: false) };
    }

    /// <summary>A new layer with what is found after the power failed.</summary>
    public MemoryFileLayer AfterPowerLoss()
    {
        lock (_lock) return new MemoryFileLayer { _root = _root.Copy(syncedOnly: true) };
    }

    /// <summary>A file's bytes.</summary>
    public byte[] ReadAll(string path)
    {
        lock (_lock) return FileAt(path).Bytes.ToArray();
    }

    /// <summary>Creates or replaces a file, synced.</summary>
    public void WriteAll(string path, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            string parent = Path.GetDirectoryName(path)!;
            CreatePath(parent);
            var file = new MemoryFile();
            file.Write(bytes, 0);
            file.Sync();
            DirectoryAt(parent).Entries[Path.GetFileName(path)] = file;
            DirectoryAt(parent).Sync();
        }
    }

    public void CreateDirectory(string path)
    {
        lock (_lock)
        {
            if (Find(path) is MemoryDirectory) return;
            Operate("mkdir", path);
            CreatePath(path);
        }
    }

    public bool DirectoryExists(string path)
    {
        lock (_lock) return Find(path) is MemoryDirectory;
    }

    public IReadOnlyList<string> ListFiles(string directory) => Names<MemoryFile>(directory);

    public IReadOnlyList<string> ListDirectories(string directory) => Names<MemoryDirectory>(directory);

    public IDurableFile Create(string path)
    {
        lock (_lock)
        {
            Operate("create", path);
            var directory = DirectoryAt(Path.GetDirectoryName(path)!);
            var file = new MemoryFile();
            if (!directory.Entries.TryAdd(Path.GetFileName(path), file)) throw new IOException($"'{path}' exists already");
            return new OpenFile(this, file, path, writable: true);
        }
    }

    public IDurableFile Open(string path, bool writable = false)
    {
        lock (_lock) return new OpenFile(this, FileAt(path), path, writable);
    }

    public void DeleteFile(string path)
    {
        lock (_lock)
        {
            Operate("delete", path);
            _ = FileAt(path);
            DirectoryAt(Path.GetDirectoryName(path)!).Entries.Remove(Path.GetFileName(path));
        }
    }

    public void DeleteDirectory(string path)
    {
        lock (_lock)
        {
            if (Find(path) is not MemoryDirectory) return;
            Operate("rmdir", path);
            DirectoryAt(Path.GetDirectoryName(path)!).Entries.Remove(Path.GetFileName(path));
        }
    }

    public void Move(string from, string to)
    {
        lock (_lock)
        {
            Operate("move", to);
            var node = Find(from) ?? throw new FileNotFoundException($"'{from}' does not exist");
            if (Find(to) is MemoryDirectory) throw new IOException($"'{to}' exists already");
            DirectoryAt(Path.GetDirectoryName(from)!).Entries.Remove(Path.GetFileName(from));
            DirectoryAt(Path.GetDirectoryName(to)!).Entries[Path.GetFileName(to)] = node;
        }
    }

    public void SyncDirectory(string path)
    {
        lock (_lock)
        {
            Operate("syncdir", path);
            DirectoryAt(path).Sync();
        }
    }

    public IDisposable? TryLock(string path, out int? holder)
    {
        lock (_lock)
        {
            holder = 4711;
            return _locks.Add(path) ? new HeldLock(this, path) : null;
        }
    }

    private void Operate(string name, string path)
    {
        if (Dead) throw new IOException("the process is dead");
        OnOperation?.Invoke(name, path);
        if (Operations == DieAfterOperations)
        {
            Dead = true;
            throw new IOException($"died before {name} of '{path}'");
        }
        Operations++;
    }

    private List<string> Names<T>(string directory) where T : IMemoryNode
    {
        lock (_lock)
        {
            if (Find(directory) is not MemoryDirectory found) return [];
            var names = found.Entries.Where(e => e.Value is T).Select(e => e.Key).ToList();
            names.Sort(string.CompareOrdinal);
            return names;
        }
    }

    private void CreatePath(string path)
    {
        var at = _root;
        foreach (string part in Parts(path))
        {
            if (!at.Entries.TryGetValue(part, out var next)) at.Entries[part] = next = new MemoryDirectory();
            at = (MemoryDirectory)next;
        }
    }

    private static string[] Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private IMemoryNode? Find(string path)
    {
        IMemoryNode? at = _root;
        foreach (string part in Parts(path))
            if (at is not MemoryDirectory directory || !directory.Entries.TryGetValue(part, out at))
                return null;
        return at;
    }

    private MemoryDirectory DirectoryAt(string path) =>
        Find(path) as MemoryDirectory ?? throw new DirectoryNotFoundException($"'{path}' does not exist");

    private MemoryFile FileAt(string path) =>
        Find(path) as MemoryFile ?? throw new FileNotFoundException($"'{path}' does not exist");

    private interface IMemoryNode
    {
        IMemoryNode Copy(bool syncedOnly);
    }

    private sealed class MemoryDirectory : IMemoryNode
    {
        public Dictionary<string, IMemoryNode> Entries { get; } = [];

        public Dictionary<string, IMemoryNode> Synced { get; private set; } = [];

        public void Sync() => Synced = new(Entries);

        IMemoryNode IMemoryNode.Copy(bool syncedOnly) => Copy(syncedOnly);

        public MemoryDirectory Copy(bool syncedOnly)
        {
            var copy = new MemoryDirectory();
            foreach (var (name, node) in syncedOnly ? Synced : Entries) copy.Entries[name] = node.Copy(syncedOnly);
            copy.Sync();
            return copy;
        }
    }

    private sealed class MemoryFile : IMemoryNode
    {
        private byte[] _bytes = [];
        private byte[] _synced = [];

        public int Length { get; private set; }

        public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            SetLength(Math.Max(Length, (int)offset + bytes.Length));
            bytes.CopyTo(_bytes.AsSpan((int)offset));
        }

        public void SetLength(int length)
        {
            if (length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(length, _bytes.Length * 2));
            if (length < Length) _bytes.AsSpan(length, Length - length).Clear();
            Length = length;
        }

        public void Sync() => _synced = Bytes.ToArray();

        public IMemoryNode Copy(bool syncedOnly)
        {
            var copy = new MemoryFile();
            copy.Write(syncedOnly ? _synced : Bytes, 0);
            copy.Sync();
            return copy;
        }
    }

    private sealed class OpenFile(MemoryFileLayer layer, MemoryFile file, string path, bool writable) : IDurableFile
    {
        public long Length
        {
            get
            {
                lock (layer._lock) return file.Length;
            }
        }

        public int Read(Span<byte> buffer, long offset)
        {
            lock (layer._lock)
            {
                if (offset >= file.Length) return 0;
                var rest = file.Bytes[(int)offset..];
                int count = Math.Min(rest.Length, buffer.Length);
                rest[..count].CopyTo(buffer);
                return count;
            }
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            lock (layer._lock)
            {
                if (!writable) throw new IOException("opened for reading");
                layer.Operate("write", path);
                long allowed = Math.Min(bytes.Length, layer.WriteBudget ?? long.MaxValue);
                if (layer.WriteBudget is not null) layer.WriteBudget -= allowed;
                if (allowed > 0) file.Write(bytes[..(int)allowed], offset);
                if (allowed < bytes.Length) throw new IOException("No space left on device");
            }
        }

        public void SetLength(long length)
        {
            lock (layer._lock)
            {
                layer.Operate("resize", path);
                file.SetLength((int)length);
            }
        }

        public void Sync()
        {
            lock (layer._lock)
            {
                layer.Operate("sync", path);
                layer.Syncs++;
                if (layer.FailSyncs) throw new IOException("Input/output error");
                file.Sync();
            }
        }

        public void Dispose() { }
    }

    private sealed class HeldLock(MemoryFileLayer layer, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (layer._lock) layer._locks.Remove(path);
        }
    }
}
