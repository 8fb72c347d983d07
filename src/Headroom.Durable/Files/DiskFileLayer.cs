using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Headroom.Durable;

/// <summary>The operating system's files.</summary>
public sealed partial class DiskFileLayer : IFileLayer
{
    /// <summary>The one instance; it has no state.</summary>
    public static readonly DiskFileLayer Instance = new();

    private DiskFileLayer() { }

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc/>
    public bool DirectoryExists(string path) => Directory.Exists(path);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string directory) => Names(directory, Directory.EnumerateFiles);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory) => Names(directory, Directory.EnumerateDirectories);

    /// <inheritdoc/>
    public IDurableFile Create(string path) =>
        new DiskFile(File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    /// <inheritdoc/>
    public IDurableFile Open(string path, bool writable = false) =>
        new DiskFile(File.OpenHandle(path, FileMode.Open, writable ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    /// <inheritdoc/>
    public void DeleteFile(string path) => File.Delete(path);

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }

    /// <inheritdoc/>
    public void Move(string from, string to)
    {
        if (Directory.Exists(from)) Directory.Move(from, to);
        else File.Move(from, to, overwrite: true);
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        // Windows keeps directory entries in its own journal and has no call for this.
        if (OperatingSystem.IsWindows()) return;
        int descriptor = OpenDescriptor(path, 0);
        if (descriptor < 0) throw Failed("open", path);
        try
        {
            if (FsyncDescriptor(descriptor) != 0) throw Failed("fsync", path);
        }
        finally
        {
            _ = CloseDescriptor(descriptor);
        }
    }

    /// <inheritdoc/>
    public IDisposable? TryLock(string path, out int? holder)
    {
        holder = null;
        // The pid stands in a file of its own: the lock file cannot be opened, even to read, while it is held.
        string pidFile = path + ".pid";
        try
        {
            var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            try
            {
                File.WriteAllText(pidFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            }
            catch
            {
                stream.Dispose();
                throw;
            }
            return stream;
        }
        // A plain IOException is how a held lock is reported; its subclasses (missing directory, long path) and
        // a full or failing disk are something else.
        catch (IOException e) when (e.GetType() == typeof(IOException) && File.Exists(path) && IsHeld(e))
        {
            holder = ReadPid(pidFile);
            return null;
        }
    }

    // EWOULDBLOCK of flock is 11 on Linux and 35 on macOS; ERROR_SHARING_VIOLATION on Windows.
    private static bool IsHeld(IOException e) =>
        e.HResult is 11 or 35 || (OperatingSystem.IsWindows() && (e.HResult & 0xffff) == 32);

    private static int? ReadPid(string pidFile)
    {
        try
        {
            return int.TryParse(File.ReadAllText(pidFile), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static List<string> Names(string directory, Func<string, IEnumerable<string>> enumerate)
    {
        if (!Directory.Exists(directory)) return [];
        var names = enumerate(directory).Select(path => Path.GetFileName(path)).ToList();
        names.Sort(string.CompareOrdinal);
        return names;
    }

    private static IOException Failed(string call, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} of directory '{path}' failed: {new Win32Exception(error).Message}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenDescriptor(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FsyncDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseDescriptor(int descriptor);

    private sealed class DiskFile(SafeFileHandle handle) : IDurableFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(Span<byte> buffer, long offset)
        {
            int read = 0;
            while (read < buffer.Length)
            {
                int got = RandomAccess.Read(handle, buffer[read..], offset + read);
                if (got == 0) break;
                read += got;
            }
            return read;
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(handle, bytes, offset);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Sync() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }
}
