namespace Headroom.Durable;

/// <summary>A file of a log is damaged before its end. Nothing was changed; the log is not opened.</summary>
/// <param name="file">Path of the file.</param>
/// <param name="offset">Offset in bytes of the first thing that is wrong.</param>
/// <param name="reason">What is wrong there.</param>
public sealed class JournalDamagedException(string file, long offset, string reason)
    : IOException($"'{file}' is damaged at byte {offset}: {reason}")
{
    /// <summary>Path of the damaged file.</summary>
    public string File { get; } = file;

    /// <summary>Offset in bytes of the damage.</summary>
    public long Offset { get; } = offset;
}

/// <summary>A file was written by a newer program than this one.</summary>
/// <param name="file">Path of the file.</param>
/// <param name="found">Format version of the file.</param>
/// <param name="supported">Newest format version this program reads.</param>
public sealed class FormatVersionException(string file, int found, int supported)
    : IOException($"'{file}' has format version {found}; this program reads versions up to {supported}")
{
    /// <summary>Path of the file.</summary>
    public string File { get; } = file;

    /// <summary>Format version of the file.</summary>
    public int Found { get; } = found;
}

/// <summary>
/// A write or fsync failed, so nothing more is written: after a failed fsync the operating system may have dropped
/// the data, and trying again would report success for what is lost. Reopening the log reads what is on disk.
/// </summary>
/// <param name="directory">The log's directory.</param>
/// <param name="cause">The first failure.</param>
public sealed class JournalFaultedException(string directory, Exception cause)
    : IOException($"the log in '{directory}' takes no more writes: {cause.Message}", cause)
{
    /// <summary>The log's directory.</summary>
    public string LogDirectory { get; } = directory;
}
