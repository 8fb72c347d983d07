namespace Headroom.Metrics.Storage;

/// <summary>Collects what was accepted of a request into the payload of a <see cref="WriteRecord"/>. Reused.</summary>
internal sealed class WriteRecordBuilder
{
    private readonly ByteWriter _definitions = new();
    private readonly Section _floats = new();
    private readonly Section _observations = new();
    private readonly ByteWriter _histograms = new();
    private readonly ByteWriter _exemplars = new();
    private readonly ByteWriter _metadata = new();
    private readonly ByteWriter _payload = new();
    private int _defined;
    private int _exemplarCount;
    private int _metadataCount;
    private long _exemplarSeries;
    private long _exemplarTime;
    private int _histogramCount;
    private long _histogramSeries;
    private long _histogramTime;

    public bool IsEmpty => _defined + _floats.Count + _observations.Count + _histogramCount + _exemplarCount + _metadataCount == 0;

    /// <summary>Bytes collected so far.</summary>
    public int Length => _definitions.Length + _floats.Length + _observations.Length + _histograms.Length + _exemplars.Length + _metadata.Length;

    public void Define(long series, Labels labels)
    {
        _defined++;
        _definitions.Unsigned((ulong)series);
        WriteRecord.WriteLabels(_definitions, labels);
    }

    public void Float(long series, long time, double value, SampleNote? note) => _floats.Add(series, time, value, note);

    public void Observation(long series, long time, double value, SampleNote? note) => _observations.Add(series, time, value, note);

    public void Histogram(long series, long time, ReadOnlySpan<byte> encoded)
    {
        _histogramCount++;
        _histograms.Signed(series - _histogramSeries);
        _histograms.Signed(time - _histogramTime);
        (_histogramSeries, _histogramTime) = (series, time);
        _histograms.Unsigned((ulong)encoded.Length);
        _histograms.Bytes(encoded);
    }

    public void Exemplar(long series, in Exemplar exemplar)
    {
        _exemplarCount++;
        _exemplars.Signed(series - _exemplarSeries);
        _exemplars.Signed(exemplar.Time - _exemplarTime);
        (_exemplarSeries, _exemplarTime) = (series, exemplar.Time);
        WriteRecord.WriteLabels(_exemplars, exemplar.Labels);
        _exemplars.Double(exemplar.Value);
    }

    public void Metadata(MetricMetadata metadata)
    {
        _metadataCount++;
        _metadata.Text(metadata.Metric);
        _metadata.Text(metadata.Type);
        _metadata.Text(metadata.Unit);
        _metadata.Text(metadata.Help);
    }

    /// <summary>The payload of everything collected; valid until the next call. The builder is empty afterwards.</summary>
    public ReadOnlySpan<byte> Take()
    {
        _payload.Clear();
        _payload.Byte(WriteRecord.Version);
        _payload.Unsigned((ulong)_defined);
        _payload.Bytes(_definitions.Written);
        _floats.MoveTo(_payload);
        _observations.MoveTo(_payload);
        _payload.Unsigned((ulong)_histogramCount);
        _payload.Bytes(_histograms.Written);
        _payload.Unsigned((ulong)_exemplarCount);
        _payload.Bytes(_exemplars.Written);
        _payload.Unsigned((ulong)_metadataCount);
        _payload.Bytes(_metadata.Written);
        _definitions.Clear();
        _histograms.Clear();
        _exemplars.Clear();
        _metadata.Clear();
        (_exemplarCount, _exemplarSeries, _exemplarTime, _metadataCount) = (0, 0, 0, 0);
        (_defined, _histogramCount, _histogramSeries, _histogramTime) = (0, 0, 0, 0);
        return _payload.Written;
    }

    /// <summary>Samples of one kind and their notes.</summary>
    private sealed class Section
    {
        private readonly ByteWriter _samples = new();
        private readonly ByteWriter _notes = new();
        private int _noted;
        private int _lastNoted;
        private long _series;
        private long _time;

        public int Count { get; private set; }

        public int Length => _samples.Length + _notes.Length;

        public void Add(long series, long time, double value, SampleNote? note)
        {
            if (note is not null) Add(note);
            _samples.Signed(series - _series);
            _samples.Signed(time - _time);
            _samples.Double(value);
            (_series, _time) = (series, time);
            Count++;
        }

        public void MoveTo(ByteWriter payload)
        {
            payload.Unsigned((ulong)_noted);
            payload.Bytes(_notes.Written);
            payload.Unsigned((ulong)Count);
            payload.Bytes(_samples.Written);
            _notes.Clear();
            _samples.Clear();
            (Count, _noted, _lastNoted, _series, _time) = (0, 0, 0, 0, 0);
        }

        private void Add(SampleNote note)
        {
            _noted++;
            _notes.Unsigned((ulong)(Count - _lastNoted));
            _lastNoted = Count;
            _notes.Byte((byte)((note.MetadataJson is null ? 0 : WriteRecord.HasMetadata) | (note.Id is null ? 0 : WriteRecord.HasId) | (note.Unit is null ? 0 : WriteRecord.HasUnit)));
            if (note.MetadataJson is { } metadata) _notes.Text(metadata);
            if (note.Id is { } id) _notes.Text(id);
            if (note.Unit is { } unit) _notes.Text(unit);
        }
    }
}
