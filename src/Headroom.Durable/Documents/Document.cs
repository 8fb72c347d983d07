namespace Headroom.Durable;

/// <summary>A document as it was last acknowledged.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Version">Number of the write that made it: greater than that of every earlier write to the store.</param>
/// <param name="Content">Its bytes.</param>
public sealed record Document(string Key, long Version, ReadOnlyMemory<byte> Content);

/// <summary>A key and the version of its document.</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">The document's version.</param>
/// <param name="Bytes">Size of the document.</param>
public readonly record struct DocumentEntry(string Key, long Version, int Bytes);

/// <summary>One change to one document.</summary>
public sealed record DocumentChange
{
    private DocumentChange(string key, ReadOnlyMemory<byte>? content, long? expectedVersion) =>
        (Key, Content, ExpectedVersion) = (key, content, expectedVersion);

    /// <summary>Which document.</summary>
    public string Key { get; }

    /// <summary>Its new bytes; null to delete it.</summary>
    public ReadOnlyMemory<byte>? Content { get; }

    /// <summary>The version it must have now: 0 for none, null for any.</summary>
    public long? ExpectedVersion { get; }

    /// <summary>Writes a document.</summary>
    /// <param name="key">1–512 bytes of UTF-8.</param>
    /// <param name="content">The bytes; copied before the write returns.</param>
    /// <param name="expectedVersion">The version it must have now: 0 when it must not exist, null for any.</param>
    public static DocumentChange Put(string key, ReadOnlyMemory<byte> content, long? expectedVersion = null) => new(key, content, expectedVersion);

    /// <summary>Deletes a document; nothing happens when it does not exist and any version is expected.</summary>
    public static DocumentChange Delete(string key, long? expectedVersion = null) => new(key, null, expectedVersion);
}

/// <summary>What came of a write.</summary>
/// <param name="Version">The version all its documents have now; 0 when nothing was written.</param>
/// <param name="ConflictingKey">The first document that had another version than expected; null when it was written.</param>
/// <param name="ActualVersion">The version that document has; 0 when it does not exist.</param>
public readonly record struct DocumentWrite(long Version, string? ConflictingKey, long ActualVersion)
{
    /// <summary>Whether it was written.</summary>
    public bool IsWritten => ConflictingKey is null;
}

/// <summary>The index of keys has reached its bound.</summary>
/// <param name="bound">The bound in bytes.</param>
public sealed class DocumentStoreFullException(long bound)
    : IOException($"the index of keys has reached its bound of {bound} bytes; delete documents, or raise the bound");

/// <summary>A snapshot of documents is damaged.</summary>
/// <param name="file">Path of the file.</param>
/// <param name="offset">Offset in bytes of what is wrong.</param>
/// <param name="reason">What is wrong there.</param>
public sealed class DocumentsDamagedException(string file, long offset, string reason)
    : IOException($"'{file}' is damaged at byte {offset}: {reason}")
{
    /// <summary>Path of the damaged file.</summary>
    public string File { get; } = file;

    /// <summary>Offset in bytes of the damage.</summary>
    public long Offset { get; } = offset;
}
