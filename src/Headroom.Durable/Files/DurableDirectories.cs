namespace Headroom.Durable;

/// <summary>Directories that must still be there after power loss.</summary>
public static class DurableDirectories
{
    /// <summary>
    /// Creates a directory and its missing parents, and syncs each directory that got a new entry. Nothing happens
    /// when it exists.
    /// </summary>
    public static void CreateDirectoryDurably(this IFileLayer files, string path)
    {
        path = Path.GetFullPath(path);
        if (files.DirectoryExists(path)) return;
        string? parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path));
        if (parent is not null) files.CreateDirectoryDurably(parent);
        files.CreateDirectory(path);
        if (parent is not null) files.SyncDirectory(parent);
    }
}
