using Headroom.Configuration.Values;
using Headroom.Metrics.Storage;

namespace Headroom.Server.Data;

/// <summary>What a data directory holds: the answer of <c>GET /api/data</c>.</summary>
/// <param name="Directory">Where it is.</param>
/// <param name="FormatVersion">Format that is written.</param>
/// <param name="Series">Distinct series.</param>
/// <param name="ActiveSeries">Series in memory.</param>
/// <param name="MaxSeries">The limit on active series.</param>
/// <param name="Samples">Samples, in memory and on disk.</param>
/// <param name="PendingSamples">Of these, in memory and the log only.</param>
/// <param name="RawEntries">Values kept as they were posted.</param>
/// <param name="LogBytes">Size of the log.</param>
/// <param name="BlockBytes">Size of the blocks.</param>
/// <param name="Exemplars">Exemplars held.</param>
/// <param name="DescribedMetrics">Metrics of which type, unit or help is known.</param>
/// <param name="PendingDeletions">Deletions that wait for a compaction to give the disk back.</param>
/// <param name="Fault">Why it takes no more writes; null while it does.</param>
/// <param name="Resolutions">The blocks by resolution.</param>
public sealed record DataInfo(
    string Directory, int FormatVersion, long Series, long ActiveSeries, int MaxSeries, long Samples, long PendingSamples, long RawEntries, long LogBytes, long BlockBytes,
    int Exemplars, int DescribedMetrics, int PendingDeletions, string? Fault, IReadOnlyList<DataResolution> Resolutions)
{
    internal static DataInfo Of(StoreInfo info) => new(
        info.Directory, info.FormatVersion, info.Stats.Series, info.Stats.ActiveSeries, info.MaxSeries, info.Stats.Samples, info.Stats.PendingSamples, info.Stats.RawEntries,
        info.Stats.LogBytes, info.Stats.BlockBytes, info.Exemplars, info.Metrics, info.Deletions, info.Fault, [.. info.Resolutions.Select(DataResolution.Of)]);
}

/// <summary>The blocks of one resolution.</summary>
/// <param name="Name"><c>raw</c>, <c>5m</c> or <c>1h</c>.</param>
/// <param name="Retention">How long it is kept.</param>
/// <param name="Blocks">Number of blocks.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="Samples">Samples in them.</param>
/// <param name="BytesPerSample">Size over samples; null when there are none.</param>
/// <param name="FirstTime">Earliest time; null when there is none.</param>
/// <param name="LastTime">Latest time.</param>
public sealed record DataResolution(string Name, string Retention, int Blocks, long Bytes, long Samples, double? BytesPerSample, DateTimeOffset? FirstTime, DateTimeOffset? LastTime)
{
    internal static DataResolution Of(ResolutionStats stats) => new(
        stats.Name, DurationText.Format(stats.Retention), stats.Blocks, stats.Bytes, stats.Samples, stats.Samples == 0 ? null : Math.Round((double)stats.Bytes / stats.Samples, 3),
        Time(stats.FirstTime), Time(stats.LastTime));

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time) : null;
}

/// <summary>What a verification went through: the answer of <c>POST /api/data/verify</c> when nothing is damaged.</summary>
/// <param name="Blocks">Blocks read.</param>
/// <param name="BlockBytes">Their size.</param>
/// <param name="Samples">Samples in them.</param>
/// <param name="LogRecords">Records of the log.</param>
/// <param name="LogBytes">Their size.</param>
public sealed record DataVerification(int Blocks, long BlockBytes, long Samples, long LogRecords, long LogBytes)
{
    /// <summary>Verifies a backup, or the newest one in a directory.</summary>
    /// <exception cref="Configuration.Diagnostics.ProblemException">There is none, or it is damaged.</exception>
    public static DataVerification OfBackup(string directory, CancellationToken cancel) => Of(StoreRestore.Verify(directory, cancel));

    internal static DataVerification Of(VerifiedStore verified) => new(verified.Blocks, verified.BlockBytes, verified.Samples, verified.LogRecords, verified.LogBytes);
}

/// <summary>What a compaction did: the answer of <c>POST /api/data/compact</c>.</summary>
/// <param name="BlocksBefore">Blocks before it.</param>
/// <param name="BlocksAfter">Blocks after it.</param>
/// <param name="BytesBefore">Their size before it.</param>
/// <param name="BytesAfter">Their size after it.</param>
/// <param name="SamplesBefore">Samples before it, deleted ones that were still on disk included.</param>
/// <param name="SamplesAfter">Samples after it.</param>
public sealed record DataCompaction(int BlocksBefore, int BlocksAfter, long BytesBefore, long BytesAfter, long SamplesBefore, long SamplesAfter);

/// <summary>A backup that was made and verified: the answer of <c>POST /api/data/backup</c>.</summary>
/// <param name="Directory">Where it is.</param>
/// <param name="LinkedBytes">Bytes shared by hard links.</param>
/// <param name="CopiedBytes">Bytes copied.</param>
/// <param name="Verified">What verifying it went through.</param>
public sealed record DataBackup(string Directory, long LinkedBytes, long CopiedBytes, DataVerification Verified)
{
    internal static DataBackup Of(StoreBackupResult made) => new(made.Directory, made.LinkedBytes, made.CopiedBytes, DataVerification.Of(made.Verified));
}

/// <summary>A backup that was restored and verified.</summary>
/// <param name="Backup">Which backup.</param>
/// <param name="Directory">Where it was restored to.</param>
/// <param name="Verified">What verifying it went through.</param>
public sealed record DataRestoration(string Backup, string Directory, DataVerification Verified)
{
    /// <summary>Restores a backup into a data directory that no process has open.</summary>
    /// <exception cref="Configuration.Diagnostics.ProblemException">It cannot be restored; see <see cref="StoreRestore.Run"/>.</exception>
    public static DataRestoration Run(string from, string directory, CancellationToken cancel)
    {
        var (backup, verified) = StoreRestore.Run(from, directory, cancel);
        return new DataRestoration(backup, Path.GetFullPath(directory), DataVerification.Of(verified));
    }
}

/// <summary>What a deletion did.</summary>
/// <param name="Selectors">The selectors.</param>
/// <param name="Series">Series that had samples in the time range.</param>
/// <param name="Deleted">Whether they were deleted, or only counted.</param>
public sealed record DataDeletion(IReadOnlyList<string> Selectors, int Series, bool Deleted);
