namespace Headroom.Metrics.Ingest.Text;

/// <summary>
/// Reads Prometheus text format 0.0.4 and OpenMetrics 1.0 from a stream in bounded memory and hands the samples over in
/// batches. Every sample line becomes a float sample of the series it names: classic histograms, summaries, info and state
/// sets are plain series, <c>_created</c> ones included. A line that cannot be read is rejected with its place and
/// reason, and the lines around it are kept. Safe for several streams at once.
/// </summary>
/// <remarks>
/// An exemplar becomes the sample's note, as <c>{"exemplar":{"labels":{…},"value":…,"timestamp":…}}</c>. <c>TYPE</c>, <c>HELP</c> and
/// <c>UNIT</c> lines change nothing. NaN and infinite values are values here, as in Prometheus.
/// </remarks>
public sealed class TextImporter(TextImportOptions options, TimeProvider time)
{
    /// <summary>Reads a stream to its end. The stream stays open.</summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public async ValueTask<ImportReport> ImportAsync(Stream stream, BatchWriter write, CancellationToken cancel)
    {
        var format = options.Format;
        if (format == TextFormat.Auto) (format, stream) = await TextFormatDetector.DetectAsync(stream, cancel).ConfigureAwait(false);

        using var window = new ByteWindow(stream, options.MaxLineBytes);
        var batch = new ImportBatch(options, write, time);
        var lines = new TextLineReader(options, format, options.DefaultTime ?? time.GetUtcNow().ToUnixTimeMilliseconds(), batch);
        while (true)
        {
            ReadLines(window, lines, batch);
            if (batch.IsFull) await batch.FlushAsync(cancel).ConfigureAwait(false);
            else if (window.IsAtEnd) break;
            else await window.FillAsync(cancel).ConfigureAwait(false);
        }
        await batch.FlushAsync(cancel).ConfigureAwait(false);
        if (format == TextFormat.OpenMetrics && !lines.SawEnd)
            batch.Warn("the text ends without '# EOF', so it may be cut short");
        return batch.Report(lines.SeriesCount);
    }

    private static void ReadLines(ByteWindow window, TextLineReader lines, ImportBatch batch)
    {
        while (!batch.IsFull)
        {
            var unread = window.Unread;
            int end = unread.IndexOf((byte)'\n');
            if (end >= 0)
            {
                lines.Read(unread[..end]);
                window.Consume(end + 1);
            }
            else if (window.HoldsLongestLine)
            {
                lines.ReadPartOfTooLong();
                window.Consume(unread.Length);
            }
            else
            {
                if (window.IsAtEnd && unread.Length > 0)
                {
                    lines.Read(unread);
                    window.Consume(unread.Length);
                }
                return;
            }
        }
    }
}
