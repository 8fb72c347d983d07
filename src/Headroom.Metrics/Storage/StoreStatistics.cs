using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>Counts what a store holds.</summary>
internal static class StoreStatistics
{
    public static StoreStats Of(Head head, Journal journal)
    {
        IReadOnlyList<Block> blocks;
        var series = new HashSet<Labels>();
        long active, pending;
        long samples = 0;
        long raw = 0;
        lock (head.Gate)
        {
            (blocks, active, pending) = (head.Blocks, head.SeriesCount, head.Pending);
            for (int i = 0; i < head.SeriesCount; i++)
            {
                var one = head.Index[i];
                samples += one.Samples.Samples + (one.FlushingSamples?.Samples ?? 0);
                if (one.Slots?.Open() is { } open) samples += open.Run.Count;
                raw += (one.Raw?.Samples ?? 0) + (one.FlushingRaw?.Samples ?? 0);
                series.Add(one.Labels);
            }
        }
        foreach (var block in blocks)
        {
            samples += block.Meta.Samples;
            raw += block.Meta.RawEntries;
            for (int i = 0; i < block.Meta.Series; i++) series.Add(block.LabelsOf(i));
        }
        return new StoreStats(
            series.Count, active, samples, raw, pending, blocks.Count, blocks.Sum(block => block.Bytes), journal.Bytes,
            blocks.Count == 0 ? null : blocks.Min(block => block.Meta.First),
            blocks.Count == 0 ? null : blocks.Max(block => block.Meta.Last));
    }
}
