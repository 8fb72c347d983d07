using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Ingest.Snappy;

namespace Headroom.Metrics.Ingest.RemoteWrite;

/// <summary>
/// Reads Prometheus remote write, 1.0 and 2.0. One for the life of a server: it remembers the series it has seen, so that
/// in the long run a sample costs no allocation. Safe for several requests at once.
/// </summary>
/// <remarks>
/// What is invalid is left out, counted and named, and the rest is kept (specification 2.0, "Partial write"): series without
/// a name, with a label twice, with an empty label name, with text that is not UTF-8, with references outside the symbol
/// table; histograms whose spans and counts do not fit together. Labels that are not sorted are sorted. Only a body that is
/// no such message at all, or beyond a bound, is refused as a whole.
/// </remarks>
public sealed class RemoteWriteReceiver
{
    private readonly RemoteWriteOptions _options;
    private readonly Spares<RemoteWriteReader> _readers;

    /// <summary>Creates a receiver.</summary>
    public RemoteWriteReceiver(RemoteWriteOptions options)
    {
        _options = options;
        var memory = new RemoteWriteMemory(options);
        _readers = new Spares<RemoteWriteReader>(() => new RemoteWriteReader(options, memory));
    }

    /// <summary>The size of a compressed body's content, before it is decoded.</summary>
    /// <exception cref="ProblemException">It is not snappy (<c>snappy-damaged</c>), or larger than the bound (<c>body-too-large</c>).</exception>
    public int DecodedLength(ReadOnlySpan<byte> compressed)
    {
        if (!SnappyBlock.TryGetLength(compressed, out long length, out _)) throw Damaged();
        if (length > _options.MaxDecodedBytes)
            throw new ProblemException(new Problem("body-too-large", $"The body has {length} bytes when decompressed; at most {_options.MaxDecodedBytes} are accepted.", "body",
                "Lower max_samples_per_send of the sender.") { Kind = ProblemKind.TooLarge });
        return (int)length;
    }

    /// <summary>Decompresses a body into exactly as many bytes as <see cref="DecodedLength"/> said.</summary>
    /// <exception cref="ProblemException">It is damaged (<c>snappy-damaged</c>).</exception>
    public static void Decode(ReadOnlySpan<byte> compressed, Span<byte> decoded)
    {
        if (!SnappyBlock.TryDecode(compressed, decoded)) throw Damaged();
    }

    /// <summary>Reads a decompressed message. Nothing of <paramref name="message"/> is kept.</summary>
    public RemoteWriteBatch Read(RemoteWriteVersion version, ReadOnlyMemory<byte> message)
    {
        var reader = _readers.Take();
        reader.Read(version, message);
        return reader.Batch;
    }

    /// <summary>Gives a batch back once it is written.</summary>
    public void Return(RemoteWriteBatch batch) => _readers.Return(batch.Reader);

    private static ProblemException Damaged() =>
        new(new Problem("snappy-damaged", "The body is not a block of snappy.", "body", "Remote write compresses with snappy's block format, not with its framing format."));
}
