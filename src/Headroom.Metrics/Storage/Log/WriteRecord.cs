using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>
/// What an accepted request is in the journal (record type 1): version u8; series that earlier records do not define
/// (varint count; each varint number, varint label count, names and values); notes of the float samples (varint count;
/// each varint position since the note before, u8 which texts follow: 1 metadata, 2 id, 4 unit; the texts); the float
/// samples (varint count; each zig-zag varint change of the series number, zig-zag varint change of the time, value 8
/// bytes); notes of the observations and the observations likewise; the histograms (varint count; each series and time
/// likewise, varint length, bytes of <see cref="HistogramCodec"/>). Version 2 adds the exemplars (varint count; each series
/// and time likewise, labels, value 8 bytes) and the metadata (varint count; each metric, type, unit and help). A text is a
/// varint length and UTF-8. Only what was accepted is in it.
/// </summary>
internal static class WriteRecord
{
    /// <summary>The journal's record type.</summary>
    public const byte Type = 1;

    /// <summary>Version of the payload that is written.</summary>
    public const byte Version = 2;

    private const byte OldestVersion = 1;

    internal const byte HasMetadata = 1;
    internal const byte HasId = 2;
    internal const byte HasUnit = 4;

    /// <summary>Hands a record's content over. Never takes more memory than a small multiple of the payload.</summary>
    /// <exception cref="DecodeException">The payload is not one of this version.</exception>
    public static void Read(ReadOnlySpan<byte> payload, IWriteRecordSink sink)
    {
        var reader = new ByteReader(payload);
        byte version = reader.Byte();
        if (version is < OldestVersion or > Version)
            throw reader.Bad($"the record has version {version}, this program reads versions {OldestVersion} to {Version}");
        for (int count = reader.Count(2); count > 0; count--) sink.Define((long)reader.Unsigned(), ReadLabels(ref reader));
        ReadSamples(ref reader, sink.Float);
        ReadSamples(ref reader, sink.Observation);
        long series = 0;
        long time = 0;
        for (int count = reader.Count(4); count > 0; count--)
        {
            series += reader.Signed();
            time += reader.Signed();
            var bytes = reader.Take(reader.Count(1));
            if (!HistogramCodec.TryDecode(bytes, out var histogram, out int consumed) || consumed != bytes.Length)
                throw reader.Bad("a histogram cannot be decoded");
            sink.Histogram(series, time, histogram!);
        }
        if (version >= 2) ReadExtras(ref reader, sink);
        if (reader.Remaining > 0) throw reader.Bad("the record is longer than its content");
    }

    /// <summary>Writes labels.</summary>
    public static void WriteLabels(ByteWriter into, Labels labels)
    {
        into.Unsigned((ulong)labels.Count);
        foreach (var (name, value) in labels.AsSpan())
        {
            into.Text(name);
            into.Text(value);
        }
    }

    /// <summary>Reads labels.</summary>
    public static Labels ReadLabels(ref ByteReader reader)
    {
        var labels = new Label[reader.Count(2)];
        for (int i = 0; i < labels.Length; i++) labels[i] = new Label(reader.Text(), reader.Text());
        try
        {
            return Labels.From(labels);
        }
        catch (ArgumentException e)
        {
            throw reader.Bad(e.Message);
        }
    }

    private static void ReadExtras(ref ByteReader reader, IWriteRecordSink sink)
    {
        long series = 0;
        long time = 0;
        for (int count = reader.Count(11); count > 0; count--)
        {
            series += reader.Signed();
            time += reader.Signed();
            var labels = ReadLabels(ref reader);
            sink.Exemplar(series, time, labels, reader.Double());
        }
        for (int count = reader.Count(4); count > 0; count--)
            sink.Metadata(new MetricMetadata(reader.Text(), reader.Text(), reader.Text(), reader.Text()));
    }

    private static void ReadSamples(ref ByteReader reader, Action<long, long, double, SampleNote?> sink)
    {
        var notes = new Queue<(int Index, SampleNote Note)>();
        int noted = 0;
        for (int count = reader.Count(2); count > 0; count--)
        {
            noted += reader.Int32(0, int.MaxValue - noted);
            byte texts = reader.Byte();
            notes.Enqueue((noted, new SampleNote(
                (texts & HasMetadata) != 0 ? reader.Text() : null,
                (texts & HasId) != 0 ? reader.Text() : null,
                (texts & HasUnit) != 0 ? reader.Text() : null)));
        }
        long series = 0;
        long time = 0;
        int samples = reader.Count(10);
        for (int i = 0; i < samples; i++)
        {
            series += reader.Signed();
            time += reader.Signed();
            SampleNote? note = null;
            if (notes.TryPeek(out var next) && next.Index == i) note = notes.Dequeue().Note;
            sink(series, time, reader.Double(), note);
        }
        if (notes.Count > 0) throw reader.Bad("a note belongs to no sample");
    }
}

/// <summary>Takes what a record says, in the order it was written.</summary>
internal interface IWriteRecordSink
{
    void Define(long series, Labels labels);

    void Float(long series, long time, double value, SampleNote? note);

    void Observation(long series, long time, double value, SampleNote? note);

    void Histogram(long series, long time, Histogram value);

    void Exemplar(long series, long time, Labels labels, double value);

    void Metadata(MetricMetadata metadata);
}
