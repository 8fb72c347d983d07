using Headroom.Configuration.Diagnostics;

namespace Headroom.Configuration.Loading;

/// <summary>Where configuration files are read from.</summary>
public interface IConfigurationFiles
{
    /// <summary>The absolute form of a path, against <paramref name="directory"/> when it is relative; the same for every way to name a file.</summary>
    string FullPath(string path, string directory);

    /// <summary>Whether a file stands at an absolute path.</summary>
    bool Exists(string fullPath);

    /// <summary>Reads a file. On failure the problem has no place; the caller knows it.</summary>
    /// <param name="fullPath">An absolute path.</param>
    /// <param name="maximumBytes">No more than one byte above this is read.</param>
    /// <param name="problem">Why the file could not be read; null when it was.</param>
    byte[] Read(string fullPath, int maximumBytes, out Problem? problem);

    /// <summary>Names (without folders) of the files in a folder that match a pattern with <c>*</c> and <c>?</c>, in ordinal order.</summary>
    IReadOnlyList<string> Match(string fullFolder, string pattern);
}
