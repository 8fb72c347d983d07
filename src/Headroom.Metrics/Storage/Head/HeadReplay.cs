using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Rebuilds the head from the journal: applies what was accepted, in the same order, without deciding again.
/// </summary>
internal sealed class HeadReplay(Head head) : IWriteRecordSink
{
    private readonly Dictionary<long, HeadSeries> _byNumber = [];
    private long _sequence;

    /// <summary>Applies one record.</summary>
    /// <exception cref="DecodeException">It cannot be decoded, or names a series that no record defines.</exception>
    public void Apply(long sequence, ReadOnlySpan<byte> payload)
    {
        _sequence = sequence;
        WriteRecord.Read(payload, this);
    }

    public void Define(long series, Labels labels)
    {
        var found = head.Find(labels) ?? head.Add(labels);
        found.Number = series;
        found.DefinedAt = _sequence;
        _byNumber[series] = found;
        head.LastNumber = Math.Max(head.LastNumber, series);
    }

    public void Float(long series, long time, double value, SampleNote? note)
    {
        var found = SeriesOf(series);
        found.Kinds |= SeriesKinds.Floats;
        head.NoteTime(time);
        found.Samples.Insert(time, value, null, head.Memory);
        head.Pending++;
        if (note is null) return;
        found.AddRaw(time, value, note, head);
        head.Pending++;
        Remember(found, note);
    }

    public void Observation(long series, long time, double value, SampleNote? note)
    {
        var found = SeriesOf(series);
        found.Kinds |= SeriesKinds.Observations;
        head.NoteTime(time);
        found.Observe(time, value, head);
        found.AddRaw(time, value, note, head);
        head.Pending++;
        if (note is not null) Remember(found, note);
    }

    public void Histogram(long series, long time, Histogram value)
    {
        var found = SeriesOf(series);
        found.Kinds |= SeriesKinds.Histograms;
        head.NoteTime(time);
        found.Samples.Insert(time, 0, value, head.Memory);
        head.Pending++;
    }

    public void Exemplar(long series, long time, Labels labels, double value) =>
        head.Exemplars.Add(new Exemplar(SeriesOf(series).Labels, labels, value, time));

    public void Metadata(MetricMetadata metadata) => head.Metadata.Learn(metadata);

    private HeadSeries SeriesOf(long number) =>
        _byNumber.GetValueOrDefault(number) ?? throw new DecodeException(0, $"series {number} is not defined");

    private void Remember(HeadSeries series, SampleNote note)
    {
        if (note.Id is { } id) head.Ids.Remember(head.Ids.KeyOf(series.Labels, id));
    }
}
