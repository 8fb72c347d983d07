using System.Runtime.InteropServices;

namespace Headroom.Durable;

/// <summary>Second names and copies of files that never change, for backups.</summary>
public static partial class FileLinks
{
    /// <summary>Gives a file a second name; false when that is not possible here.</summary>
    public static bool TryLink(string existing, string name) =>
        OperatingSystem.IsWindows() ? CreateHardLink(name, existing, 0) : Link(existing, name) == 0;

    /// <summary>Copies at most so many bytes of a file and syncs them; gives how many.</summary>
    public static long Copy(string from, string to, long most = long.MaxValue)
    {
        using var source = File.OpenHandle(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var target = File.OpenHandle(to, FileMode.CreateNew, FileAccess.Write);
        byte[] buffer = new byte[1 << 20];
        long at = 0;
        while (at < most && RandomAccess.Read(source, buffer.AsSpan(0, (int)Math.Min(buffer.Length, most - at)), at) is var read && read > 0)
        {
            RandomAccess.Write(target, buffer.AsSpan(0, read), at);
            at += read;
        }
        RandomAccess.FlushToDisk(target);
        return at;
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string existing, string name);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string name, string existing, nint reserved);
}
