using Headroom.Durable;

namespace Headroom.Simulation.Tests;

/// <summary>
/// A disk in memory under the real journal code. What was written but not synced survives the death of a process and
/// is torn at some byte by a loss of power.
/// </summary>
internal sealed class SimDisk : IFileLayer
{
    private readonly SortedDictionary<string, File> _files = new(StringComparer.Ordinal);

    /// <summary>The next write stops half way: the disk is full.</summary>
    public bool FullAtNextWrite { get; set; }

    /// <summary>The next sync reports an error.</summary>
    public bool FailNextSync { get; set; }

    /// <summary>Decides where torn writes are torn.</summary>
    public required Random Random { get; init; }

    /// <summary>Takes away what was not synced, up to a byte in the middle of it; sometimes the rest reads as zeros.</summary>
    /// <returns>Whether something was lost.</returns>
    public bool LosePower()
    {
        bool lost = false;
        foreach (var (path, file) in _files.ToList())
        {
            if (!file.EntrySynced && Random.Next(2) == 0)
            {
                _files.Remove(path);
                lost = true;
                continue;
            }
            int unsynced = file.Size - file.Synced;
            if (unsynced == 0) continue;
            int keep = file.Synced + Random.Next(unsynced + 1);
            lost |= keep < file.Size;
            if (Random.Next(4) == 0) file.Bytes.AsSpan(keep, file.Size - keep).Clear();
            else file.Size = keep;
            file.Synced = file.Size;
        }
        return lost;
    }

    /// <summary>Adds part of a write that was cut off by the death of its process.</summary>
    public void TearAtEnd(string directory, ReadOnlySpan<byte> written) => PutAtEnd(directory, written[..Random.Next(written.Length)]);

    public void PutAtEnd(string directory, ReadOnlySpan<byte> written)
    {
        string last = _files.Keys.Where(path => path.StartsWith(directory + "/", StringComparison.Ordinal) && path.EndsWith(".journal", StringComparison.Ordinal)).Max(StringComparer.Ordinal)!;
        _files[last].Write(written, _files[last].Size);
    }

    public void CreateDirectory(string path) { }

    public bool DirectoryExists(string path) => true;

    public IReadOnlyList<string> ListFiles(string directory) =>
        [.. _files.Keys.Where(path => Path.GetDirectoryName(path) == directory).Select(path => Path.GetFileName(path)!)];

    public IReadOnlyList<string> ListDirectories(string directory) => [];

    public IDurableFile Create(string path)
    {
        var file = new File(this);
        _files.Add(path, file);
        return file;
    }

    public IDurableFile Open(string path, bool writable = false) => _files[path];

    public void DeleteFile(string path) => _files.Remove(path);

    public void DeleteDirectory(string path) { }

    public void Move(string from, string to)
    {
        _files[to] = _files[from];
        _files.Remove(from);
    }

    public void SyncDirectory(string path)
    {
        foreach (var file in _files.Values) file.EntrySynced = true;
    }

    public IDisposable? TryLock(string path, out int? holder)
    {
        holder = null;
        return new MemoryStream();
    }

    private sealed class File(SimDisk disk) : IDurableFile
    {
        public byte[] Bytes = new byte[1024];
        public int Size;
        public int Synced;
        public bool EntrySynced;

        public long Length => Size;

        public int Read(Span<byte> buffer, long offset)
        {
            int length = Math.Clamp(Size - (int)offset, 0, buffer.Length);
            Bytes.AsSpan((int)offset, length).CopyTo(buffer);
            return length;
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            if (disk.FullAtNextWrite)
            {
                disk.FullAtNextWrite = false;
                Put(bytes[..disk.Random.Next(bytes.Length)], (int)offset);
                throw new IOException("No space left on device");
            }
            Put(bytes, (int)offset);
        }

        public void SetLength(long length)
        {
            Size = (int)length;
            Synced = Math.Min(Synced, Size);
        }

        public void Sync()
        {
            if (disk.FailNextSync)
            {
                disk.FailNextSync = false;
                // What the kernel held may be on disk or not; it will never say.
                if (disk.Random.Next(2) == 0) Size = Synced + disk.Random.Next(Size - Synced + 1);
                Synced = Size;
                throw new IOException("Input/output error");
            }
            Synced = Size;
        }

        public void Dispose() { }

        private void Put(ReadOnlySpan<byte> bytes, int offset)
        {
            if (offset + bytes.Length > Bytes.Length) Array.Resize(ref Bytes, Math.Max(Bytes.Length * 2, offset + bytes.Length));
            bytes.CopyTo(Bytes.AsSpan(offset));
            Size = Math.Max(Size, offset + bytes.Length);
        }
    }
}
