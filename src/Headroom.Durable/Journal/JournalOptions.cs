namespace Headroom.Durable;

/// <summary>When a journal calls fsync.</summary>
public enum JournalSync
{
    /// <summary>Before each acknowledgement, once per group: what is acknowledged survives power loss.</summary>
    Always,

    /// <summary>Once per <see cref="JournalOptions.SyncInterval"/>: power loss may take the records of that interval.</summary>
    Interval,

    /// <summary>Only when a segment is finished: power loss may take what the operating system had not written yet.</summary>
    Never,
}

/// <summary>How a <see cref="Journal"/> works. In every mode what is acknowledged survives the death of the process.</summary>
public sealed record JournalOptions
{
    /// <summary>When to fsync. Default <see cref="JournalSync.Interval"/>.</summary>
    public JournalSync Sync { get; init; } = JournalSync.Interval;

    /// <summary>Time between two fsyncs with <see cref="JournalSync.Interval"/>. Default 1 s.</summary>
    public TimeSpan SyncInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Size in bytes at which a segment file is finished and the next one started. Default 64 MiB, at least 64.</summary>
    public long SegmentBytes { get; init; } = 64L << 20;

    /// <summary>Largest payload of one record in bytes. Default 64 MiB, at most 1 GiB.</summary>
    public int MaxPayloadBytes { get; init; } = 64 << 20;

    /// <summary>
    /// Bytes that may wait for the disk; beyond them appends wait for room. A single record may exceed it when nothing
    /// else waits. Default 8 MiB.
    /// </summary>
    public int MaxPendingBytes { get; init; } = 8 << 20;

    /// <summary>
    /// Fencing number written with every record; null for one more than the highest in the log. Must not be lower than
    /// the highest in the log.
    /// </summary>
    public long? Epoch { get; init; }

    /// <summary>Clock of the sync interval. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The file system. Default the operating system's.</summary>
    public IFileLayer Files { get; init; } = DiskFileLayer.Instance;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentBytes, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPayloadBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxPayloadBytes, 1 << 30);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPendingBytes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SyncInterval, TimeSpan.Zero);
        if (Epoch is < 0) throw new ArgumentOutOfRangeException(nameof(Epoch));
    }
}
