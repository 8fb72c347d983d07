namespace Headroom.Durable;

/// <summary>How a <see cref="DocumentStore"/> works.</summary>
public sealed record DocumentStoreOptions
{
    /// <summary>Largest document in bytes. Default, and at most, 256 KiB: what is larger is a file with its name in a document.</summary>
    public int MaxDocumentBytes { get; init; } = DocumentStore.MaxDocumentBytes;

    /// <summary>
    /// Memory in bytes that the index of keys may take (about 100 bytes and twice the key's length each). A new key beyond
    /// it is refused. Default 256 MiB.
    /// </summary>
    public long MaxIndexBytes { get; init; } = 256L << 20;

    /// <summary>
    /// Bytes of documents written since the last compaction after which the store compacts by itself; they are kept in memory
    /// until then. Default 8 MiB.
    /// </summary>
    public long CompactAfterBytes { get; init; } = 8L << 20;

    /// <summary>When writes are synced. Default <see cref="JournalSync.Always"/>: what is acknowledged survives power loss.</summary>
    public JournalSync Sync { get; init; } = JournalSync.Always;

    /// <summary>Clock of the journal's sync interval. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The file system. Default the operating system's.</summary>
    public IFileLayer Files { get; init; } = DiskFileLayer.Instance;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxDocumentBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxDocumentBytes, DocumentStore.MaxDocumentBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxIndexBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(CompactAfterBytes, 1024);
    }
}
