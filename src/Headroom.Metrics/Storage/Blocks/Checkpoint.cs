using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>
/// What the log knew beside samples when a flush began, and what its records can no longer say once they are gone:
/// the open slots and cumulative values of observations (varint count; each labels and
/// <see cref="ObservationSlots.Write"/>), the recent ids, and since format version 2 the exemplars (varint count of series;
/// each labels; varint count of exemplars, oldest first; each varint place of its series, zig-zag varint time, labels, value
/// 8 bytes) and the metadata (varint count; each metric, type, unit, help).
/// </summary>
internal sealed class Checkpoint
{
    private const string Prefix = "checkpoint-";

    private readonly ByteWriter _bytes = new();
    private readonly Exemplar[] _exemplars;
    private readonly IReadOnlyList<MetricMetadata> _metadata;

    private Checkpoint(Exemplar[] exemplars, IReadOnlyList<MetricMetadata> metadata) => (_exemplars, _metadata) = (exemplars, metadata);

    public static string FileName(long number) => Prefix + BlockFormat.BlockName(number);

    /// <summary>The number of a checkpoint file, or -1 for any other name.</summary>
    public static long NumberOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) ? BlockFormat.NumberOf(name[Prefix.Length..]) : -1;

    /// <summary>The checkpoint of a head, to be taken under its lock.</summary>
    public static Checkpoint Take(Head head)
    {
        var taken = new Checkpoint(head.Exemplars.Snapshot(), head.Metadata.Snapshot());
        var into = taken._bytes;
        BlockFormat.Start(into, BlockFormat.CheckpointMagic);
        var observed = new List<HeadSeries>();
        for (int i = 0; i < head.SeriesCount; i++)
            if (head.Index[i].Slots is not null)
                observed.Add(head.Index[i]);
        into.Unsigned((ulong)observed.Count);
        foreach (var series in observed)
        {
            WriteRecord.WriteLabels(into, series.Labels);
            series.Slots!.Write(into);
        }
        head.Ids.Write(into);
        return taken;
    }

    /// <summary>The bytes of the file; the lock is not needed.</summary>
    public ReadOnlySpan<byte> ToBytes()
    {
        var places = new Dictionary<Labels, int>();
        foreach (var exemplar in _exemplars) places.TryAdd(exemplar.Series, places.Count);
        _bytes.Unsigned((ulong)places.Count);
        foreach (var labels in places.Keys) WriteRecord.WriteLabels(_bytes, labels);
        _bytes.Unsigned((ulong)_exemplars.Length);
        foreach (var exemplar in _exemplars)
        {
            _bytes.Unsigned((ulong)places[exemplar.Series]);
            _bytes.Signed(exemplar.Time);
            WriteRecord.WriteLabels(_bytes, exemplar.Labels);
            _bytes.Double(exemplar.Value);
        }
        _bytes.Unsigned((ulong)_metadata.Count);
        foreach (var metadata in _metadata)
            foreach (string text in (ReadOnlySpan<string>)[metadata.Metric, metadata.Type, metadata.Unit, metadata.Help]) _bytes.Text(text);
        BlockFormat.Finish(_bytes);
        return _bytes.Written;
    }

    /// <summary>Restores a head that is still empty.</summary>
    /// <exception cref="BlockDamagedException">The file is missing or not what was written.</exception>
    public static void Restore(IFileLayer files, string path, Head head)
    {
        byte[] bytes = BlockFormat.ReadFile(files, path, BlockFormat.CheckpointMagic);
        var reader = new ByteReader(bytes.AsSpan(BlockFormat.HeaderBytes));
        try
        {
            for (int count = reader.Count(19); count > 0; count--)
            {
                var series = head.Add(WriteRecord.ReadLabels(ref reader));
                series.Kinds |= SeriesKinds.Observations;
                series.Slots = ObservationSlots.Read(ref reader, head.WindowMs);
            }
            head.Ids.Read(ref reader);
            if (BlockFormat.VersionOf(bytes) > 1) ReadExtras(ref reader, head);
        }
        catch (Exception e) when (e is DecodeException or ArgumentException)
        {
            throw new BlockDamagedException(path, BlockFormat.HeaderBytes + reader.Position, e.Message);
        }
    }

    private static void ReadExtras(ref ByteReader reader, Head head)
    {
        var series = new Labels[reader.Count(1)];
        for (int i = 0; i < series.Length; i++) series[i] = WriteRecord.ReadLabels(ref reader);
        for (int count = reader.Count(11); count > 0; count--)
        {
            if (series.Length == 0) throw reader.Bad("an exemplar is of no series");
            var of = series[reader.Int32(0, series.Length - 1)];
            long time = reader.Signed();
            var labels = WriteRecord.ReadLabels(ref reader);
            head.Exemplars.Add(new Exemplar(of, labels, reader.Double(), time));
        }
        for (int count = reader.Count(4); count > 0; count--)
            head.Metadata.Learn(new MetricMetadata(reader.Text(), reader.Text(), reader.Text(), reader.Text()));
    }
}
