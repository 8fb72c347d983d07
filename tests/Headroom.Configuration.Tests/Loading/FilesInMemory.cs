using System.IO.Enumeration;
using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Loading;

namespace Headroom.Configuration.Tests.Loading;

/// <summary>Configuration files that exist only in a test, under the folder <c>/srv/shop</c>.</summary>
internal sealed class FilesInMemory : IConfigurationFiles
{
    public const string Folder = "/srv/shop";

    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public FilesInMemory With(string path, string text) => With(path, Encoding.UTF8.GetBytes(text));

    public FilesInMemory With(string path, byte[] bytes)
    {
        _files[FullPath(path, Folder)] = bytes;
        return this;
    }

    public string FullPath(string path, string directory) => Path.GetFullPath(path, directory);

    public bool Exists(string fullPath) => _files.ContainsKey(fullPath);

    public byte[] Read(string fullPath, int maximumBytes, out Problem? problem)
    {
        problem = _files.ContainsKey(fullPath) ? null : new Problem("config-not-found", "The file does not exist.");
        return _files.GetValueOrDefault(fullPath, []);
    }

    public IReadOnlyList<string> Match(string fullFolder, string pattern) =>
        [.. _files.Keys.Where(f => Path.GetDirectoryName(f) == fullFolder).Select(f => Path.GetFileName(f))
            .Where(n => FileSystemName.MatchesSimpleExpression(pattern, n, ignoreCase: false)).Order(StringComparer.Ordinal)];
}
