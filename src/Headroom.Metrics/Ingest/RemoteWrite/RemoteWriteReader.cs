using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.RemoteWrite;

/// <summary>Reads one message at a time into its batch. What both versions share is here; what differs stands in its part.</summary>
internal sealed partial class RemoteWriteReader
{
    private const int KeptCapacity = 64 * 1024;

    /// <summary>The enumeration is the same in both versions.</summary>
    private static readonly string[] MetricTypes = ["unknown", "counter", "gauge", "histogram", "gaugehistogram", "summary", "info", "stateset"];

    private readonly RemoteWriteOptions _options;
    private readonly RemoteWriteMemory _memory;
    private readonly NativeHistogramReader _histogram = new();
    private readonly List<Label> _labels = [];
    private readonly long _startWindow;
    private byte[] _key = new byte[1024];
    private SeriesEntry? _last;
    private int _number;

    public RemoteWriteReader(RemoteWriteOptions options, RemoteWriteMemory memory)
    {
        (_options, _memory, _startWindow) = (options, memory, (long)options.StartWindow.TotalMilliseconds);
        Batch = new RemoteWriteBatch(this);
    }

    public RemoteWriteBatch Batch { get; }

    /// <summary>Where fields of a series stand; samples are field 2 in both.</summary>
    private readonly record struct SeriesFields(int Histograms, int Exemplars, bool IsV2);

    private static SeriesFields FieldsOfV1 => new(4, 3, false);

    private static SeriesFields FieldsOfV2 => new(3, 4, true);

    public void Read(RemoteWriteVersion version, ReadOnlyMemory<byte> message)
    {
        Batch.Clear();
        // One huge request must not make every later one hold its memory.
        if (Batch.Samples.Samples.Capacity > KeptCapacity) Batch.Samples.Samples.Capacity = 0;
        (_last, _number) = (null, 0);
        if (version == RemoteWriteVersion.V2) ReadV2(message);
        else ReadV1(message.Span);
        if (Batch.Refusal is not { } refusal) return;
        Batch.Clear();
        Batch.Refusal = refusal;
    }

    /// <summary>Reads what a series has beside its labels. False when a label stands among it, so that the series is another one.</summary>
    private bool ReadContent(ReadOnlySpan<byte> content, SeriesEntry entry, SeriesFields fields, ReadOnlySpan<byte> message = default)
    {
        var reader = new ProtobufReader(content);
        long created = 0;
        int before = Batch.SampleCount;
        while (reader.Next())
        {
            int field = reader.Field;
            if (field == 2 && reader.Type == WireType.LengthDelimited)
            {
                if (!TryReadSample(reader.Bytes, out double value, out long time, out long start)) return Refuse();
                if (IsFull()) return true;
                Batch.Samples.Samples.Add(new FloatSample(entry.Labels, time, value));
                if (start > 0) Started(entry, start, time, null);
            }
            else if (field == fields.Histograms && reader.Type == WireType.LengthDelimited)
            {
                ReadHistogram(reader.Bytes, entry);
                if (Batch.Refusal is not null) return true;
            }
            else if (field == fields.Exemplars && reader.Type == WireType.LengthDelimited)
            {
                ReadExemplar(reader.Bytes, entry, fields, message);
            }
            else if (field == 1 && !fields.IsV2 && reader.Type == WireType.LengthDelimited)
            {
                return false;
            }
            else if (fields.IsV2 && field == 5 && reader.Type == WireType.LengthDelimited)
            {
                ReadMetadataV2(message, reader.Bytes, entry);
            }
            else if (fields.IsV2 && field == 6 && reader.Type == WireType.Varint)
            {
                // Drafts of 2.0 gave one start for the whole series; its samples are sorted, so the first is the oldest.
                created = (long)reader.Number;
            }
        }
        if (reader.Failed) return Refuse();
        if (created > 0 && Batch.SampleCount > before) StartedAsWhole(entry, created);
        return true;
    }

