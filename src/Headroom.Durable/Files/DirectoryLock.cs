namespace Headroom.Durable;

/// <summary>
/// Keeps a second process, or a second opener in this one, out of a directory. The operating system releases it when
/// the process dies, however it dies, so a lock is never stale.
/// </summary>
public sealed class DirectoryLock : IDisposable
{
    /// <summary>Name of the lock file in the directory.</summary>
    public const string FileName = "lock";

    private readonly IDisposable _held;

    private DirectoryLock(string directory, IDisposable held) => (Directory, _held) = (directory, held);

    /// <summary>The directory that is locked.</summary>
    public string Directory { get; }

    /// <summary>Creates the directory if needed and takes its lock.</summary>
    /// <exception cref="DirectoryLockedException">Another opener has it.</exception>
    public static DirectoryLock Take(string directory, IFileLayer? files = null)
    {
        files ??= DiskFileLayer.Instance;
        files.CreateDirectoryDurably(directory);
        var held = files.TryLock(Path.Combine(directory, FileName), out int? holder)
            ?? throw new DirectoryLockedException(directory, holder);
        return new DirectoryLock(directory, held);
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose() => _held.Dispose();
}

/// <summary>The directory is in use.</summary>
/// <param name="directory">Which directory.</param>
/// <param name="holder">The process that has it, when known.</param>
public sealed class DirectoryLockedException(string directory, int? holder)
    : IOException($"'{directory}' is in use by {(holder is null ? "another process" : $"process {holder}")}")
{
    /// <summary>Which directory.</summary>
    public string LockedDirectory { get; } = directory;

    /// <summary>Id of the process that has it; null when unknown.</summary>
    public int? Holder { get; } = holder;
}
