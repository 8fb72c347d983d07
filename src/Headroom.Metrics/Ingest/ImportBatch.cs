namespace Headroom.Metrics.Ingest;

/// <summary>Collects samples with their lines, hands them over in batches and keeps the account.</summary>
internal sealed class ImportBatch(ImportOptions options, BatchWriter write, TimeProvider time)
{
    private readonly WriteRequest _request = new();
    private readonly long[] _lines = new long[options.BatchSize];
    private readonly List<ImportRejection> _rejections = [];
    private readonly List<string> _warnings = [];
    private BatchWriter _write = write;
    private long _latest = Latest(options, time);
    private long _accepted;
    private long _rejected;

    /// <summary>Whether the batch must be flushed before the next line.</summary>
    public bool IsFull => _request.Count >= _lines.Length || _request.Metadata.Count >= _lines.Length;

    /// <summary>Begins another import.</summary>
    public void Reset(BatchWriter to)
    {
        Clear();
        _rejections.Clear();
        _warnings.Clear();
        (_write, _latest, _accepted, _rejected) = (to, Latest(options, time), 0, 0);
    }

    /// <summary>Adds a sample, or rejects it and returns false when its time is out of range.</summary>
    public bool Add(Labels labels, long milliseconds, double value, SampleNote? note, long line, int timeColumn)
    {
        if (!IsInRange(milliseconds, line, timeColumn)) return false;
        _lines[_request.Samples.Count] = line;
        _request.Samples.Add(new FloatSample(labels, milliseconds, value, note));
        return true;
    }

    /// <summary>Adds one value of a distribution, or rejects it. One import adds samples or observations, never both.</summary>
    public bool AddObservation(Labels labels, long milliseconds, double value, long line)
    {
        if (!IsInRange(milliseconds, line, 0)) return false;
        _lines[_request.Observations.Count] = line;
        _request.Observations.Add(new Observation(labels, milliseconds, value));
        return true;
    }

    /// <summary>Adds an exemplar of a sample that was added; exemplars have no account.</summary>
    public void AddExemplar(Exemplar exemplar) => _request.Exemplars.Add(exemplar);

    /// <summary>Adds what a metric is.</summary>
    public void Describe(MetricMetadata metadata) => _request.Metadata.Add(metadata);

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
        if (_request.Count + _request.Metadata.Count == 0) return;
        var outcome = await _write(_request, cancel).ConfigureAwait(false);
        _accepted += outcome.Accepted;
        _rejected += outcome.Rejected;
        foreach (var rejection in outcome.Rejections)
        {
            if (_rejections.Count >= options.MaxRejectionsListed) break;
            _rejections.Add(new ImportRejection(_lines[rejection.Index], 0, rejection.Code, rejection.Reason));
        }
        Clear();
    }

    /// <summary>The account so far.</summary>
    public ImportReport Report(long series)
    {
        // The store answers after lines behind its samples were read, so its refusals come late.
        _rejections.Sort(static (a, b) => a.Line.CompareTo(b.Line));
        return new ImportReport(_accepted, series, _rejected, [.. _rejections], [.. _warnings]);
    }

    private void Clear()
    {
        _request.Samples.Clear();
        _request.Observations.Clear();
        _request.Exemplars.Clear();
        _request.Metadata.Clear();
    }

    private bool IsInRange(long milliseconds, long line, int timeColumn)
    {
        if (milliseconds >= options.EarliestTime && milliseconds <= _latest) return true;
        string reason = milliseconds > _latest
            ? $"the time {Show(milliseconds)} lies in the future"
            : $"the time {Show(milliseconds)} lies before {Show(options.EarliestTime)}";
        Reject(line, timeColumn, "timestamp-out-of-range", reason);
        return false;
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
