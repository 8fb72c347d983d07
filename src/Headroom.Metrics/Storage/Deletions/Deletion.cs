using Headroom.Configuration.Diagnostics;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Deletes samples of series: (1) open slots that may hold some become final, and exemplars go; (2) a flush puts all there is
/// into blocks; (3) the manifest takes in tombstones for all blocks there are; from here on it has happened. Readers leave
/// out what a tombstone hides, and the next merge of its block leaves it behind.
/// </summary>
internal sealed class Deletion(EmbeddedStoreOptions options, Head head, StoreManifest manifest)
{
    /// <exception cref="ProblemException">There are too many already.</exception>
    public void CheckRoom(int more)
    {
        if (manifest.Current.Tombstones.Count + more <= options.MaxTombstones) return;
        throw new ProblemException(new Problem("too-many-deletions", $"{manifest.Current.Tombstones.Count} deletions wait for a compaction, which is as many as are kept.",
            options.Directory, "Run 'headroom data compact', then delete again.") { Kind = ProblemKind.Unprocessable });
    }

    /// <summary>Step 1.</summary>
    public void Prepare(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end)
    {
        lock (head.Gate)
        {
            head.Exemplars.RemoveAll(one => one.Time >= start && one.Time <= end && selectors.Any(matchers => LabelMatcher.AllMatch(matchers, one.Series)));
            for (int i = 0; i < head.SeriesCount; i++)
            {
                var series = head.Index[i];
                if (series.Slots?.Open() is not { } open || open.First > end || open.Last < start) continue;
                if (selectors.Any(matchers => LabelMatcher.AllMatch(matchers, series.Labels))) series.FreezeSlots(head);
            }
        }
    }

    /// <summary>Step 3.</summary>
    public void Commit(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end) =>
        manifest.Change(
            now => now with { Tombstones = [.. now.Tombstones, .. selectors.SelectMany(matchers => Tombstones(matchers, start, end))] },
            () =>
            {
                lock (head.Gate) head.Use(manifest.Current);
            });

    // One that reaches as far as blocks have something to delete; none when none has.
    private IEnumerable<Tombstone> Tombstones(IReadOnlyList<LabelMatcher> matchers, long start, long end)
    {
        IReadOnlyList<LiveBlock> blocks;
        lock (head.Gate) blocks = head.Blocks;
        var all = new Tombstone(matchers, start, end, long.MaxValue);
        long newest = blocks.Where(block => all.AppliesTo(block.Meta) && MatcherResolver.Resolve(block.Block.Index, matchers).Count > 0)
            .Select(block => block.Meta.Number).DefaultIfEmpty(0).Max();
        return newest == 0 ? [] : [all with { Through = newest }];
    }
}
