namespace Headroom.Metrics.Ingest.Text;

/// <summary>
/// Reads Prometheus text format 0.0.4 and OpenMetrics 1.0 from a stream in bounded memory and hands the samples over in
/// batches. Every sample line becomes a float sample of the series it names: classic histograms, summaries, info and state
/// sets are plain series, <c>_created</c> ones included. A line that cannot be read is rejected with its place and
/// reason, and the lines around it are kept. Safe for several streams at once; one importer for many streams remembers
/// the series of those before, so that in the long run a sample costs no allocation.
/// </summary>
/// <remarks>
/// <c>TYPE</c>, <c>HELP</c> and <c>UNIT</c> lines become the batch's metadata, exemplars its exemplars; those that break OpenMetrics' bound
/// of 128 characters are dropped. NaN and infinite values are values here, as in Prometheus.
/// </remarks>
public sealed class TextImporter
{
    private readonly TextImportOptions _options;
    private readonly TimeProvider _time;
    private readonly Spares<TextImport> _imports;

    /// <summary>Creates an importer.</summary>
    public TextImporter(TextImportOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        var series = new ByteTable<SeriesEntry>((int)Math.Min(int.MaxValue, options.MaxSeries * 2L));
        var metadata = new MetadataMemory();
        _imports = new Spares<TextImport>(() => new TextImport(options, series, metadata, time), kept: 8);
    }

    /// <summary>Reads a stream to its end. The stream stays open.</summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public ValueTask<ImportReport> ImportAsync(Stream stream, BatchWriter write, CancellationToken cancel) =>
        ImportAsync(stream, _options.Format, _options.DefaultTime, write, cancel);

    /// <summary>Reads a stream to its end, with its own format and its own time for samples without one (null: now). The stream stays open.</summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public async ValueTask<ImportReport> ImportAsync(Stream stream, TextFormat format, long? defaultTime, BatchWriter write, CancellationToken cancel)
    {
        var import = _imports.Take();
        var report = await import.ReadAsync(stream, format, defaultTime ?? _time.GetUtcNow().ToUnixTimeMilliseconds(), write, cancel).ConfigureAwait(false);
        // Not after an exception: then the writer may still hold the batch.
        _imports.Return(import);
        return report;
    }
}

/// <summary>What reading one stream needs; used for one after another.</summary>
internal sealed class TextImport(TextImportOptions options, ByteTable<SeriesEntry> series, MetadataMemory metadata, TimeProvider time)
{
    private static readonly BatchWriter Nowhere = (_, _) => throw new InvalidOperationException("no import is under way");

    private readonly ImportBatch _batch = new(options, Nowhere, time);
    private TextLineReader? _lines;

    public async ValueTask<ImportReport> ReadAsync(Stream stream, TextFormat format, long defaultTime, BatchWriter write, CancellationToken cancel)
    {
        using var window = new ByteWindow(stream, options.MaxLineBytes);
        if (format == TextFormat.Auto) format = await TextFormatDetector.DetectAsync(stream, window, cancel).ConfigureAwait(false);
        _batch.Reset(write);
        var lines = _lines ??= new TextLineReader(options, _batch, new SeriesCache(series, options.MaxSeries), metadata);
        lines.Reset(format, defaultTime);
        while (true)
        {
            ReadLines(window, lines);
            if (_batch.IsFull) await _batch.FlushAsync(cancel).ConfigureAwait(false);
            else if (window.IsAtEnd) break;
            else await window.FillAsync(cancel).ConfigureAwait(false);
        }
        lines.Finish();
        await _batch.FlushAsync(cancel).ConfigureAwait(false);
        if (format == TextFormat.OpenMetrics && !lines.SawEnd)
            _batch.Warn("the text ends without '# EOF', so it may be cut short");
        return _batch.Report(lines.SeriesCount);
    }

    private void ReadLines(ByteWindow window, TextLineReader lines)
    {
        var unread = window.Unread;
        int consumed = 0;
        while (!_batch.IsFull)
        {
            var rest = unread[consumed..];
            int end = rest.IndexOf((byte)'\n');
            if (end >= 0)
            {
                lines.Read(rest[..end]);
                consumed += end + 1;
            }
            else if (rest.Length > options.MaxLineBytes)
            {
                lines.ReadPartOfTooLong();
                consumed += rest.Length;
            }
            else
            {
                if (window.IsAtEnd && rest.Length > 0)
                {
                    lines.Read(rest);
                    consumed += rest.Length;
                }
                break;
            }
        }
        window.Consume(consumed);
    }
}
