using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>How an <see cref="EmbeddedStore"/> works.</summary>
public sealed record EmbeddedStoreOptions
{
    /// <summary>The store's directory; created when absent.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// When the log is synced. Default <see cref="JournalSync.Interval"/>: what is acknowledged survives the death of
    /// the process, and power loss may take the last second.
    /// </summary>
    public JournalSync Sync { get; init; } = JournalSync.Interval;

    /// <summary>Clock. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// How much older than the newest observation of its series an observation may be. Default 10 min.
    /// </summary>
    public TimeSpan OutOfOrderWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How much older than the newest sample of its series a plain sample or a finished histogram may be. Default null: as
    /// old as the series has not been rolled up yet.
    /// </summary>
    public TimeSpan? SampleWindow { get; init; }

    /// <summary>
    /// How long samples are kept at each resolution. Null, the default, keeps to what the store was told last, or
    /// else <see cref="RetentionPolicy.Default"/>: a command that looks into a store must not shorten what it keeps.
    /// </summary>
    public RetentionPolicy? Retention { get; init; }

    /// <summary>The retention of an open store, which is settled when it opens.</summary>
    internal RetentionPolicy Kept => Retention ?? RetentionPolicy.Default;

    /// <summary>Series that may be active at once; samples of further ones are rejected. Default 1,000,000.</summary>
    public int MaxSeries { get; init; } = 1_000_000;

    /// <summary>Labels of one series, the name included. Default 64.</summary>
    public int MaxLabels { get; init; } = 64;

    /// <summary>Longest label name in characters. Default 1,024.</summary>
    public int MaxLabelNameLength { get; init; } = 1024;

    /// <summary>Longest label value in characters. Default 4,096.</summary>
    public int MaxLabelValueLength { get; init; } = 4096;

    /// <summary>Exemplars kept; the oldest are forgotten. Default 100,000, which take about 25 MiB.</summary>
    public int MaxExemplars { get; init; } = 100_000;

    /// <summary>Metrics of which type, unit and help are kept. Default 50,000.</summary>
    public int MaxMetadata { get; init; } = 50_000;

    /// <summary>Deletions that blocks may still have to obey; further ones are refused until a compaction. Default 1,000.</summary>
    public int MaxTombstones { get; init; } = 1000;

    /// <summary>
    /// Ids of samples that are remembered, so that a repeated one counts once; the oldest are forgotten. Default
    /// 262,144, which take about 16 MiB.
    /// </summary>
    public int RecentIds { get; init; } = 1 << 18;

    /// <summary>Samples in memory, raw entries included, at which they are written to a block. Default 2,000,000.</summary>
    public long FlushSamples { get; init; } = 2_000_000;

    /// <summary>Size of the log in bytes at which the samples in memory are written to a block. Default 256 MiB.</summary>
    public long FlushLogBytes { get; init; } = 256L << 20;

    /// <summary>Age of the oldest sample in memory at which they are written to a block. Default 2 h.</summary>
    public TimeSpan FlushAge { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Adjacent blocks of similar size that are merged into one. Default 4.</summary>
    public int CompactionBlocks { get; init; } = 4;

    /// <summary>Blocks that would have more samples together are not merged. Default 200,000,000.</summary>
    public long MaxBlockSamples { get; init; } = 200_000_000;

    /// <summary>
    /// Bytes of chunk files that are checked when the store opens, newest blocks first; what lies beyond is checked
    /// when it is read. Indexes are always checked. Default 256 MiB.
    /// </summary>
    public long VerifyBytes { get; init; } = 256L << 20;

    /// <summary>Size of a log segment in bytes. Default 64 MiB.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>The file system. Default the operating system's.</summary>
    public IFileLayer Files { get; init; } = DiskFileLayer.Instance;

    /// <summary>Whether flushes and compactions start by themselves; otherwise only when asked for. Default true.</summary>
    public bool Background { get; init; } = true;
}
