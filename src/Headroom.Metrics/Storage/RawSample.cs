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
