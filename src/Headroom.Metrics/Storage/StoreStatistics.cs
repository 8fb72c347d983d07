using Headroom.Configuration.Diagnostics;
using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Counts what a store holds. The distinct series of head and blocks are counted again only when one of them has
/// changed, since that takes a look at every series on disk and a dashboard asks often.
/// </summary>
internal sealed class StoreStatistics(Head head, Journal journal)
{
    private readonly Lock _lock = new();
    private IReadOnlyList<LiveBlock>? _blocks;
    private HeadIndex? _index;
    private int _indexed;
    private long _distinct;

    public StoreStats Read()
    {
        IReadOnlyList<LiveBlock> blocks;
        HeadIndex index;
        int active;
        long pending;
        long samples = 0;
        long raw = 0;
        lock (head.Gate)
        {
            (blocks, index, active, pending) = (head.Blocks, head.Index, head.SeriesCount, head.Pending);
            for (int i = 0; i < active; i++)
            {
                var one = index[i];
                samples += one.Samples.Samples + (one.FlushingSamples?.Samples ?? 0) + (one.Slots?.OpenSampleCount ?? 0);
                raw += (one.Raw?.Samples ?? 0) + (one.FlushingRaw?.Samples ?? 0);
            }
        }
        return new StoreStats(
            Distinct(blocks, index, active), active,
            samples + blocks.Sum(block => block.Meta.Samples), raw + blocks.Sum(block => block.Meta.RawEntries), pending,
            blocks.Count, blocks.Sum(block => block.Block.Bytes), journal.Bytes,
            blocks.Count == 0 ? null : blocks.Min(block => block.Meta.First),
            blocks.Count == 0 ? null : blocks.Max(block => block.Meta.Last));
    }

    /// <summary>The store from outside.</summary>
    public StoreInfo Info(EmbeddedStoreOptions options, Problem? fault)
    {
        IReadOnlyList<LiveBlock> blocks;
        int exemplars, metrics;
        lock (head.Gate) (blocks, exemplars, metrics) = (head.Blocks, head.Exemplars.Count, head.Metadata.Count);
        var resolutions = new List<ResolutionStats>();
        for (int level = 0; level < Resolutions.All.Count; level++)
        {
            long resolution = Resolutions.All[level];
            var of = blocks.Where(block => block.Resolution == resolution).ToList();
            resolutions.Add(new ResolutionStats(
                Resolutions.NameOf(resolution), resolution, TimeSpan.FromMilliseconds(options.Kept.Of(level)), of.Count, of.Sum(block => block.Block.Bytes), of.Sum(block => block.Meta.Samples),
                of.Count == 0 ? null : of.Min(block => block.First), of.Count == 0 ? null : of.Max(block => block.Last)));
        }
        int deletions = blocks.SelectMany(block => block.Tombstones).Distinct(ReferenceEqualityComparer.Instance).Count();
        return new StoreInfo(Path.GetFullPath(options.Directory), BlockFormat.Version, Read(), resolutions, exemplars, metrics, deletions, options.MaxSeries, fault?.What);
    }

    private long Distinct(IReadOnlyList<LiveBlock> blocks, HeadIndex index, int active)
    {
        lock (_lock)
        {
            if (ReferenceEquals(blocks, _blocks) && ReferenceEquals(index, _index) && active == _indexed) return _distinct;
            // Hashes stand for labels: two of 64 bits are hardly ever the same, and a count may be off by one.
            var series = new HashSet<ulong>();
            lock (head.Gate)
                for (int i = 0; i < active; i++) series.Add(StableHash.Of(index[i].Labels));
            foreach (var block in blocks)
                for (int i = 0; i < block.Meta.Series; i++) series.Add(block.Block.HashOf(i));
            (_blocks, _index, _indexed, _distinct) = (blocks, index, active, series.Count);
            return _distinct;
        }
    }
}
