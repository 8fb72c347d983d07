using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>
/// What the log knew beside samples when a flush began, and what its records can no longer say once they are gone: the open slots and cumulative
/// values of observations (varint count; each labels and <see cref="ObservationSlots.Write"/>), and the recent ids.
/// </summary>
internal static class Checkpoint
{
    private const string Prefix = "checkpoint-";

    public static string FileName(long number) => Prefix + BlockFormat.BlockName(number);

    /// <summary>The number of a checkpoint file, or -1 for any other name.</summary>
    public static long NumberOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) ? BlockFormat.NumberOf(name[Prefix.Length..]) : -1;

    /// <summary>The checkpoint of a head, to be taken under its lock.</summary>
    public static ByteWriter Take(Head head)
    {
        var into = new ByteWriter();
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
        BlockFormat.Finish(into);
        return into;
    }

    /// <summary>Restores a head that is still empty.</summary>
    /// <exception cref="BlockDamagedException">The file is missing or not what was written.</exception>
    public static void Restore(IFileLayer files, string path, Head head)
    {
        var reader = new ByteReader(BlockFormat.ReadFile(files, path, BlockFormat.CheckpointMagic).AsSpan(BlockFormat.HeaderBytes));
        try
        {
            for (int count = reader.Count(19); count > 0; count--)
            {
                var series = head.Add(WriteRecord.ReadLabels(ref reader));
                series.Kinds |= SeriesKinds.Observations;
                series.Slots = ObservationSlots.Read(ref reader, head.WindowMs);
            }
            head.Ids.Read(ref reader);
        }
        catch (Exception e) when (e is DecodeException or ArgumentException)
        {
            throw new BlockDamagedException(path, BlockFormat.HeaderBytes + reader.Position, e.Message);
        }
    }
}
