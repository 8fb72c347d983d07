using Headroom.Durable.Tests.Files;
using static Headroom.Metrics.Tests.Storage.StoreFixture;

namespace Headroom.Metrics.Tests.Storage.Golden;

/// <summary>
/// Golden/v1 is a store of format version 1 as it stood on disk: log, manifest, checkpoint and a block, and expected.txt what it
/// answers. The files never change: a program that cannot read them any more cannot read its users' data.
/// </summary>
public sealed class GoldenStoreTests
{
    private static readonly string Golden = Path.Combine(AppContext.BaseDirectory, "Storage", "Golden", "v1");

    [Fact]
    public async Task A_store_of_format_version_1_reads()
    {
        var files = new MemoryFileLayer();
        foreach (string path in System.IO.Directory.EnumerateFiles(Golden, "*", SearchOption.AllDirectories))
            files.WriteAll($"{StoreFixture.Directory}/{Path.GetRelativePath(Golden, path)}", File.ReadAllBytes(path));
        await using var fixture = Opened(files);
        Assert.Equal(File.ReadAllText(Path.Combine(Golden, "expected.txt")), Answers(fixture));
    }

    // To write the files of a new version: HEADROOM_GOLDEN=directory.
    [Fact]
    public async Task The_same_writes_give_the_same_bytes()
    {
        var files = new MemoryFileLayer();
        string answers;
        await using (var fixture = Opened(files))
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
        Assert.Equal(System.IO.Directory.EnumerateFiles(Golden, "*", SearchOption.AllDirectories).Count() - 1, written.Count);
        foreach (string path in written)
            Assert.Equal(Convert.ToHexString(File.ReadAllBytes(Path.Combine(Golden, Path.GetRelativePath(StoreFixture.Directory, path)))), Convert.ToHexString(files.ReadAll(path)));
    }

    private static async Task Write(StoreFixture fixture)
    {
        var note = new SampleNote("""{"region":"eu-central-1"}""", "id-1", "Milliseconds");
        for (int i = 0; i < 300; i++)
        {
            var request = new WriteRequest();
            request.Samples.Add(new FloatSample(Of("gauge"), Now + i * 15_000L, i % 7 * 1.25, i % 100 == 0 ? new SampleNote(null, $"g-{i}", null) : null));
            request.Samples.Add(new FloatSample(Labels.Of("counter", ("ключ", "värde \U0001F600")), Now + i * 15_000L + i % 3, i * 10));
            request.Observations.Add(new Observation(Of("latency"), Now + i * 4_000L, i % 11 * 0.037, i == 5 ? note : null));
            if (i % 20 == 0) request.Histograms.Add(new HistogramSample(Of("histogram"), Now + i, Histogram(i, -i, 0)));
            await fixture.Store.AppendAsync(request, None);
            if (i == 250) await fixture.Store.FlushAsync(None);
        }
        await fixture.Write(
            new FloatSample(Of("odd"), 0, double.NaN), new FloatSample(Of("odd"), 1, double.NegativeInfinity), new FloatSample(Of("odd"), Now, StaleMarker.Value), new FloatSample(Of("odd"), Now + 1, -0.0));
        await fixture.Write(new HistogramSample(Of("histogram"), Now + 1000, new Metrics.Histograms.Histogram { Count = 7, Sum = 3, CustomBounds = [0.1, 1], Positive = new([0, 2], [3, 4]) }));
    }

    private static string Answers(StoreFixture fixture) => string.Join('\n', [
        .. fixture.Store.Select([], 0, long.MaxValue).Select(series => Text(series, 0, long.MaxValue)),
        .. fixture.Store.ReadRawSamples(null, null, 0, long.MaxValue, 10_000).Samples.Where(s => s.Note is not null).Select(s => s.ToString()), ""]);

    private static IEnumerable<string> Files(MemoryFileLayer files, string directory) =>
        files.ListFiles(directory).Select(name => $"{directory}/{name}").Concat(files.ListDirectories(directory).SelectMany(name => Files(files, $"{directory}/{name}")));
}
