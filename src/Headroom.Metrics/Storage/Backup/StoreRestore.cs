using Headroom.Configuration.Diagnostics;
using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Makes a store of a backup: (1) the backup is verified; (2) its files are copied under a temporary name in the data
/// directory, which no process may have open and which must have no store; (3) they get their names, the manifest last; (4) the
/// store is verified. A restore that was cut short is begun anew by the next one.
/// </summary>
public static class StoreRestore
{
    private const string Temporary = "restoring.new";

    /// <summary>Restores a backup, or the newest one under a directory.</summary>
    /// <exception cref="ProblemException">
    /// There is no backup (<c>no-backup</c>), it is damaged, the data directory has a store already (<c>restore-not-empty</c>)
    /// or is in use (<c>store-locked</c>).
    /// </exception>
    public static (string Backup, VerifiedStore Verified) Run(string from, string dataDirectory, CancellationToken cancel)
    {
        string backup = Find(from);
        dataDirectory = Path.GetFullPath(dataDirectory);
        var files = DiskFileLayer.Instance;
        try
        {
            // 1.
            StoreVerification.Run(files, backup, cancel);

            // 2.
            using var held = DirectoryLock.Take(dataDirectory);
            string temporary = Path.Combine(dataDirectory, Temporary);
            bool cutShort = Directory.Exists(temporary);
            if (!cutShort && IsStore(dataDirectory))
                throw new ProblemException(new Problem("restore-not-empty", "The data directory has a store, which a restore would overwrite.", dataDirectory,
                    "Name another directory with --data, or move the store away first."));
            if (cutShort) Clear(dataDirectory);
            Directory.CreateDirectory(temporary);
            Copy(backup, temporary, cancel);

            // 3.
            foreach (string directory in Directory.EnumerateDirectories(temporary).ToList()) Directory.Move(directory, Path.Combine(dataDirectory, Path.GetFileName(directory)));
            foreach (string file in Directory.EnumerateFiles(temporary).OrderBy(path => Path.GetFileName(path) == Manifest.FileName).ToList())
                File.Move(file, Path.Combine(dataDirectory, Path.GetFileName(file)));
            files.SyncDirectory(dataDirectory);
            Directory.Delete(temporary);
            files.SyncDirectory(dataDirectory);

            // 4.
            return (backup, StoreVerification.Run(files, dataDirectory, cancel));
        }
        catch (Exception e) when (StoreProblems.Knows(e))
        {
            throw StoreProblems.Of(e, dataDirectory);
        }
    }

    /// <summary>Verifies a backup, or the newest one under a directory.</summary>
    /// <exception cref="ProblemException">There is none (<c>no-backup</c>), or it is damaged.</exception>
    public static VerifiedStore Verify(string directory, CancellationToken cancel) => StoreVerification.Run(DiskFileLayer.Instance, Find(directory), cancel);

    private static string Find(string directory) => StoreBackup.Newest(Path.GetFullPath(directory)) ?? throw new ProblemException(
        new Problem("no-backup", "There is no backup here.", directory, "Name a directory that 'headroom data backup' wrote to, or one of the backups in it."));

    private static bool IsStore(string directory) =>
        File.Exists(Path.Combine(directory, Manifest.FileName))
        || Directory.Exists(Path.Combine(directory, "blocks")) && Directory.EnumerateFileSystemEntries(Path.Combine(directory, "blocks")).Any()
        || Directory.Exists(Path.Combine(directory, StoreOpening.LogDirectory)) && Directory.EnumerateFiles(Path.Combine(directory, StoreOpening.LogDirectory)).Any(file => StoreOpening.IsSegment(file));

    // Of a restore that was cut short; a store of its own could not be there beside it.
    private static void Clear(string directory)
    {
        foreach (string name in (ReadOnlySpan<string>)[Temporary, "blocks", StoreOpening.LogDirectory])
            DiskFileLayer.Instance.DeleteDirectory(Path.Combine(directory, name));
        foreach (string file in Directory.EnumerateFiles(directory).ToList())
            if (Path.GetFileName(file) == Manifest.FileName || Checkpoint.NumberOf(Path.GetFileName(file)) >= 0) File.Delete(file);
    }

    private static void Copy(string from, string to, CancellationToken cancel)
    {
        foreach (string directory in Directory.EnumerateDirectories(from))
        {
            string target = Path.Combine(to, Path.GetFileName(directory));
            Directory.CreateDirectory(target);
            Copy(directory, target, cancel);
        }
        foreach (string file in Directory.EnumerateFiles(from))
        {
            cancel.ThrowIfCancellationRequested();
            if (!Path.GetFileName(file).StartsWith(DirectoryLock.FileName, StringComparison.Ordinal)) FileLinks.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
        DiskFileLayer.Instance.SyncDirectory(to);
    }
}
