using System.Text;
using Headroom.Metrics.Ingest;
using Headroom.Metrics.Ingest.Text;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.Ingest.Text;

/// <summary>What a text says beside its samples, and what is added to them.</summary>
public sealed class TextDescriptionTests
{
    private static readonly VirtualTimeProvider Clock = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    private static async Task<CollectedSamples> ImportAsync(string text, TextImportOptions? options = null)
    {
        var store = new CollectedSamples();
        await new TextImporter(options ?? new TextImportOptions(), Clock).ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), store.WriteAsync, TestContext.Current.CancellationToken);
        return store;
    }

    [Fact]
    public async Task Type_help_and_unit_are_kept_together_and_comments_are_not()
    {
        var store = await ImportAsync("""
            # HELP latency_seconds How long,\n with \\ and \x.
            # TYPE latency_seconds histogram
            # UNIT latency_seconds seconds
            latency_seconds_count 3
            # a comment
            # TYPER nothing
            #TYPE  tight gauge
            # TYPE plain untyped
            # HELP only_help
            # TYPE "quoted.näme" counter
            # TYPE
            # TYPE odd strange
            # HELP  last  Spaces inside stay.
            """);
        Assert.Equal(
            [
                new MetricMetadata("latency_seconds", "histogram", "seconds", "How long,\n with \\ and \\x."),
                new MetricMetadata("tight", "gauge", "", ""),
                new MetricMetadata("plain", "unknown", "", ""),
                new MetricMetadata("quoted.näme", "counter", "", ""),
                new MetricMetadata("odd", "unknown", "", ""),
                new MetricMetadata("last", "unknown", "", "Spaces inside stay."),
            ],
            store.Metadata);
    }

    [Fact]
    public async Task A_flood_of_descriptions_is_handed_over_in_batches()
    {
        var store = new CollectedSamples();
        string text = string.Concat(Enumerable.Range(0, 1000).Select(i => $"# TYPE m{i} gauge\n"));
        await new TextImporter(new TextImportOptions { BatchSize = 100 }, Clock).ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), store.WriteAsync, TestContext.Current.CancellationToken);
        Assert.Equal(1000, store.Metadata.Count);
        Assert.Equal(10, store.BatchSizes.Count);
    }

    [Fact]
    public async Task Exemplars_that_are_too_long_are_dropped_and_their_sample_is_kept()
    {
        var store = await ImportAsync($"a 1 # {{trace_id=\"{new string('x', 121)}\"}} 1\n# EOF\n");
        Assert.Equal((1, 0), (store.Samples.Count, store.Exemplars.Count));
    }

    [Theory]
    [InlineData("a 1", """a{service="shop"}""")]
    [InlineData("a{job=\"node\"} 1", """a{job="node",service="node"}""")]
    [InlineData("a{job=\"node\",service=\"api\"} 1", """a{job="node",service="api"}""")]
    [InlineData("a{job=\"\",service=\"\"} 1", """a{service="shop"}""")]
    public async Task Every_series_gets_the_label_service(string line, string expected) =>
        Assert.Equal(expected, Assert.Single((await ImportAsync(line, new TextImportOptions { DefaultService = "shop" })).Samples).Labels.ToString());

    [Fact]
    public async Task Labels_of_the_target_win_and_what_they_displace_stays_readable()
    {
        var store = await ImportAsync("a{job=\"x\",exported_job=\"y\"} 1\n", new TextImportOptions { TargetLabels = [new("job", "node"), new("instance", "h:1")] });
        Assert.Equal("""a{exported_exported_job="x",exported_job="y",instance="h:1",job="node"}""", Assert.Single(store.Samples).Labels.ToString());
    }

    [Fact]
    public async Task One_importer_serves_many_texts_and_counts_the_series_of_each()
    {
        var importer = new TextImporter(new TextImportOptions(), Clock);
        var store = new CollectedSamples();
        for (int round = 0; round < 3; round++)
        {
            var report = await importer.ImportAsync(new MemoryStream("a{x=\"1\"} 1\na{x=\"1\",} 2\nb 3\nbad\n"u8.ToArray()), store.WriteAsync, TestContext.Current.CancellationToken);
            Assert.Equal((3, 2, 1), (report.Samples, report.Series, report.Rejected));
        }
        Assert.Equal(2, store.Samples.Select(s => s.Labels).Distinct().Count());
    }

    [Fact]
    public async Task Short_texts_of_known_series_allocate_hardly_anything()
    {
        // As an exporter writes them: every series once, descriptions before them.
        var text = new StringBuilder();
        for (int family = 0; family < 100; family++)
        {
            text.Append(null, $"# HELP m{family}_total Help.\n# TYPE m{family}_total counter\n");
            for (int i = 0; i < 20; i++) text.Append(null, $"m{family}_total{{instance=\"host-{i}:9100\"}} {i}.5 1700000000000\n");
        }
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        var importer = new TextImporter(new TextImportOptions { Format = TextFormat.Prometheus }, TimeProvider.System);
        ValueTask<WriteOutcome> AcceptAsync(WriteRequest batch, CancellationToken cancel) => ValueTask.FromResult(new WriteOutcome(batch.Count, 0, [], 0));
        for (int i = 0; i < 3; i++) await importer.ImportAsync(new MemoryStream(bytes), AcceptAsync, CancellationToken.None);
        long before = GC.GetAllocatedBytesForCurrentThread();
        await importer.ImportAsync(new MemoryStream(bytes), AcceptAsync, CancellationToken.None);
        // The stream, the window, the report: not a byte for each of 2,000 samples.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1500);
    }
}
