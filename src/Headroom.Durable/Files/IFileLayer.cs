namespace Headroom.Durable;

/// <summary>
/// Every touch of the disk by a journal or a store goes through here, so that a test can tear a write at any byte, fill the
/// disk, fail an fsync or stop between two steps. Failures are <see cref="IOException"/>, as the file system reports them.
/// </summary>
public interface IFileLayer
{
    /// <summary>Creates a directory and its parents; nothing happens when it exists.</summary>
    void CreateDirectory(string path);

    /// <summary>Whether a directory exists.</summary>
    bool DirectoryExists(string path);

    /// <summary>Names (not paths) of the files in a directory, in ordinal order; empty when the directory does not exist.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>Names (not paths) of the directories in a directory, in ordinal order; empty when it does not exist.</summary>
    IReadOnlyList<string> ListDirectories(string directory);

    /// <summary>Creates a file that does not exist yet, for reading and writing.</summary>
    IDurableFile Create(string path);

    /// <summary>Opens an existing file for reading, and for writing when asked.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    IDurableFile Open(string path, bool writable = false);

    /// <summary>Deletes a file.</summary>
    void DeleteFile(string path);

    /// <summary>Deletes a directory with all that is in it; nothing happens when it does not exist.</summary>
    void DeleteDirectory(string path);

    /// <summary>Renames a file or directory in one atomic step; the target must not exist as a directory, a file is replaced.</summary>
    void Move(string from, string to);

    /// <summary>Makes the creations, renames and deletions in a directory survive power loss.</summary>
    void SyncDirectory(string path);

    /// <summary>
    /// Takes an exclusive lock on a file, created when absent, until disposed or until the process dies.
    /// </summary>
    /// <param name="path">The lock file.</param>
    /// <param name="holder">When the lock is taken, the process id of its holder if that is known.</param>
    /// <returns>The lock, or null when another opener has it.</returns>
    IDisposable? TryLock(string path, out int? holder);
}

/// <summary>An open file. Reads may run beside each other and beside one writer.</summary>
public interface IDurableFile : IDisposable
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads at an offset, at most the buffer's length; fewer bytes only at the end of the file.</summary>
    int Read(Span<byte> buffer, long offset);

    /// <summary>Writes all bytes at an offset. After a failure any prefix of them may have been written.</summary>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Cuts or extends the file to a length.</summary>
    void SetLength(long length);

    /// <summary>Makes what was written survive power loss (fsync). A failure must never be retried: the data may be gone.</summary>
    void Sync();
}
