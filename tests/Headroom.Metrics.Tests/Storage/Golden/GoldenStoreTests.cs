using Headroom.Durable.Tests.Files;
using static Headroom.Metrics.Tests.Storage.StoreFixture;

namespace Headroom.Metrics.Tests.Storage.Golden;

/// <summary>
/// Golden/v1 and v2 are stores of format versions 1 and 2 as they stood on disk: log, manifest, checkpoint and blocks (in v2
/// also of roll-ups, with a tombstone), and expected.txt what they answer. The files never change: a program that cannot read
/// them any more cannot read its users' data.
/// </summary>
public sealed class GoldenStoreTests
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Storage", "Golden");
    private static readonly string Current = Path.Combine(Golden, "v2");

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task A_store_of_an_earlier_version_reads_and_goes_on(string version)
    {
        var files = new MemoryFileLayer();
        string golden = Path.Combine(Golden, version);
        foreach (string path in System.IO.Directory.EnumerateFiles(golden, "*", SearchOption.AllDirectories))
            files.WriteAll($"{StoreFixture.Directory}/{Path.GetRelativePath(golden, path)}", File.ReadAllBytes(path));
        string wanted = File.ReadAllText(Path.Combine(golden, "expected.txt"));
        await using var fixture = Opened(files, o => o with { Retention = new(TimeSpan.FromDays(36_500), TimeSpan.FromDays(36_500), TimeSpan.FromDays(36_500)) });
        Assert.Equal(wanted, Answers(fixture));
        await fixture.Restart();
        Assert.Equal(wanted, Answers(fixture));
        await fixture.Store.FlushAsync(None);
        await fixture.Store.CompactAsync(all: true, None);
        await fixture.Restart();
        Assert.Equal(wanted, Answers(fixture));
    }

    // To write the files of a new version: HEADROOM_GOLDEN=directory.
    [Fact]
    public async Task The_same_writes_give_the_same_bytes()
    {
        var files = new MemoryFileLayer();
        string answers;
        await using (var fixture = Opened(files, o => o with { Retention = new(TimeSpan.FromDays(10), TimeSpan.FromDays(100), TimeSpan.FromDays(1000)) }))
        {
            await Write(fixture);
            answers = Answers(fixture);
        }
        var written = Files(files, StoreFixture.Directory).Where(path => !Path.GetFileName(path).StartsWith("lock", StringComparison.Ordinal)).ToList();
        if (Environment.GetEnvironmentVariable("HEADROOM_GOLDEN") is { } target)
        {
            foreach (string path in written)
            {
                string to = Path.Combine(target, Path.GetRelativePath(StoreFixture.Directory, path));
                System.IO.Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.WriteAllBytes(to, files.ReadAll(path));
            }
            File.WriteAllText(Path.Combine(target, "expected.txt"), answers);
        }
        Assert.Equal(System.IO.Directory.EnumerateFiles(Current, "*", SearchOption.AllDirectories).Count() - 1, written.Count);
        foreach (string path in written)
            Assert.Equal(Convert.ToHexString(File.ReadAllBytes(Path.Combine(Current, Path.GetRelativePath(StoreFixture.Directory, path)))), Convert.ToHexString(files.ReadAll(path)));
    }

    private static async Task Write(StoreFixture fixture)
    {
        var old = new WriteRequest();
        old.Metadata.Add(new MetricMetadata("old_gauge", "gauge", "bytes", "Größe"));
        for (int i = 0; i < 60; i++)
        {
            old.Samples.Add(new FloatSample(Of("old_total"), Now - 200 * Day + i * 180_000L, i % 25));
            old.Samples.Add(new FloatSample(Of("old_gauge"), Now - 50 * Day + i * 60_000L, i % 9 * 0.1));
            old.Histograms.Add(new HistogramSample(Of("old_histogram"), Now - 50 * Day + i * 60_000L, Histogram([.. Enumerable.Range(0, i + 1).Select(k => k * 0.5)])));
        }
        await fixture.Store.AppendAsync(old, None);
        await fixture.Write(new FloatSample(Of("gauge", "early"), Now, 1));
        await fixture.Store.FlushAsync(None);
        await fixture.Store.CompactAsync(all: false, None);
        var note = new SampleNote("""{"region":"eu-central-1"}""", "id-1", "Milliseconds");
        for (int i = 0; i < 300; i++)
        {
            var request = new WriteRequest();
            request.Samples.Add(new FloatSample(Of("gauge"), Now + i * 15_000L, i % 7 * 1.25, i % 100 == 0 ? new SampleNote(null, $"g-{i}", null) : null));
            request.Samples.Add(new FloatSample(Labels.Of("counter", ("ключ", "värde \U0001F600")), Now + i * 15_000L + i % 3, i * 10));
            request.Observations.Add(new Observation(Of("latency"), Now + i * 4_000L, i % 11 * 0.037, i == 5 ? note : null));
            if (i % 20 == 0) request.Histograms.Add(new HistogramSample(Of("histogram"), Now + i, Histogram(i, -i, 0)));
            if (i % 60 == 0) request.Exemplars.Add(new Exemplar(Of("latency"), Labels.From(new Label("trace_id", $"4bf92f3577b34da6a3ce929d0e0e47{i:d2}")), i * 0.001, Now + i));
            if (i % 150 == 0) request.Metadata.Add(new MetricMetadata("counter", "counter", "", $"help {i}"));
            await fixture.Store.AppendAsync(request, None);
            if (i == 100) await fixture.Store.DeleteAsync([[Name("gauge"), new LabelMatcher(MatchKind.NotRegex, "service", "e.*")]], Now + 150_000, Now + 300_000, None);
            if (i == 250) await fixture.Store.FlushAsync(None);
        }
        await fixture.Write(
            new FloatSample(Of("odd"), Now - 9 * Day, double.NaN), new FloatSample(Of("odd"), Now - 9 * Day + 1, double.NegativeInfinity), new FloatSample(Of("odd"), Now, StaleMarker.Value), new FloatSample(Of("odd"), Now + 1, -0.0));
        await fixture.Write(new HistogramSample(Of("histogram"), Now + 1000, new Metrics.Histograms.Histogram { Count = 7, Sum = 3, CustomBounds = [0.1, 1], Positive = new([0, 2], [3, 4]) }));
    }

    private static string Answers(StoreFixture fixture) => string.Join('\n', [
        .. fixture.Store.Select([], 0, long.MaxValue).Select(series => Text(series, 0, long.MaxValue)),
        .. fixture.Store.ReadRawSamples(null, null, 0, long.MaxValue, 10_000).Samples.Where(s => s.Note is not null).Select(s => s.ToString()),
        .. fixture.Store.Select([Name("old_gauge")], 0, long.MaxValue).SelectMany(series => Enum.GetValues<SampleAggregate>().Select(aggregate => $"{aggregate} {AggregateText(series, aggregate)}")),
        .. fixture.Store.Exemplars([[]], 0, long.MaxValue).Select(e => e.ToString()), .. fixture.Store.Metadata(null, 100).Select(m => m.ToString()), ""]);

    private static string AggregateText(ISeries series, SampleAggregate aggregate)
    {
        var samples = new SampleBuffer();
        series.Read(0, long.MaxValue, samples, aggregate);
        return string.Join(' ', samples.Values.ToArray());
    }

    private static IEnumerable<string> Files(MemoryFileLayer files, string directory) =>
        files.ListFiles(directory).Select(name => $"{directory}/{name}").Concat(files.ListDirectories(directory).SelectMany(name => Files(files, $"{directory}/{name}")));
}
