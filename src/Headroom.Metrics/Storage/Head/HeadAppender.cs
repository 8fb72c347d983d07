using Headroom.Durable;
using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Decides about each sample of a request, applies what is accepted to the head and puts it in the journal. Runs under the
/// head's lock, so that the journal has the records in the order in which they were applied.
/// </summary>
internal sealed class HeadAppender(Head head, Journal journal, EmbeddedStoreOptions options)
{
    /// <summary>A record is closed when it has grown to this many bytes, and the request goes on in the next.</summary>
    private const int RecordBytes = 4 << 20;

    private const int MaxNoteLength = 1 << 18;
    private const int MaxExemplarLength = 1024;
    private const int MaxListedRejections = 100;

    private readonly long? _windowMs = (long?)options.SampleWindow?.TotalMilliseconds;
    private readonly long _longestMs = Enumerable.Range(0, Resolutions.All.Count).Max(options.Kept.Of);
    private readonly WriteRecordBuilder _record = new();
    private readonly StoredSamples _stored = new();
    private readonly ByteWriter _histogram = new();
    private List<WriteRejection>? _rejections;
    private int _rejected;
    private int _accepted;
    private int _repeated;
    private long _now;
    private long _latest;
    private long _expired;
    private JournalTicket _ticket;
    private Labels? _lastLabels;
    private HeadSeries? _lastSeries;

    /// <summary>Applies a request.</summary>
    /// <param name="request">The samples.</param>
    /// <param name="now">The store's clock, Unix milliseconds.</param>
    /// <param name="written">
    /// Completes when everything accepted is acknowledged; null when there is nothing to wait for.
    /// </param>
    /// <exception cref="JournalFaultedException">The journal takes no more.</exception>
    public WriteOutcome Apply(WriteRequest request, long now, out Task? written)
    {
        (_rejections, _rejected, _accepted, _repeated, _ticket) = (null, 0, 0, 0, default);
        (_now, _latest) = (now, now + EmbeddedStore.FutureMs);
        _expired = Math.Min(now, head.Newest) is var newest && newest < long.MinValue + _longestMs ? long.MinValue : newest - _longestMs;
        if (head.Pending == 0) head.PendingSince = now;
        _lastLabels = null;
        for (int i = 0; i < request.Samples.Count; i++)
        {
            Float(i, request.Samples[i]);
            if (_record.Length > RecordBytes) Log();
        }
        for (int i = 0; i < request.Observations.Count; i++)
        {
            Observation(i, request.Observations[i]);
            if (_record.Length > RecordBytes) Log();
        }
        for (int i = 0; i < request.Histograms.Count; i++)
        {
            Histogram(i, request.Histograms[i]);
            if (_record.Length > RecordBytes) Log();
        }
        foreach (var exemplar in request.Exemplars) Exemplar(exemplar);
        foreach (var said in request.Metadata)
            if (head.Metadata.Learn(said) is { } learnt)
                _record.Metadata(learnt);
        if (!_record.IsEmpty) Log();
        written = _ticket.Written;
        return new WriteOutcome(_accepted, _repeated, (IReadOnlyList<WriteRejection>?)_rejections ?? [], _rejected);
    }

    private void Log()
    {
        var payload = _record.Take();
        head.PendingBytes += payload.Length;
        _ticket = journal.Append(WriteRecord.Type, payload);
    }

    private void Float(int index, in FloatSample sample)
    {
        if (!Admit(SampleKind.Float, index, sample.Labels, sample.Time, sample.Note, out var id, out var series)) return;
        if ((series.Kinds & SeriesKinds.Observations) != 0)
        {
            Reject(SampleKind.Float, index, "kind-conflict", $"{series.Labels} holds a distribution; a plain value cannot be added to it");
            return;
        }
        if (IsTooOld(SampleKind.Float, index, series, sample.Time)) return;
        var insertion = Insert(series, sample.Time, sample.Value, null);
        if (insertion == Insertion.Different)
        {
            Reject(SampleKind.Float, index, "duplicate-timestamp", $"{series.Labels} has another value at {sample.Time} already; the first one stays");
            return;
        }
        Accept(id);
        // The same sample again says nothing new, unless it brings a note.
        if (insertion == Insertion.Same && sample.Note is null) return;
        series.Kinds |= SeriesKinds.Floats;
        if (sample.Note is not null) AddRaw(series, sample.Time, sample.Value, sample.Note);
        _record.Float(NumberOf(series), sample.Time, sample.Value, sample.Note);
    }

