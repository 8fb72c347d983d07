using System.Collections.Frozen;
using System.IO.Compression;

namespace Headroom.Server.Compression;

/// <summary>How one type of content is compressed.</summary>
/// <param name="Preferred">The encoding taken when the client accepts both.</param>
/// <param name="Threshold">Bytes below which it is left as it is.</param>
internal sealed record CompressionRule(Encodings Preferred, int Threshold)
{
    /// <summary>The encoding for a client, or none when it accepts neither.</summary>
    public Encodings For(Encodings accepted) => (accepted & Preferred) != 0 ? Preferred : accepted;
}

/// <summary>
/// What is compressed, how, and from which size on: the table of the performance-optimization tracker, section 4.2,
/// and for texts it does not name its line for JSON. Anything else is left alone: what is already compressed above all.
/// </summary>
internal static class CompressionRules
{
    /// <summary>Compressed content is sent only when it is smaller than this part of the content.</summary>
    public const double LargestRatio = 0.8;

    // The tracker says gzip 9 and brotli 11, which suit files compressed once. Answers are made while a client waits: on the daily
    // report's page and on a range query's JSON these levels cost a fraction of the time for nearly the same size
    // (docs/performance.md, "Compression of answers").
    private const int GzipLevel = 6;
    private const int BrotliQuality = 5;

    private static readonly CompressionRule Json = new(Encodings.Gzip, 1024);

    private static readonly FrozenDictionary<string, CompressionRule> ByType = new Dictionary<string, CompressionRule>
    {
        ["application/json"] = Json,
        ["text/html"] = new(Encodings.Brotli, 2048),
        ["application/javascript"] = new(Encodings.Brotli, 5120),
        ["image/svg+xml"] = new(Encodings.Gzip, 512),
        ["application/problem+json"] = Json,
        ["application/openmetrics-text"] = Json,
        ["text/plain"] = Json,
        ["text/csv"] = Json,
        ["text/markdown"] = Json,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The rule for a content type with or without its parameters; null when it is not compressed.</summary>
    public static CompressionRule? Of(string? contentType)
    {
        if (contentType is null) return null;
        var type = contentType.AsSpan();
        int semicolon = type.IndexOf(';');
        return ByType.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue((semicolon < 0 ? type : type[..semicolon]).Trim(), out var rule) ? rule : null;
    }

    /// <summary>The encoding's name in <c>Content-Encoding</c>.</summary>
    public static string NameOf(Encodings encoding) => encoding == Encodings.Brotli ? "br" : "gzip";

    /// <summary>A stream that compresses into another.</summary>
    public static Stream Compressor(Encodings encoding, Stream into) => encoding == Encodings.Brotli
        ? new BrotliStream(into, new BrotliCompressionOptions { Quality = BrotliQuality }, leaveOpen: true)
        : new GZipStream(into, new ZLibCompressionOptions { CompressionLevel = GzipLevel }, leaveOpen: true);
}
