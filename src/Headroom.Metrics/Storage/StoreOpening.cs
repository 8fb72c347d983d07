using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Opens a store: (1) lock the directory, (2) read the manifest and clear what crashes left, (3) open and check the
/// blocks, (4) restore the checkpoint, (5) read back the journal behind it.
/// </summary>
internal static class StoreOpening
{
    /// <summary>Name of the log's directory in the store's.</summary>
    public const string LogDirectory = "wal";

    public static EmbeddedStore Open(EmbeddedStoreOptions options, Func<EmbeddedStoreOptions, DirectoryLock, Head, Journal, StoreManifest, EmbeddedStore> create)
    {
        var files = options.Files;
        var told = options.Retention;
        // 1.
        var directoryLock = DirectoryLock.Take(options.Directory, files);
        var blocks = new Dictionary<long, Block>();
        try
        {
            // 2.
            string log = Path.Combine(options.Directory, LogDirectory);
            var manifest = StoreManifest.Open(files, options.Directory, hasLog: files.ListFiles(log).Any(IsSegment));

            options = options with { Retention = told ?? manifest.Current.Retention ?? RetentionPolicy.Default };

            // 3.
            OpenBlocks(options, manifest, blocks);

            // 4.
            var head = new Head(options, options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds());
            head.Use(manifest.Current, blocks);
            if (manifest.Current.Checkpoint != 0)
                Checkpoint.Restore(files, Path.Combine(options.Directory, Checkpoint.FileName(manifest.Current.Checkpoint)), head);

            // 5.
            var journal = OpenJournal(options, log, manifest.Current.LogFloor, head);
            manifest.Settle(told);
            return create(options, directoryLock, head, journal, manifest);
        }
        catch
        {
            foreach (var block in blocks.Values) block.Dispose();
            directoryLock.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file of the log's directory is a segment of it.</summary>
    public static bool IsSegment(string name) => name.EndsWith(".journal", StringComparison.Ordinal);

    /// <summary>That the log does not go on where the blocks end.</summary>
    public static JournalDamagedException Gap(string directory, JournalRecovery found, long floor) =>
        new(directory, 0, $"the log has records {found.FirstSequence} to {found.LastSequence}, and should go on from {floor}");

    // What was opened before a failure is the caller's to dispose.
    private static void OpenBlocks(EmbeddedStoreOptions options, StoreManifest manifest, Dictionary<long, Block> into)
    {
        foreach (var (number, _) in manifest.Current.Blocks)
            into[number] = Block.Open(options.Files, Path.Combine(manifest.BlocksDirectory, BlockFormat.BlockName(number)));
        long budget = options.VerifyBytes;
        foreach (var (number, _) in manifest.Current.Blocks.Reverse())
            if ((budget -= into[number].Meta.ChunkBytes) >= 0) into[number].Verify();
            else break;
    }

    private static Journal OpenJournal(EmbeddedStoreOptions options, string directory, long floor, Head head)
    {
        var replay = new HeadReplay(head);
        head.DefinitionFloor = floor;
        var journalOptions = new JournalOptions { Sync = options.Sync, TimeProvider = options.TimeProvider, SegmentBytes = options.SegmentBytes, Files = options.Files };
        var journal = Journal.Open(directory, journalOptions, (in JournalRecord record) =>
        {
            if (record.Sequence <= floor) return;
            try
            {
                if (record.Type != WriteRecord.Type) throw new DecodeException(0, $"records of type {record.Type} are unknown");
                replay.Apply(record.Sequence, record.Payload);
                head.PendingBytes += record.Payload.Length;
            }
            catch (Exception e) when (e is DecodeException or ArgumentException)
            {
                throw new JournalDamagedException(record.File, record.Offset, e.Message);
            }
        });
        // A log that was lost would be started anew with numbers that count as flushed.
        if (journal.Recovery.LastSequence < floor || journal.Recovery.FirstSequence > floor + 1)
        {
            journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw Gap(directory, journal.Recovery, floor);
        }
        head.PendingSince = options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();
        return journal;
    }
}