    private void Observation(int index, in Observation sample)
    {
        if (!double.IsFinite(sample.Value))
        {
            Reject(SampleKind.Observation, index, "not-finite", "a distribution takes no NaN and no infinity");
            return;
        }
        if (!Admit(SampleKind.Observation, index, sample.Labels, sample.Time, sample.Note, out var id, out var series)) return;
        if ((series.Kinds & (SeriesKinds.Floats | SeriesKinds.Histograms)) != 0)
        {
            Reject(SampleKind.Observation, index, "kind-conflict", $"{series.Labels} holds plain values; a distribution cannot be added to it");
            return;
        }
        if (series.Slots is { } slots && sample.Time < slots.OldestAccepted)
        {
            Reject(SampleKind.Observation, index, "too-old",
                $"the observation is more than {head.WindowMs / 60_000.0:0.##} min older than the newest one of {series.Labels}");
            return;
        }
        Accept(id);
        head.NoteTime(sample.Time);
        series.Kinds |= SeriesKinds.Observations;
        series.Observe(sample.Time, sample.Value, head);
        AddRaw(series, sample.Time, sample.Value, sample.Note);
        _record.Observation(NumberOf(series), sample.Time, sample.Value, sample.Note);
    }

    private void Histogram(int index, in HistogramSample sample)
    {
        // What is accepted must be readable on the next start, so it is what comes back from its bytes that is kept.
        _histogram.Clear();
        if (!TryEncode(sample.Value, out var histogram))
        {
            Reject(SampleKind.Histogram, index, "invalid-histogram", "the histogram's buckets are not ascending, or out of the range of its scale");
            return;
        }
        if (!Admit(SampleKind.Histogram, index, sample.Labels, sample.Time, null, out _, out var series)) return;
        if ((series.Kinds & SeriesKinds.Observations) != 0)
        {
            Reject(SampleKind.Histogram, index, "kind-conflict", $"{series.Labels} is made of single observations; a finished histogram cannot be added to it");
            return;
        }
        if (IsTooOld(SampleKind.Histogram, index, series, sample.Time)) return;
        var insertion = Insert(series, sample.Time, 0, histogram);
        if (insertion == Insertion.Different)
        {
            Reject(SampleKind.Histogram, index, "duplicate-timestamp", $"{series.Labels} has another value at {sample.Time} already; the first one stays");
            return;
        }
        Accept(null);
        if (insertion == Insertion.Same) return;
        series.Kinds |= SeriesKinds.Histograms;
        head.Pending++;
        _record.Histogram(NumberOf(series), sample.Time, _histogram.Written);
    }

    /// <summary>What every sample must satisfy; false when it was rejected, or is a repeat.</summary>
    private bool Admit(SampleKind kind, int index, Labels labels, long time, SampleNote? note, out UInt128? id, out HeadSeries series)
    {
        id = null;
        series = null!;
        if (time < 0)
        {
            Reject(kind, index, "time-out-of-range", "the timestamp is before 1970");
            return false;
        }
        if (time > _latest)
        {
            Reject(kind, index, "too-far-in-future", "the timestamp is more than a day in the future");
            return false;
        }
        if (note is not null && (long)(note.MetadataJson?.Length ?? 0) + (note.Id?.Length ?? 0) + (note.Unit?.Length ?? 0) > MaxNoteLength)
        {
            Reject(kind, index, "note-too-large", $"metadata, id and unit together are longer than {MaxNoteLength} characters");
            return false;
        }
        if (note?.Id is { } said)
        {
            id = head.Ids.KeyOf(labels, said);
            if (head.Ids.Knows(id.Value))
            {
                _accepted++;
                _repeated++;
                return false;
            }
        }
        if (ReferenceEquals(labels, _lastLabels))
        {
            series = _lastSeries!;
            return true;
        }
        // Requests name their series in the same order again and again.
        if (_lastSeries?.Follower is { IsForgotten: false } guess && ReferenceEquals(guess.Labels, labels))
        {
            guess.WrittenAt = _now;
            (_lastLabels, _lastSeries, series) = (labels, guess, guess);
            return true;
        }
        if (head.Find(labels) is not { } found)
        {
            if (SeriesAdmission.Refusal(labels, head.SeriesCount, options) is var (code, reason))
            {
                Reject(kind, index, code, reason);
                return false;
            }
            found = head.Add(labels);
        }
        found.WrittenAt = _now;
        if (_lastSeries is not null) _lastSeries.Follower = found;
        (_lastLabels, _lastSeries, series) = (labels, found, found);
        return true;
    }

