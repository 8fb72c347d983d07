using System.Buffers;
using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics;
using Headroom.Metrics.Ingest.Text;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.PromQL.Output;

namespace Headroom.Cli.Queries;

/// <summary>Expressions over text files, read into memory and evaluated here; no data directory is touched.</summary>
internal sealed class FileExpressions : IExpressionSource
{
    private const int RejectionsShown = 10;

    private readonly PromqlEngine _engine;

    private FileExpressions(MemorySeriesSource samples, long newest, TimeProvider time) =>
        (_engine, DefaultTime) = (new PromqlEngine(samples, null, time), newest);

    public long DefaultTime { get; }

    /// <summary>Reads files in Prometheus text format or OpenMetrics. Lines that cannot be read are told and left out.</summary>
    /// <exception cref="ProblemException">A file cannot be opened.</exception>
    public static async Task<FileExpressions> OpenAsync(IReadOnlyList<string> files, TimeProvider time, TextWriter notes, CancellationToken cancel)
    {
        var samples = new MemorySeriesSource();
        long newest = long.MinValue;
        // Files hold what they hold: any time is good, the far past and future of test data included.
        var importer = new TextImporter(new TextImportOptions { MaxAhead = TimeSpan.MaxValue, EarliestTime = long.MinValue }, time);
        foreach (string file in files)
        {
            await using var stream = Open(file);
            var report = await importer.ImportAsync(stream, (batch, _) =>
            {
                foreach (var sample in batch.Samples)
                {
                    samples.Add(sample.Labels, sample.Time, sample.Value);
                    newest = Math.Max(newest, sample.Time);
                }
                return ValueTask.FromResult(new WriteOutcome(batch.Count, 0, [], 0));
            }, cancel);
            foreach (var rejection in report.Rejections.Take(RejectionsShown)) notes.WriteLine($"warning: {file}, line {rejection.Line}: {rejection.Reason}");
            if (report.Rejected > RejectionsShown) notes.WriteLine($"warning: {file}: {report.Rejected} lines were left out");
            foreach (string warning in report.Warnings) notes.WriteLine($"warning: {file}: {warning}");
        }
        return new FileExpressions(samples, newest == long.MinValue ? time.GetUtcNow().ToUnixTimeMilliseconds() : newest, time);
    }

    public ValueTask<Answer> InstantAsync(string expression, long time, CancellationToken cancel) =>
        ValueTask.FromResult(Evaluate(() => _engine.Instant(expression, time, cancel)));

    public ValueTask<Answer> RangeAsync(string expression, long start, long end, long step, CancellationToken cancel) =>
        ValueTask.FromResult(Evaluate(() => _engine.Range(expression, start, end, step, cancel)));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Answer Evaluate(Func<QueryResult> evaluate)
    {
        try
        {
            var result = evaluate();
            var buffer = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true })) PrometheusJson.WriteData(json, result);
            return new Answer(buffer.WrittenMemory, result.Warnings, result.Infos);
        }
        catch (PromqlException error)
        {
            throw new ProblemException(new Problem("query-failed", error.Message, "query") { Kind = error.Kind == PromqlErrorKind.BadData ? ProblemKind.Invalid : ProblemKind.Unprocessable }, error);
        }
    }

    private static FileStream Open(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("file-unreadable", error is FileNotFoundException or DirectoryNotFoundException ? $"There is no file {file}." : $"{file} cannot be read: {error.Message}",
                "--input", "Check the path."), error);
        }
    }
}
