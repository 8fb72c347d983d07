using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Ingest;
using Headroom.Metrics.Ingest.Csv;
using Headroom.Metrics.Ingest.Json;
using Headroom.Metrics.Ingest.Text;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.Ingest;

/// <summary>
/// Every parser on thousands of inputs that are nearly right: nothing is thrown, memory stays in proportion, and what each
/// parser promises about any input holds.
/// </summary>
public sealed class ParserFuzzTests
{
    private const int Rounds = 6000;
    private const long MostBytesAllocated = 4 * 1024 * 1024;

    private static readonly VirtualTimeProvider Clock = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Json_accounts_for_every_item_and_agrees_with_the_framework_on_what_is_JSON()
    {
        var mutations = new Mutations("json", 91, "{", "}", "[", "]", ",", ":", "\"", "\\", "\\ud800", "null", "1e999", "NaN", "\"value\"", "\"labels\":{", "\n", "\uFEFF");
        var parser = new JsonWriteParser(new JsonIngestOptions(), Clock);
        foreach (byte[] body in Inputs(mutations))
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            var write = parser.Parse(body);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytesAllocated);
            Assert.Equal(write.Items, write.Request.Count + write.RejectedItems);
            Assert.Equal(write.Request.Count, write.AcceptedItems.Count);
            Assert.All(write.Request.Samples, sample => Assert.True(double.IsFinite(sample.Value) && sample.Time >= 0 && sample.Labels["service"].Length > 0));
            if (write.BodyProblem is null) Assert.Equal(write.RejectedItems > 0, write.ProblemCount > 0);
            if (write.BodyProblem?.Code != "json-wrong-type") Assert.Equal(IsJson(body), write.BodyProblem is null);
            foreach (var note in write.Request.Samples.Select(sample => sample.Note?.MetadataJson).OfType<string>())
                Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(note).RootElement.ValueKind);
        }
    }

    [Fact]
    public async Task Text_accounts_for_every_line_and_reads_each_as_if_it_stood_alone()
    {
        var mutations = new Mutations("text", 92, "{", "}", "\"", "\\", "=", ",", " ", "#", " # {", "\n", "\r\n", "1e999", "NaN", "a{", "\t", "9");
        var options = new TextImportOptions { Format = TextFormat.Prometheus, EarliestTime = long.MinValue, MaxAhead = TimeSpan.MaxValue };
        int round = 0;
        foreach (byte[] text in Inputs(mutations))
        {
            var (store, report) = await ImportAsync(new MemoryStream(text), options);
            var lines = Encoding.Latin1.GetString(text).Split('\n').Select(line => line.Trim(' ', '\t', '\r')).ToArray();
            Assert.Equal(lines.Count(line => line.Length > 0 && line[0] != '#'), report.Samples + report.Rejected);

            var (trickled, again) = await ImportAsync(new TrickleStream(text, 5), options);
            Assert.Equal(store.Samples, trickled.Samples);
            Assert.Equal(report.Rejections, again.Rejections);

            if (round++ % 5 != 0) continue;
            var alone = new List<FloatSample>();
            foreach (string line in lines) alone.AddRange((await ImportAsync(new MemoryStream(Encoding.Latin1.GetBytes(line)), options)).Store.Samples);
            Assert.Equal(alone, store.Samples);
        }
    }

    [Fact]
    public async Task OpenMetrics_text_never_throws()
    {
        var mutations = new Mutations("text", 93, "{", "}", "\"", " # {", "# EOF\n", "\n", "1.5", "-1e300", "NaN", "e");
        foreach (byte[] text in Inputs(mutations))
        {
            var (store, report) = await ImportAsync(new TrickleStream(text, 100), new TextImportOptions());
            Assert.Equal(report.Samples, store.Samples.Count);
            await ImportAsync(new MemoryStream(text), new TextImportOptions { Format = TextFormat.OpenMetrics });
        }
    }

    [Fact]
    public async Task Csv_never_throws_but_for_the_header_and_reads_alike_however_the_bytes_arrive()
    {
        var mutations = new Mutations("csv", 94, "\"", "\"\"", ",", ";", "\n", "\r\n", "\r", "NaN", "1e999", "2014-02-30", "9", "\t", "\uFEFF");
        var options = new CsvImportOptions { Metric = "m", LabelColumns = ["host"] };
        foreach (byte[] text in Inputs(mutations))
        {
            var (store, report, refused) = await ImportCsvAsync(new MemoryStream(text), options);
            var (trickled, again, refusedAgain) = await ImportCsvAsync(new TrickleStream(text, 3), options);
            Assert.Equal(refused, refusedAgain);
            Assert.Equal(store.Samples, trickled.Samples);
            Assert.Equal(report?.Rejections, again?.Rejections);
            int lines = text.Count(letter => letter == '\n') + 1;
            if (report is not null) Assert.InRange(report.Samples + report.Rejected, 0, lines);
            Assert.All(store.Samples, sample => Assert.True(double.IsFinite(sample.Value) && sample.Time >= 0));
        }
    }

    private static IEnumerable<byte[]> Inputs(Mutations mutations) =>
        mutations.Originals.Concat(Enumerable.Range(0, Rounds).Select(_ => mutations.Next()));

    private static bool IsJson(byte[] body)
    {
        ReadOnlyMemory<byte> text = body;
        if (!Utf8.IsValid(body)) return false;
        if (body.AsSpan().StartsWith("\uFEFF"u8)) text = text[3..];
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 32 });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static async Task<(CollectedSamples Store, ImportReport Report)> ImportAsync(Stream stream, TextImportOptions options)
    {
        var store = new CollectedSamples();
        long before = GC.GetAllocatedBytesForCurrentThread();
        var report = await new TextImporter(options, Clock).ImportAsync(stream, store.WriteAsync, TestContext.Current.CancellationToken);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytesAllocated);
        return (store, report);
    }

    private static async Task<(CollectedSamples Store, ImportReport? Report, string? Refused)> ImportCsvAsync(Stream stream, CsvImportOptions options)
    {
        var store = new CollectedSamples();
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var report = await new CsvImporter(options, Clock).ImportAsync(stream, store.WriteAsync, TestContext.Current.CancellationToken);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytesAllocated);
            return (store, report, null);
        }
        catch (ProblemException refused)
        {
            return (store, null, refused.Problems[0].Code);
        }
    }
}
