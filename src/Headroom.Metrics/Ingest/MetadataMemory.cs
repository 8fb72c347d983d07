using System.Buffers.Binary;
using System.Text;

namespace Headroom.Metrics.Ingest;

/// <summary>Descriptions of metrics seen before, so that those that every request repeats are made once.</summary>
internal sealed class MetadataMemory
{
    private const int MaxTextBytes = 4096;

    private readonly ByteTable<MetadataEntry> _entries = new(100_000, 32L << 20);

    /// <summary>The description; null when a text is too long or is not UTF-8.</summary>
    public MetricMetadata? Of(ReadOnlySpan<byte> metric, string type, ReadOnlySpan<byte> unit, ReadOnlySpan<byte> help)
    {
        if (metric.Length > MaxTextBytes || unit.Length > MaxTextBytes || help.Length > MaxTextBytes) return null;
        Span<byte> key = stackalloc byte[4 * 4 + 64 + 512];
        int length = 16 + type.Length + metric.Length + unit.Length + help.Length;
        if (length > key.Length) key = new byte[length];
        int at = Put(key, 0, metric);
        at = Put(key, at, unit);
        at = Put(key, at, help);
        at += Encoding.ASCII.GetBytes(type, key[at..]);
        key = key[..at];
        ulong hash = ByteHash.Of(key);
        if (_entries.Find(key, hash) is { } known) return known.Metadata;
        if (!System.Text.Unicode.Utf8.IsValid(metric) || !System.Text.Unicode.Utf8.IsValid(unit) || !System.Text.Unicode.Utf8.IsValid(help)) return null;
        var metadata = new MetricMetadata(Encoding.UTF8.GetString(metric), type, Encoding.UTF8.GetString(unit), Encoding.UTF8.GetString(help));
        return _entries.Add(new MetadataEntry(key.ToArray(), hash, metadata)).Metadata;
    }

    private static int Put(Span<byte> key, int at, ReadOnlySpan<byte> text)
    {
        BinaryPrimitives.WriteInt32LittleEndian(key[at..], text.Length);
        text.CopyTo(key[(at + 4)..]);
        return at + 4 + text.Length;
    }

    private sealed class MetadataEntry(byte[] key, ulong hash, MetricMetadata metadata) : ByteTableEntry(key, hash)
    {
        public readonly MetricMetadata Metadata = metadata;
    }
}
