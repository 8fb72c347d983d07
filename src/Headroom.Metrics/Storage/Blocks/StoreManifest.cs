using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>The manifest of an open store, changed by flushes and compactions one at a time.</summary>
internal sealed class StoreManifest
{
    private readonly IFileLayer _files;
    private readonly string _directory;
    private readonly Lock _lock = new();
    private Manifest _current;
    private long _nextNumber;
    private bool _isOld;

    private StoreManifest(IFileLayer files, string directory, Manifest current) =>
        (_files, _directory, _current, _nextNumber) = (files, directory, current, current.NextNumber);

    public Manifest Current => Volatile.Read(ref _current);

    public string BlocksDirectory => BlocksOf(_directory);

    /// <summary>
    /// Opens the manifest of a directory, or starts one in a new store, and clears what crashes left behind.
    /// </summary>
    /// <exception cref="BlockDamagedException">
    /// The manifest is not what was written, or missing beside data.
    /// </exception>
    public static StoreManifest Open(IFileLayer files, string directory, bool hasLog)
    {
        string blocks = BlocksOf(directory);
        var found = Manifest.Read(files, directory, out int version);
        if (found is null)
        {
            if (hasLog || files.ListDirectories(blocks).Any(name => BlockFormat.NumberOf(name) >= 0))
                throw new BlockDamagedException(Path.Combine(directory, Manifest.FileName), 0, "the file is missing");
            files.CreateDirectoryDurably(blocks);
            found = Manifest.Empty;
            found.Write(files, directory);
        }
        var manifest = new StoreManifest(files, directory, found);
        manifest.Clear();
        manifest._isOld = version < BlockFormat.Version;
        return manifest;
    }

    /// <summary>A number that no block and no checkpoint has or had.</summary>
    public long TakeNumber()
    {
        lock (_lock) return _nextNumber++;
    }

    /// <summary>
    /// Brings the manifest up to date before anything is written: one of an older format is written in today's, so that a
    /// program that knows only the older one refuses the store instead of calling it damaged; and a retention that was set is
    /// noted.
    /// </summary>
    public void Settle(RetentionPolicy? retention)
    {
        if (!_isOld && (retention is null || retention == _current.Retention)) return;
        Change(now => now with { Retention = retention ?? now.Retention }, static () => { });
        _isOld = false;
    }

    /// <summary>Replaces the manifest, then runs what must agree with it before the next change.</summary>
    public void Change(Func<Manifest, Manifest> change, Action then)
    {
        lock (_lock)
        {
            var next = change(_current) with { NextNumber = _nextNumber };
            next = next with { Tombstones = [.. next.Tombstones.Where(t => next.Blocks.Any(b => b.Number <= t.Through))] };
            next.Write(_files, _directory);
            Volatile.Write(ref _current, next);
            then();
        }
    }

    private static string BlocksOf(string directory) => Path.Combine(directory, "blocks");

    // What the manifest does not name was never part of the store, or is no longer.
    private void Clear()
    {
        foreach (string name in _files.ListDirectories(BlocksDirectory))
        {
            bool temporary = name.EndsWith(BlockFormat.TemporarySuffix, StringComparison.Ordinal);
            long number = BlockFormat.NumberOf(temporary ? name[..^BlockFormat.TemporarySuffix.Length] : name);
            if (number >= 0 && (temporary || !_current.Blocks.Any(block => block.Number == number))) _files.DeleteDirectory(Path.Combine(BlocksDirectory, name));
        }
        foreach (string name in _files.ListFiles(_directory))
            if (Checkpoint.NumberOf(name) is var number && number >= 0 && number != _current.Checkpoint)
                _files.DeleteFile(Path.Combine(_directory, name));
    }
}
