using System.Text;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Metrics.Ingest.Csv;

/// <summary>
/// Reads gauge samples from a CSV stream (RFC 4180, UTF-8, with a header) in bounded memory and hands them over in batches.
/// A row that cannot be read is rejected with its place and reason, and the rows around it are kept; where quotes do not
/// fit together, reading goes on at the next line. Safe for several streams at once.
/// </summary>
/// <remarks>
/// Times are RFC 3339, <c>2014-02-14 14:30:00</c> (UTC without a zone), a date, or Unix time (<see cref="TimestampText"/>). Values
/// are decimal numbers with a point; empty fields, NaN and infinite values are rejected.
/// </remarks>
public sealed class CsvImporter(CsvImportOptions options, TimeProvider time)
{
    /// <summary>Reads a stream to its end. The stream stays open.</summary>
    /// <exception cref="ProblemException">The options or the header cannot be used, so that no row can be read.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public async ValueTask<ImportReport> ImportAsync(Stream stream, BatchWriter write, CancellationToken cancel)
    {
        CheckOptions();
        using var window = new ByteWindow(stream, options.MaxLineBytes);
        var batch = new ImportBatch(options, write, time);
        var header = await ReadHeaderAsync(window, cancel).ConfigureAwait(false);
        var rows = new CsvRowReader(options, header.Header, header.Lines, batch);
        while (true)
        {
            rows.Read(window);
            if (batch.IsFull) await batch.FlushAsync(cancel).ConfigureAwait(false);
            else if (window.IsAtEnd) break;
            else await window.FillAsync(cancel).ConfigureAwait(false);
        }
        await batch.FlushAsync(cancel).ConfigureAwait(false);
        return batch.Report(rows.SeriesCount);
    }

    private void CheckOptions()
    {
        if (options.Metric.Length == 0 || Encoding.UTF8.GetByteCount(options.Metric) > options.Limits.MaxLabelValueBytes)
            throw new ProblemException(new Problem("csv-bad-metric", $"a metric's name has 1 to {options.Limits.MaxLabelValueBytes} bytes", "--metric"));
        if (options.Delimiter is { } delimiter && (!char.IsAscii(delimiter) || delimiter is '"' or '\n' or '\r'))
            throw new ProblemException(new Problem("csv-bad-delimiter", "the delimiter must be one ASCII character, and no quote or line end", "--delimiter"));
        var seen = new HashSet<string> { Labels.MetricName };
        foreach (string column in options.LabelColumns)
        {
            if (column.Length == 0 || Encoding.UTF8.GetByteCount(column) > options.Limits.MaxLabelNameBytes)
                throw new ProblemException(new Problem("csv-bad-label", $"a label's name has 1 to {options.Limits.MaxLabelNameBytes} bytes", "--label-columns"));
            if (!seen.Add(column))
                throw new ProblemException(new Problem("csv-bad-label", $"the label '{column}' stands twice or is the metric's name", "--label-columns"));
        }
        if (options.LabelColumns.Count + options.DefaultLabels.Count + 1 > options.Limits.MaxLabels)
            throw new ProblemException(new Problem("csv-bad-label", $"more than {options.Limits.MaxLabels} labels", "--label-columns"));
    }

    private async ValueTask<(CsvHeader Header, int Lines)> ReadHeaderAsync(ByteWindow window, CancellationToken cancel)
    {
        int lines = 0;
        while (true)
        {
            await window.FillAsync(cancel).ConfigureAwait(false);
            while (true)
            {
                var unread = window.Unread;
                if (lines == 0) unread = SkipMark(window, unread);
                int end = unread.IndexOf((byte)'\n');
                if (end < 0 && !window.IsAtEnd) break;
                var line = end < 0 ? unread : unread[..end];
                if (line.Trim(" \t\r"u8).IsEmpty)
                {
                    if (end < 0) throw new ProblemException(new Problem("csv-empty", "the file is empty", null, "Its first line must name the columns."));
                    window.Consume(end + 1);
                    lines++;
                    continue;
                }
                var header = CsvHeader.Parse(line, options);
                window.Consume(end < 0 ? unread.Length : end + 1);
                return (header, lines + 1);
            }
            if (window.HoldsLongestLine)
                throw new ProblemException(new Problem("csv-bad-header", $"the first line is longer than {options.MaxLineBytes} bytes", "line 1", "Is this a CSV file?"));
        }
    }

    private static ReadOnlySpan<byte> SkipMark(ByteWindow window, ReadOnlySpan<byte> unread)
    {
        if (unread.StartsWith("\uFEFF"u8))
        {
            window.Consume(3);
            return window.Unread;
        }
        if (unread.StartsWith<byte>([0xFF, 0xFE]) || unread.StartsWith<byte>([0xFE, 0xFF]))
            throw new ProblemException(new Problem("csv-not-utf8", "the file is UTF-16", "byte 0", "Save it as UTF-8."));
        if (unread.StartsWith<byte>([0x1F, 0x8B]))
            throw new ProblemException(new Problem("csv-compressed", "the file is compressed with gzip", "byte 0", "Decompress it first."));
        return unread;
    }
}
