using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Moves what is in memory into a block. (1) Under the head's lock, samples are set apart and the rest of the head's
/// state is noted. (2) The journal is synced up to there and the samples are written to a block. (3) The checkpoint
/// is written. (4) The manifest names both: from here on the flush has happened. (5) Queries read the block instead
/// of what was set apart. (6) The old checkpoint and the journal's segments before it go. After a crash before (4)
/// the journal still has everything; after it, what is left over is cleared on the next start.
/// </summary>
internal sealed class Flush(EmbeddedStoreOptions options, Head head, Journal journal, StoreManifest manifest)
{
    /// <summary>
    /// Slots of a series whose newest observation and whose last write are both this old become final, and a series
    /// that was not written to for this long is forgotten once a block has it. The last write counts too, so that
    /// the import of a history is not cut off between two of its requests.
    /// </summary>
    private const long IdleMs = 3_600_000;

    /// <summary>Flushes; nothing happens when the log has nothing new, unless it is told that memory has.</summary>
    public async Task RunAsync(bool evenSo = false)
    {
        // 1.
        var flushed = new List<(HeadSeries Series, SeriesKinds Kinds)>();
        long floor;
        Checkpoint checkpoint;
        lock (head.Gate)
        {
            floor = journal.LastSequence;
            if (floor == manifest.Current.LogFloor && !evenSo) return;
            SetApart(flushed);
            checkpoint = Checkpoint.Take(head);
            head.DefinitionFloor = floor;
            head.Pending = head.PendingBytes = 0;
        }

        // 2. The manifest must not say that the log reaches further than it does after power loss.
        await journal.FlushAsync().ConfigureAwait(false);
        long number = manifest.TakeNumber();
        bool any = WriteBlock(number, flushed);

        // 3.
        BlockFormat.WriteFile(options.Files, Path.Combine(options.Directory, Checkpoint.FileName(number)), checkpoint.ToBytes());

        // 4.
        var block = any ? Block.Open(options.Files, Path.Combine(manifest.BlocksDirectory, BlockFormat.BlockName(number))) : null;
        // Read back before the log goes: what it holds must not be given up for a block that cannot be read.
        block?.Verify();
        long old = manifest.Current.Checkpoint;
        manifest.Change(now => now with
        {
            LogFloor = floor,
            Checkpoint = number,
            Blocks = any ? [.. now.Blocks, new ManifestBlock(number, long.MinValue)] : now.Blocks,
        }, () =>
        {
            // 5.
            lock (head.Gate)
            {
                head.Use(manifest.Current, block);
                foreach (var (series, _) in flushed) series.EndFlush(head.Memory);
            }
        });

        // 6.
        if (old != 0) options.Files.DeleteFile(Path.Combine(options.Directory, Checkpoint.FileName(old)));
        journal.DeleteSegmentsBefore(floor + 1);
        head.ForgetIdle(writtenBefore: options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds() - IdleMs);
    }

    private void SetApart(List<(HeadSeries Series, SeriesKinds Kinds)> flushed)
    {
        long idle = options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds() - IdleMs;
        for (int i = 0; i < head.SeriesCount; i++)
        {
            var series = head.Index[i];
            if (series.Slots is { IsFrozen: false } slots && slots.Newest < idle && series.WrittenAt < idle) series.FreezeSlots(head);
            series.StartFlush();
            if (series.FlushingSamples is not null || series.FlushingRaw is not null) flushed.Add((series, series.Kinds));
        }
    }

    private bool WriteBlock(long number, List<(HeadSeries Series, SeriesKinds Kinds)> flushed)
    {
        flushed.Sort(static (a, b) => a.Series.Labels.CompareTo(b.Series.Labels));
        using var writer = BlockWriter.Start(options.Files, manifest.BlocksDirectory, number);
        var collector = new ChunkCollector(writer);
        var runs = new List<SampleRun>();
        foreach (var (series, kinds) in flushed)
        {
            writer.StartSeries(series.Labels, kinds);
            // What was set apart does not change any more.
            if (series.FlushingSamples is { } samples) collector.Samples(samples.Runs(runs));
            if (series.FlushingRaw is { } raw) collector.Raw(raw.Runs(runs));
        }
        return writer.Finish();
    }
}
