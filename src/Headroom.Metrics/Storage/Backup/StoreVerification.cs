using Headroom.Configuration.Diagnostics;
using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>Reads a store's files from disk and checks each, changing nothing: (1) the manifest, (2) the blocks, (3) the checkpoint, (4) the log.</summary>
internal static class StoreVerification
{
    private const int MostProblems = 100;

    /// <summary>Goes through a store; whoever calls makes sure that no file is deleted meanwhile.</summary>
    /// <exception cref="ProblemException">What is damaged, each with file and byte, at most 100.</exception>
    public static VerifiedStore Run(IFileLayer files, string directory, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        // 1. Without it nothing can be said about the rest.
        var manifest = Try(() => Manifest.Read(files, directory, out _));
        if (problems.Count == 0 && manifest is null) problems.Add(Missing(directory));
        if (manifest is null) throw new ProblemException([.. problems]);

        // 2.
        long bytes = 0;
        long samples = 0;
        foreach (var (number, _) in manifest.Blocks)
        {
            cancel.ThrowIfCancellationRequested();
            Try(() =>
            {
                using var block = Block.Open(files, Path.Combine(directory, "blocks", BlockFormat.BlockName(number)));
                block.Verify();
                bytes += block.Bytes;
                samples += block.Meta.Samples;
                return block;
            });
        }

        // 3.
        var head = new Head(new EmbeddedStoreOptions { Directory = directory }, 0);
        if (manifest.Checkpoint != 0)
            Try(() =>
            {
                Checkpoint.Restore(files, Path.Combine(directory, Checkpoint.FileName(manifest.Checkpoint)), head);
                return head;
            });

        // 4.
        var reading = new NothingSink();
        var log = Try(() => Journal.Read(Path.Combine(directory, StoreOpening.LogDirectory), (in JournalRecord record) =>
        {
            if (record.Sequence <= manifest.LogFloor) return;
            try
            {
                WriteRecord.Read(record.Payload, reading);
            }
            catch (DecodeException e)
            {
                throw new JournalDamagedException(record.File, record.Offset, e.Message);
            }
        }, files));
        if (log is not null && (log.LastSequence < manifest.LogFloor || log.FirstSequence > manifest.LogFloor + 1))
            problems.Add(StoreProblems.Of(StoreOpening.Gap(directory, log, manifest.LogFloor), directory).Problems[0]);
        if (problems.Count > 0) throw new ProblemException([.. problems.Take(MostProblems)]);
        long logBytes = files.ListFiles(Path.Combine(directory, StoreOpening.LogDirectory)).Where(StoreOpening.IsSegment)
            .Sum(name => LengthOf(files, Path.Combine(directory, StoreOpening.LogDirectory, name)));
        return new VerifiedStore(manifest.Blocks.Count, bytes, samples, log!.Records, logBytes - log.BytesCut);

        T? Try<T>(Func<T?> read) where T : class
        {
            try
            {
                return read();
            }
            catch (Exception e) when (StoreProblems.Knows(e))
            {
                problems.AddRange(StoreProblems.Of(e, directory).Problems);
                return null;
            }
        }
    }

    private static Problem Missing(string directory) =>
        new("no-store", "There is no store here.", directory, "Name the directory of a store or of a backup.") { Kind = ProblemKind.Invalid };

    private static long LengthOf(IFileLayer files, string path)
    {
        using var file = files.Open(path);
        return file.Length;
    }

    private sealed class NothingSink : IWriteRecordSink
    {
        public void Define(long series, Labels labels) { }

        public void Float(long series, long time, double value, SampleNote? note) { }

        public void Observation(long series, long time, double value, SampleNote? note) { }

        public void Histogram(long series, long time, Histograms.Histogram value) { }

        public void Exemplar(long series, long time, Labels labels, double value) { }

        public void Metadata(MetricMetadata metadata) { }
    }
}
