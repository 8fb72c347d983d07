using System.Globalization;
using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>
/// A backup: a directory named by the time it was made, with all that a store has. (1) The log, the checkpoint and the
/// manifest are copied while no flush runs, so that they belong together. (2) The blocks the manifest names are linked or
/// copied while no merge runs. (3) The directory gets its name; (4) what is in it is verified. Until (3) a crash leaves
/// a directory with a temporary name, which the next backup clears.
/// </summary>
internal sealed class StoreBackup
{
    private readonly EmbeddedStoreOptions _options;
    private readonly string _into;
    private readonly string _directory;
    private readonly string _temporary;
    private Manifest _manifest = Manifest.Empty;
    private long _linked;
    private long _copied;

    private StoreBackup(EmbeddedStoreOptions options, string into, string directory) =>
        (_options, _into, _directory, _temporary) = (options, into, directory, directory + BlockFormat.TemporarySuffix);

    /// <summary>Names a backup under a directory, created when absent.</summary>
    public static StoreBackup Start(EmbeddedStoreOptions options, string into)
    {
        into = Path.GetFullPath(into);
        Directory.CreateDirectory(into);
        foreach (string left in Directory.EnumerateDirectories(into, "*" + BlockFormat.TemporarySuffix))
            if (IsName(Path.GetFileName(left)[..^BlockFormat.TemporarySuffix.Length])) Directory.Delete(left, recursive: true);
        string name = options.TimeProvider.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string directory = Path.Combine(into, name);
        for (int again = 2; Directory.Exists(directory); again++) directory = Path.Combine(into, $"{name}-{again}");
        var backup = new StoreBackup(options, into, directory);
        Directory.CreateDirectory(backup._temporary);
        return backup;
    }

    /// <summary>The newest backup under a directory, or the directory itself when it is one; null when there is none.</summary>
    public static string? Newest(string directory)
    {
        if (File.Exists(Path.Combine(directory, Manifest.FileName))) return directory;
        return !Directory.Exists(directory) ? null : Directory.EnumerateDirectories(directory)
            .Where(path => IsName(Path.GetFileName(path)) && File.Exists(Path.Combine(path, Manifest.FileName)))
            .OrderBy(path => path, Comparer<string>.Create(static (a, b) => a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(a, b)))
            .OrderBy(path => Path.GetFileName(path)[..16], StringComparer.Ordinal).LastOrDefault();
    }

    /// <summary>Step 1.</summary>
    public void CopyLog()
    {
        string log = Path.Combine(_options.Directory, StoreOpening.LogDirectory);
        Directory.CreateDirectory(Path.Combine(_temporary, StoreOpening.LogDirectory));
        foreach (string name in _options.Files.ListFiles(log).Where(StoreOpening.IsSegment))
            _copied += FileLinks.Copy(Path.Combine(log, name), Path.Combine(_temporary, StoreOpening.LogDirectory, name));
        _manifest = Manifest.Read(_options.Files, _options.Directory, out _)!;
        if (_manifest.Checkpoint != 0)
        {
            string checkpoint = Checkpoint.FileName(_manifest.Checkpoint);
            _copied += FileLinks.Copy(Path.Combine(_options.Directory, checkpoint), Path.Combine(_temporary, checkpoint));
        }
        _copied += FileLinks.Copy(Path.Combine(_options.Directory, Manifest.FileName), Path.Combine(_temporary, Manifest.FileName));
    }

    /// <summary>Steps 2 to 4.</summary>
    public StoreBackupResult Finish(CancellationToken cancel)
    {
        // 2.
        string? earlier = Newest(_into);
        Directory.CreateDirectory(Path.Combine(_temporary, "blocks"));
        foreach (var (number, _) in _manifest.Blocks)
        {
            cancel.ThrowIfCancellationRequested();
            string name = Path.Combine("blocks", BlockFormat.BlockName(number));
            Directory.CreateDirectory(Path.Combine(_temporary, name));
            foreach (string file in (ReadOnlySpan<string>)[BlockFormat.MetaFile, BlockFormat.IndexFile, BlockFormat.ChunkFile]) Take(Path.Combine(name, file), earlier, name);
            DiskFileLayer.Instance.SyncDirectory(Path.Combine(_temporary, name));
        }

        // 3.
        foreach (string part in (ReadOnlySpan<string>)["blocks", StoreOpening.LogDirectory, ""]) DiskFileLayer.Instance.SyncDirectory(Path.Combine(_temporary, part));
        Directory.Move(_temporary, _directory);
        DiskFileLayer.Instance.SyncDirectory(_into);

        // 4.
        return new StoreBackupResult(_directory, _linked, _copied, StoreVerification.Run(DiskFileLayer.Instance, _directory, cancel));
    }

    private static bool IsName(string name) => name.Length >= 16 && name[8] == 'T' && name[15] == 'Z' && name.AsSpan(0, 8).IndexOfAnyExceptInRange('0', '9') < 0;

    private void Take(string file, string? earlier, string block)
    {
        string from = Path.Combine(_options.Directory, file);
        string to = Path.Combine(_temporary, file);
        if (FileLinks.TryLink(from, to) || (earlier is not null && IsSameBlock(earlier, block) && FileLinks.TryLink(Path.Combine(earlier, file), to)))
            _linked += new FileInfo(to).Length;
        else
            _copied += FileLinks.Copy(from, to);
    }

    // The meta file has the block's number, sizes and a checksum; another store could have used the number too.
    private bool IsSameBlock(string earlier, string block)
    {
        string there = Path.Combine(earlier, block, BlockFormat.MetaFile);
        string here = Path.Combine(_options.Directory, block, BlockFormat.MetaFile);
        string thereIndex = Path.Combine(earlier, block, BlockFormat.IndexFile);
        string hereIndex = Path.Combine(_options.Directory, block, BlockFormat.IndexFile);
        return File.Exists(there) && File.Exists(thereIndex)
            && File.ReadAllBytes(there).AsSpan().SequenceEqual(File.ReadAllBytes(here)) && File.ReadAllBytes(thereIndex).AsSpan().SequenceEqual(File.ReadAllBytes(hereIndex));
    }
}
