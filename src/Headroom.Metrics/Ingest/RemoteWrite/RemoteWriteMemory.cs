using System.Text;

namespace Headroom.Metrics.Ingest.RemoteWrite;

/// <summary>What is remembered from request to request: series, texts of labels, descriptions of metrics.</summary>
internal sealed class RemoteWriteMemory(RemoteWriteOptions options)
{
    private const int LongestText = 256;

    private readonly ByteTable<TextEntry> _texts = new(400_000, 32L << 20);

    /// <summary>Series by the bytes of their labels in a 1.0 message.</summary>
    public ByteTable<SeriesEntry> SeriesOfV1 { get; } = new(options.RememberedSeries);

    /// <summary>Series by their labels, each text with its length before it.</summary>
    public ByteTable<SeriesEntry> SeriesOfV2 { get; } = new(options.RememberedSeries);

    /// <summary>Descriptions of metrics.</summary>
    public MetadataMemory Metadata { get; } = new();

    /// <summary>A text; labels of many series share one string. The bytes are UTF-8.</summary>
    public string TextOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > LongestText) return Encoding.UTF8.GetString(bytes);
        ulong hash = ByteHash.Of(bytes);
        return (_texts.Find(bytes, hash) ?? _texts.Add(new TextEntry(bytes.ToArray(), hash, Encoding.UTF8.GetString(bytes)))).Text;
    }

    private sealed class TextEntry(byte[] key, ulong hash, string text) : ByteTableEntry(key, hash)
    {
        public readonly string Text = text;
    }
}
