namespace Headroom.Metrics.Ingest.Emf;

/// <summary>How EMF is read. A line may have 256 KB, CloudWatch's bound for an event, unless <see cref="ImportOptions.MaxLineBytes"/> says otherwise.</summary>
public sealed record EmfImportOptions : ImportOptions
{
    /// <summary>Creates the options with CloudWatch's bounds.</summary>
    public EmfImportOptions() => MaxLineBytes = 256 * 1024;
}

/// <summary>
/// Reads CloudWatch embedded metric format, one JSON document a line, from a stream in bounded memory. Every value becomes
/// one observation of a distribution, for each set of dimensions in a series of its own, as CloudWatch keeps them: so sum,
/// average, count and any percentile can be asked for afterwards. What cannot be read is rejected with its line and reason, and
/// the rest of the line and its neighbours are kept.
/// </summary>
/// <remarks>
/// Names are <see cref="CloudWatch.CloudWatchNames"/>'. The label <c>service</c> is the dimension of that name, else <c>ServiceName</c>, else the
/// namespace. Units become the batch's metadata; values are never converted. Members that are neither metrics nor
/// dimensions are not kept.
/// </remarks>
public sealed class EmfImporter(EmfImportOptions options, TimeProvider time)
{
    /// <summary>Reads a stream to its end. The stream stays open.</summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    public async ValueTask<ImportReport> ImportAsync(Stream stream, BatchWriter write, CancellationToken cancel)
    {
        using var window = new ByteWindow(stream, options.MaxLineBytes);
        var batch = new ImportBatch(options, write, time);
        var lines = new EmfLineReader(options, batch);
        while (true)
        {
            ReadLines(window, lines, batch);
            if (batch.IsFull) await batch.FlushAsync(cancel).ConfigureAwait(false);
            else if (window.IsAtEnd) break;
            else await window.FillAsync(cancel).ConfigureAwait(false);
        }
        await batch.FlushAsync(cancel).ConfigureAwait(false);
        return batch.Report(lines.SeriesCount);
    }

    private static void ReadLines(ByteWindow window, EmfLineReader lines, ImportBatch batch)
    {
        while (!batch.IsFull)
        {
            // A line that gives more values than the batch has room for is gone on with when there is room.
            if (lines.HasMore)
            {
                lines.Continue();
                continue;
            }
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
                if (!window.IsAtEnd || unread.Length == 0) return;
                lines.Read(unread);
                window.Consume(unread.Length);
            }
        }
    }
}
