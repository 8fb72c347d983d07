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
    /// How much older than the newest observation of its series an observation may be. Default 10 min. Plain samples
    /// and finished histograms may be of any age.
    /// </summary>
    public TimeSpan OutOfOrderWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Series that may be active at once; samples of further ones are rejected. Default 1,000,000.</summary>
    public int MaxSeries { get; init; } = 1_000_000;

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
