using System.IO.Enumeration;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Configuration.Loading;

/// <summary>Configuration files on the machine's own file system.</summary>
public sealed class DiskFiles : IConfigurationFiles
{
    /// <inheritdoc/>
    public string FullPath(string path, string directory) => Path.GetFullPath(path, Path.GetFullPath(directory));

    /// <inheritdoc/>
    public bool Exists(string fullPath) => File.Exists(fullPath);

    /// <inheritdoc/>
    public byte[] Read(string fullPath, int maximumBytes, out Problem? problem)
    {
        problem = null;
        try
        {
            using var file = new FileStream(fullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[Math.Min(file.CanSeek ? Math.Max(file.Length, 1) : maximumBytes, maximumBytes) + 1];
            int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return bytes[..read];
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            problem = new Problem("config-not-found", "The file does not exist.", Fix: "Check the path.");
        }
        catch (UnauthorizedAccessException)
        {
            problem = new Problem("config-unreadable", Directory.Exists(fullPath) ? "This is a folder, not a file." : "The file may not be read.",
                Fix: "Name a file that this user may read.");
        }
        catch (Exception failure) when (failure is IOException or NotSupportedException or ArgumentException)
        {
            problem = new Problem("config-unreadable", $"The file cannot be read: {failure.Message.TrimEnd('.')}.");
        }
        return [];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Match(string fullFolder, string pattern)
    {
        if (!Directory.Exists(fullFolder)) return [];
        return [.. Directory.EnumerateFiles(fullFolder, "*", new EnumerationOptions { IgnoreInaccessible = true })
            .Select(f => Path.GetFileName(f))
            .Where(name => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))
            .Order(StringComparer.Ordinal)];
    }
}
