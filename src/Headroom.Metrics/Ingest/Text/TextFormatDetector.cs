namespace Headroom.Metrics.Ingest.Text;

/// <summary>Finds out which text format a stream holds, without losing bytes of it.</summary>
internal static class TextFormatDetector
{
    private const int TailBytes = 4096;
    private const int FirstHeadBytes = 16 * 1024;
    private const int HeadBytes = 1024 * 1024;

    /// <summary>The format, and the stream to read from the place where the given one stood.</summary>
    public static async ValueTask<(TextFormat Format, Stream Stream)> DetectAsync(Stream stream, CancellationToken cancel)
    {
        if (stream.CanSeek)
        {
            long start = stream.Position;
            byte[] tail = new byte[Math.Min(TailBytes, stream.Length - start)];
            stream.Position = stream.Length - tail.Length;
            await stream.ReadExactlyAsync(tail, cancel).ConfigureAwait(false);
            stream.Position = start;
            return (EndsWithMark(tail) ? TextFormat.OpenMetrics : TextFormat.Prometheus, stream);
        }

        // Most bodies are short, and a MiB for each would be spent on nothing.
        byte[] head = new byte[FirstHeadBytes];
        int read = 0;
        while (true)
        {
            read += await stream.ReadAtLeastAsync(head.AsMemory(read), head.Length - read, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
            if (read < head.Length || read == HeadBytes) break;
            Array.Resize(ref head, head.Length * 2);
        }
        bool whole = read < HeadBytes;
        bool openMetrics = whole ? EndsWithMark(head.AsSpan(0, read)) : HasOpenMetricsLines(head);
        return (openMetrics ? TextFormat.OpenMetrics : TextFormat.Prometheus, new PrefixedStream(head.AsMemory(0, read), stream));
    }

    private static bool EndsWithMark(ReadOnlySpan<byte> text)
    {
        text = text.TrimEnd(" \t\r\n"u8);
        return text.EndsWith("# EOF"u8) && (text.Length == 5 || text[^6] == '\n');
    }

    private static bool HasOpenMetricsLines(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            int end = text.IndexOf((byte)'\n');
            if (end < 0) return false;
            var line = text[..end].TrimEnd((byte)'\r');
            if (line.StartsWith("# UNIT "u8)) return true;
            if (line.StartsWith("# TYPE "u8)
                && (line.EndsWith(" unknown"u8) || line.EndsWith(" info"u8) || line.EndsWith(" stateset"u8) || line.EndsWith(" gaugehistogram"u8)))
                return true;
            text = text[(end + 1)..];
        }
    }
}
