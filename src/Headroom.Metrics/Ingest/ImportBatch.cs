namespace Headroom.Metrics.Ingest;

/// <summary>Collects samples with their lines, hands them over in batches and keeps the account.</summary>
internal sealed class ImportBatch(ImportOptions options, BatchWriter write, TimeProvider time)
{
    private readonly WriteRequest _request = new();
    private readonly long[] _lines = new long[options.BatchSize];
    private readonly List<ImportRejection> _rejections = [];
    private readonly List<string> _warnings = [];
    private readonly long _latest = Latest(options, time);
    private long _accepted;
    private long _rejected;

    /// <summary>Whether the batch must be flushed before the next sample.</summary>
    public bool IsFull => _request.Samples.Count == _lines.Length;

    /// <summary>Adds a sample, or rejects it and returns false when its time is out of range.</summary>
    public bool Add(Labels labels, long milliseconds, double value, SampleNote? note, long line, int timeColumn)
    {
        if (milliseconds < options.EarliestTime || milliseconds > _latest)
        {
            string reason = milliseconds > _latest
                ? $"the time {Show(milliseconds)} lies in the future"
                : $"the time {Show(milliseconds)} lies before {Show(options.EarliestTime)}";
            Reject(line, timeColumn, "timestamp-out-of-range", reason);
            return false;
        }
        _lines[_request.Samples.Count] = line;
        _request.Samples.Add(new FloatSample(labels, milliseconds, value, note));
        return true;
    }

    /// <summary>Counts a line that gives no sample.</summary>
    public void Reject(long line, int column, string code, string reason)
    {
        _rejected++;
        if (_rejections.Count < options.MaxRejectionsListed) _rejections.Add(new ImportRejection(line, column, code, reason));
    }

    /// <summary>Whether a rejection that comes now would still be listed; if not, its reason need not be worded.</summary>
    public bool ListsMore => _rejections.Count < options.MaxRejectionsListed;

    /// <summary>Tells the user something once.</summary>
    public void Warn(string warning) => _warnings.Add(warning);

    /// <summary>Hands the samples over and starts anew.</summary>
    public async ValueTask FlushAsync(CancellationToken cancel)
    {
        if (_request.Count == 0) return;
        var outcome = await write(_request, cancel).ConfigureAwait(false);
        _accepted += outcome.Accepted;
        _rejected += outcome.Rejected;
        foreach (var rejection in outcome.Rejections)
        {
            if (_rejections.Count >= options.MaxRejectionsListed) break;
            _rejections.Add(new ImportRejection(_lines[rejection.Index], 0, rejection.Code, rejection.Reason));
        }
        _request.Samples.Clear();
    }

    /// <summary>The account so far.</summary>
    public ImportReport Report(long series)
    {
        // The store answers after lines behind its samples were read, so its refusals come late.
        _rejections.Sort(static (a, b) => a.Line.CompareTo(b.Line));
        return new ImportReport(_accepted, series, _rejected, _rejections, _warnings);
    }

    private static long Latest(ImportOptions options, TimeProvider time)
    {
        long ahead = (long)options.MaxAhead.TotalMilliseconds;
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return options.MaxAhead == TimeSpan.MaxValue ? long.MaxValue : now + ahead;
    }

    private static string Show(long milliseconds) =>
        milliseconds is >= -62_135_596_800_000 and <= 253_402_300_799_999
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-ddTHH:mm:ss.FFFZ", System.Globalization.CultureInfo.InvariantCulture)
            : $"{milliseconds} ms";
}