    private bool IsFull()
    {
        if (Batch.SampleCount < _options.MaxSamples) return false;
        Batch.Refusal ??= new Problem("too-many-samples", $"The request has more than {_options.MaxSamples} samples.", "body", "Lower max_samples_per_send of the sender.") { Kind = ProblemKind.TooLarge };
        return true;
    }

    private static bool TryReadSample(ReadOnlySpan<byte> bytes, out double value, out long time, out long start)
    {
        (value, time, start) = (0, 0, 0);
        // As every sender writes it: the value, then the time.
        if (bytes.Length > 10 && bytes[0] == (1 << 3 | (int)WireType.Fixed64) && bytes[9] == (2 << 3 | (int)WireType.Varint))
        {
            value = BinaryPrimitives.ReadDoubleLittleEndian(bytes[1..]);
            ulong number = 0;
            int at = 10;
            for (int shift = 0; shift < 63 && at < bytes.Length; shift += 7)
            {
                byte next = bytes[at++];
                number |= (ulong)(next & 0x7F) << shift;
                if (next >= 0x80) continue;
                if (at != bytes.Length) break;
                time = (long)number;
                return true;
            }
        }
        value = 0;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            if (reader is { Field: 1, Type: WireType.Fixed64 }) value = reader.Double;
            else if (reader is { Field: 2, Type: WireType.Varint }) time = (long)reader.Number;
            else if (reader is { Field: 3, Type: WireType.Varint }) start = (long)reader.Number;
        }
        return !reader.Failed;
    }

    private void ReadHistogram(ReadOnlySpan<byte> bytes, SeriesEntry entry)
    {
        if (!_histogram.TryRead(bytes, out var histogram, out string? fault))
        {
            Refuse();
            return;
        }
        if (fault is not null)
        {
            Reject(1, "invalid-histogram", $"A histogram of {entry.Labels} is invalid: {fault}.");
            return;
        }
        if (IsFull()) return;
        Batch.Histograms.Histograms.Add(new HistogramSample(entry.Labels, _histogram.Time, histogram!));
        if (_histogram.Start > 0) Started(entry, _histogram.Start, _histogram.Time, histogram);
    }

    private void ReadExemplar(ReadOnlySpan<byte> bytes, SeriesEntry entry, SeriesFields fields, ReadOnlySpan<byte> message)
    {
        _labels.Clear();
        (_refCount, _refsFit) = (0, true);
        double value = 0;
        long time = 0;
        bool good = true;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            if (reader.Field == 1 && fields.IsV2) AddRefs(ref reader);
            else if (reader.Field == 1) good &= AddField(reader.Bytes);
            else if (reader is { Field: 2, Type: WireType.Fixed64 }) value = reader.Double;
            else if (reader is { Field: 3, Type: WireType.Varint }) time = (long)reader.Number;
        }
        if (reader.Failed)
        {
            Refuse();
            return;
        }
        if (fields.IsV2) good &= TakeRefs(message);
        // Without a time of its own it is of the sample it came with.
        if (time == 0) time = TimeBefore(entry);
        // Exemplars are best effort: one that cannot be kept is not counted as written, and costs its sample nothing.
        if (good && ExemplarLabels.TryMake(_labels, out var labels) && Batch.Samples.Exemplars.Count < _options.MaxSamples)
            Batch.Samples.Exemplars.Add(new Exemplar(entry.Labels, labels, value, time));
    }

    /// <summary>Writes a zero where a count began, so that its first sample counts as an increase.</summary>
    private void Started(SeriesEntry entry, long start, long time, Histogram? histogram)
    {
        if (start >= time || time - start > _startWindow || entry.Start == start) return;
        entry.Start = start;
        if (histogram is null) Batch.Starts.Samples.Add(new FloatSample(entry.Labels, start, 0));
        else if (histogram.Reset != ResetHint.Gauge && !histogram.IsStale)
            Batch.Starts.Histograms.Add(new HistogramSample(entry.Labels, start, new Histogram { Scale = histogram.Scale, ZeroThreshold = histogram.ZeroThreshold, CustomBounds = histogram.CustomBounds }));
    }

    private long TimeBefore(SeriesEntry entry)
    {
        var (floats, histograms) = (Batch.Samples.Samples, Batch.Histograms.Histograms);
        if (floats.Count > 0 && ReferenceEquals(floats[^1].Labels, entry.Labels)) return floats[^1].Time;
        return histograms.Count > 0 && ReferenceEquals(histograms[^1].Labels, entry.Labels) ? histograms[^1].Time : 0;
    }

    private void StartedAsWhole(SeriesEntry entry, long created)
    {
        var (floats, histograms) = (Batch.Samples.Samples, Batch.Histograms.Histograms);
        if (floats.Count > 0 && ReferenceEquals(floats[^1].Labels, entry.Labels)) Started(entry, created, floats[^1].Time, null);
        else if (histograms.Count > 0) Started(entry, created, histograms[^1].Time, histograms[^1].Value);
    }

    /// <summary>Adds a label; false, with the reason in <paramref name="fault"/>, when it cannot be one.</summary>
    private bool TryAddLabel(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, out (string Code, string What) fault)
    {
        var limits = _options.Limits;
        fault = default;
        if (name.IsEmpty) fault = ("bad-label-name", "a label's name is empty");
        else if (_labels.Count == limits.MaxLabels) fault = ("too-many-labels", $"it has more than {limits.MaxLabels} labels");
        else if (name.Length > limits.MaxLabelNameBytes) fault = ("label-name-too-large", $"a label's name is longer than {limits.MaxLabelNameBytes} bytes");
        else if (value.Length > limits.MaxLabelValueBytes) fault = ("label-value-too-large", $"a label's value is longer than {limits.MaxLabelValueBytes} bytes");
        else if (!System.Text.Unicode.Utf8.IsValid(name) || !System.Text.Unicode.Utf8.IsValid(value)) fault = ("not-utf8", "a label is not UTF-8");
        if (fault.Code is not null) return false;
        string text = _memory.TextOf(name);
        foreach (var label in _labels)
            if (label.Name == text)
                fault = ("duplicate-label", $"the label '{text}' stands twice");
        _labels.Add(new Label(text, _memory.TextOf(value)));
        return fault.Code is null;
    }

    /// <summary>The series of the labels just read; null, and counted, when they make none.</summary>
    private SeriesEntry? Remember(ByteTable<SeriesEntry> table, ReadOnlySpan<byte> key, ulong hash, ReadOnlySpan<byte> content, SeriesFields fields)
    {
        if (!_labels.Exists(static label => label is { Name: Labels.MetricName, Value.Length: > 0 }))
            return RejectSeries(content, fields, ("no-name", "it has no metric name"));
        ServiceLabel.Ensure(_labels, _options.DefaultService);
        return table.Add(new SeriesEntry(key.ToArray(), hash, Labels.From(CollectionsMarshal.AsSpan(_labels))));
    }

    private SeriesEntry? RejectSeries(ReadOnlySpan<byte> content, SeriesFields fields, (string Code, string What) fault)
    {
        int samples = 0;
        var reader = new ProtobufReader(content);
        while (reader.Next())
            if (reader.Field == 2 || reader.Field == fields.Histograms)
                samples++;
        Reject(Math.Max(1, samples), fault.Code, $"A series was left out: {fault.What}.");
        return null;
    }

    private void Reject(int parts, string code, string what) => Batch.Reject(parts, code, what, $"timeseries[{_number}]", _options.MaxProblemsListed);

    private bool Refuse()
    {
        Batch.Refusal ??= new Problem("protobuf-damaged", "The body is not the protobuf message that its content type names.", $"timeseries[{_number}]",
            "Check that the sender's content type says which version it sends.");
        return true;
    }

    private void GrowKey(int length)
    {
        if (length > _key.Length) Array.Resize(ref _key, Math.Max(length, _key.Length * 2));
    }
}
