using Headroom.Configuration.Diagnostics;
using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>Says what a failure of the store means to the person who runs it.</summary>
internal static class StoreProblems
{
    /// <summary>Whether <see cref="Of"/> knows the exception.</summary>
    public static bool Knows(Exception e) => e is IOException or UnauthorizedAccessException;

    public static ProblemException Of(Exception e, string directory) => new(e switch
    {
        DirectoryLockedException locked => new Problem("store-locked",
            locked.Holder is { } pid ? $"The data directory is in use by process {pid}." : "The data directory is in use by another process.",
            directory, "Stop that process, or use another directory with --data.") { Kind = ProblemKind.Unavailable },
        JournalDamagedException damaged => Damaged(damaged.File, damaged.Offset, damaged.Message),
        BlockDamagedException damaged => Damaged(damaged.File, damaged.Offset, damaged.Message),
        FormatVersionException newer => new Problem("store-newer",
            $"The data was written by a newer version of Headroom (format {newer.Found}).", newer.File, "Use that version, or a newer one.") { Kind = ProblemKind.Failed },
        UnauthorizedAccessException => new Problem("store-forbidden",
            $"The data directory cannot be used: {e.Message}", directory, "Give this user the right to read and write it.") { Kind = ProblemKind.Failed },
        _ => new Problem("store-failed", $"The data directory cannot be used: {e.Message}", directory, "Check the disk.") { Kind = ProblemKind.Failed },
    }, e);

    /// <summary>Why a store takes no more writes.</summary>
    public static Problem ReadOnly(Exception cause, string directory) => new("store-read-only",
        $"The store takes no more writes, because one failed: {(cause is JournalFaultedException { InnerException: { } inner } ? inner : cause).Message}",
        directory, "Check that the disk works and has room, then start again; what was acknowledged is kept.") { Kind = ProblemKind.Unavailable };

    private static Problem Damaged(string file, long offset, string message) => new("store-damaged",
        $"The data is damaged: {message}.", $"{file}, byte {offset}",
        "Restore the directory from a backup. Nothing was changed.") { Kind = ProblemKind.Failed };
}
