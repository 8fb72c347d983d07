namespace Headroom.Metrics.Ingest.Text;

/// <summary>Finds out which text format a stream holds.</summary>
internal static class TextFormatDetector
{
    private const int TailBytes = 4096;
    private const int HeadBytes = 1024 * 1024;

    /// <summary>The format, looked for at the end of a stream that can seek, else at the beginning of what the window shows of it.</summary>
    public static async ValueTask<TextFormat> DetectAsync(Stream stream, ByteWindow window, CancellationToken cancel)
    {
        if (stream.CanSeek)
        {
            long start = stream.Position;
            byte[] tail = new byte[Math.Min(TailBytes, stream.Length - start)];
            stream.Position = stream.Length - tail.Length;
            await stream.ReadExactlyAsync(tail, cancel).ConfigureAwait(false);
            stream.Position = start;
            return EndsWithMark(tail) ? TextFormat.OpenMetrics : TextFormat.Prometheus;
        }
        await window.FillToAsync(HeadBytes, cancel).ConfigureAwait(false);
        bool openMetrics = window.IsAtEnd ? EndsWithMark(window.Unread) : HasOpenMetricsLines(window.Unread);
        return openMetrics ? TextFormat.OpenMetrics : TextFormat.Prometheus;
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