    // Plain samples only: what an observation may be is up to its slots.
    private bool IsTooOld(SampleKind kind, int index, HeadSeries series, long time)
    {
        if (time < _expired)
        {
            Reject(kind, index, "too-old", $"the sample is older than anything the store keeps, which is {_longestMs / 86_400_000.0:0.##} days");
            return true;
        }
        if (_windowMs is { } window && series.Newest is var newest && newest > long.MinValue + window && time < newest - window)
        {
            Reject(kind, index, "too-old", $"the sample is more than {window / 60_000.0:0.##} min older than the newest one of {series.Labels}");
            return true;
        }
        if (time > head.RolledThrough[0] || !_stored.IsRolledUp(head.Blocks, series.Labels, time)) return false;
        Reject(kind, index, "too-old", $"samples of {series.Labels} as old as this were rolled up already");
        return true;
    }

    // A sample may stand in the head already, in what is being flushed, or in a block.
    private Insertion Insert(HeadSeries series, long time, double value, Histogram? histogram)
    {
        if (series.FlushingSamples is { } flushing && time <= flushing.Last && flushing.Find(time, value, histogram, head.Memory) is var there and not Insertion.Added) return there;
        if (time <= series.StoredLast && time >= series.StoredFirst
            && _stored.Find(head.Blocks, series.Labels, time, value, histogram) is var stored and not Insertion.Added) return stored;
        var insertion = series.Samples.Insert(time, value, histogram, head.Memory);
        if (insertion == Insertion.Added)
        {
            head.Pending++;
            head.NoteTime(time);
        }
        return insertion;
    }

    private void AddRaw(HeadSeries series, long time, double value, SampleNote? note)
    {
        series.AddRaw(time, value, note, head);
        head.Pending++;
    }

    private bool TryEncode(Histogram histogram, out Histogram? decoded)
    {
        decoded = null;
        if (histogram.Positive.Indexes.Length != histogram.Positive.Counts.Length || histogram.Negative.Indexes.Length != histogram.Negative.Counts.Length) return false;
        if (!Ascends(histogram.Positive.Indexes) || !Ascends(histogram.Negative.Indexes)) return false;
        HistogramCodec.Encode(histogram, _histogram);
        return HistogramCodec.TryDecode(_histogram.Written, out decoded, out int consumed) && consumed == _histogram.Length;
    }

    private static bool Ascends(int[] indexes)
    {
        for (int i = 1; i < indexes.Length; i++)
            if (indexes[i] <= indexes[i - 1])
                return false;
        return true;
    }

    private long NumberOf(HeadSeries series)
    {
        if (series.Number != 0 && series.DefinedAt > head.DefinitionFloor) return series.Number;
        if (series.Number == 0) series.Number = ++head.LastNumber;
        // Only this writer appends, so the record under way gets the next sequence.
        series.DefinedAt = journal.LastSequence + 1;
        _record.Define(series.Number, series.Labels);
        return series.Number;
    }

    // Of a series that has no sample it would be an example of nothing.
    private void Exemplar(in Exemplar exemplar)
    {
        if (exemplar.Time < 0 || exemplar.Time > _latest || head.Find(exemplar.Series) is not { } series) return;
        long length = 0;
        foreach (var (name, value) in exemplar.Labels.AsSpan())
        {
            length += name.Length + value.Length;
            if (!UnicodeText.IsWellFormed(name) || !UnicodeText.IsWellFormed(value)) return;
        }
        if (length > MaxExemplarLength || !head.Exemplars.Add(exemplar with { Series = series.Labels })) return;
        _record.Exemplar(NumberOf(series), exemplar);
        if (_record.Length > RecordBytes) Log();
    }

    private void Accept(UInt128? id)
    {
        _accepted++;
        if (id is { } key) head.Ids.Remember(key);
    }

    private void Reject(SampleKind kind, int index, string code, string reason)
    {
        _rejected++;
        _rejections ??= [];
        if (_rejections.Count < MaxListedRejections) _rejections.Add(new WriteRejection(kind, index, code, reason));
    }
}
