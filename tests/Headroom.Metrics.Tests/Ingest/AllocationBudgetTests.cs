using System.Text;
using Headroom.Metrics.Ingest;
using Headroom.Metrics.Ingest.Csv;
using Headroom.Metrics.Ingest.Text;

namespace Headroom.Metrics.Tests.Ingest;

/// <summary>The budget that keeps ingest fast: twice the samples of known series cost no more memory than once.</summary>
public sealed class AllocationBudgetTests
{
    // The smallest object has 24 bytes: one for every fourth sample would exceed this. Pooled buffers, which the pool may
    // or may not still have, stay below.
    private const long Tolerance = Samples * 24L / 4;
    private const int Samples = 200_000;

    [Fact]
    public async Task Text_lines_of_known_series_allocate_nothing()
    {
        Func<int, string> line = i => $"http_requests_total{{code=\"200\",instance=\"host-{i % 50}:9100\"}} {i}.25 {1_700_000_000_000L + i}\n";
        Assert.InRange(await ExtraAsync("", line, bytes => new TextImporter(new TextImportOptions(), TimeProvider.System).ImportAsync(bytes, AcceptAsync, TestContext.Current.CancellationToken)), -Tolerance, Tolerance);
    }

    [Fact]
    public async Task Csv_rows_of_known_series_allocate_nothing()
    {
        Func<int, string> row = i => $"{1_700_000_000_000L + i},\"host-{i % 50}\",{i}.123456789012345\n";
        var options = new CsvImportOptions { Metric = "m", LabelColumns = ["host"] };
        Assert.InRange(await ExtraAsync("timestamp,host,value\n", row, bytes => new CsvImporter(options, TimeProvider.System).ImportAsync(bytes, AcceptAsync, TestContext.Current.CancellationToken)), -Tolerance, Tolerance);
    }

    [Fact]
    public async Task Rejections_beyond_those_listed_allocate_little()
    {
        Func<int, string> row = i => $"{i},x\n";
        var options = new CsvImportOptions { Metric = "m" };
        long extra = await ExtraAsync("timestamp,value\n", row, bytes => new CsvImporter(options, TimeProvider.System).ImportAsync(bytes, AcceptAsync, TestContext.Current.CancellationToken));
        Assert.InRange(extra, -Tolerance, Samples * 300L);
    }

    /// <summary>What a file of twice as many lines allocates more than the file itself, on this thread.</summary>
    private static async Task<long> ExtraAsync(string head, Func<int, string> line, Func<Stream, ValueTask<ImportReport>> import)
    {
        byte[] once = Encoding.UTF8.GetBytes(head + string.Concat(Enumerable.Range(0, Samples).Select(line)));
        byte[] twice = [.. once, .. Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Samples).Select(line)))];
        await import(new MemoryStream(once));
        return await AllocatedAsync(twice, import) - await AllocatedAsync(once, import);
    }

    private static async Task<long> AllocatedAsync(byte[] bytes, Func<Stream, ValueTask<ImportReport>> import)
    {
        using var stream = new MemoryStream(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var report = await import(stream);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(report.Samples + report.Rejected >= Samples);
        return allocated;
    }

    private static readonly IReadOnlyList<WriteRejection> None = [];

    private static ValueTask<WriteOutcome> AcceptAsync(WriteRequest batch, CancellationToken cancel) =>
        ValueTask.FromResult(new WriteOutcome(batch.Count, 0, None, 0));
}
