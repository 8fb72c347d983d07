namespace Headroom.Metrics.Storage;

/// <summary>A value as it was posted.</summary>
/// <param name="Labels">Its series.</param>
/// <param name="Time">Unix milliseconds UTC.</param>
/// <param name="Value">Never converted.</param>
/// <param name="Note">Metadata, id and unit that came with it; null when there were none.</param>
public sealed record RawSample(Labels Labels, long Time, double Value, SampleNote? Note);

/// <summary>Some raw samples, newest first.</summary>
/// <param name="Samples">At most as many as were asked for.</param>
/// <param name="NextCursor">Where the next page begins; null when there is none.</param>
public sealed record RawPage(IReadOnlyList<RawSample> Samples, string? NextCursor);

/// <summary>What a store holds at one resolution.</summary>
/// <param name="Name"><c>raw</c>, <c>5m</c> or <c>1h</c>.</param>
/// <param name="ResolutionMs">The interval in milliseconds; 0 for raw.</param>
/// <param name="Retention">How long it is kept.</param>
/// <param name="Blocks">Number of blocks.</param>
/// <param name="Bytes">Their size on disk.</param>
/// <param name="Samples">Samples in them, those that are hidden and wait for a merge included.</param>
/// <param name="FirstTime">Earliest time in them that counts, Unix milliseconds; null when there are none.</param>
/// <param name="LastTime">Latest time in them.</param>
public sealed record ResolutionStats(string Name, long ResolutionMs, TimeSpan Retention, int Blocks, long Bytes, long Samples, long? FirstTime, long? LastTime);

/// <summary>A store from outside.</summary>
/// <param name="Directory">Where it is.</param>
/// <param name="FormatVersion">Format that is written.</param>
/// <param name="Stats">What it holds.</param>
/// <param name="Resolutions">What it holds of that in blocks, by resolution, the finest first.</param>
/// <param name="Exemplars">Exemplars held.</param>
/// <param name="Metrics">Metrics of which type, unit or help is known.</param>
/// <param name="Deletions">Deletions that wait for a merge to give the disk back.</param>
/// <param name="MaxSeries">The limit on active series.</param>
/// <param name="Fault">Why it takes no more writes; null while it does.</param>
public sealed record StoreInfo(
    string Directory, int FormatVersion, StoreStats Stats, IReadOnlyList<ResolutionStats> Resolutions, int Exemplars, int Metrics, int Deletions, int MaxSeries, string? Fault);

/// <summary>What a verification went through without finding anything wrong.</summary>
/// <param name="Blocks">Blocks read.</param>
/// <param name="BlockBytes">Their size.</param>
/// <param name="Samples">Samples in them.</param>
/// <param name="LogRecords">Records of the log read.</param>
/// <param name="LogBytes">Bytes of the log read; what a crash left behind the last whole record is not counted.</param>
public sealed record VerifiedStore(int Blocks, long BlockBytes, long Samples, long LogRecords, long LogBytes);

/// <summary>A backup that was made and verified.</summary>
/// <param name="Directory">The directory of this backup.</param>
/// <param name="LinkedBytes">Bytes shared with the store or an earlier backup by hard links.</param>
/// <param name="CopiedBytes">Bytes copied.</param>
/// <param name="Verified">What verifying it went through.</param>
public sealed record StoreBackupResult(string Directory, long LinkedBytes, long CopiedBytes, VerifiedStore Verified);

/// <summary>What a store holds.</summary>
/// <param name="Series">Distinct series, in memory and in blocks.</param>
/// <param name="ActiveSeries">Series in memory; the limit on series counts these.</param>
/// <param name="Samples">Float and histogram samples.</param>
/// <param name="RawEntries">Observations, and samples with a note, kept as they were posted.</param>
/// <param name="PendingSamples">Of both, those that are in memory and in the log only.</param>
/// <param name="Blocks">Number of blocks.</param>
/// <param name="BlockBytes">Size of the blocks on disk.</param>
/// <param name="LogBytes">Size of the log on disk.</param>
/// <param name="FirstTime">Time of the earliest sample in a block, Unix milliseconds; null when there is no block.</param>
/// <param name="LastTime">Time of the latest sample in a block.</param>
public sealed record StoreStats(
    long Series, long ActiveSeries, long Samples, long RawEntries, long PendingSamples,
    int Blocks, long BlockBytes, long LogBytes, long? FirstTime, long? LastTime);
