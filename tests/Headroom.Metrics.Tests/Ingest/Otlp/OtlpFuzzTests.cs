using Headroom.Metrics.Ingest.Otlp;
using static Headroom.Metrics.Tests.Ingest.Otlp.Messages;

namespace Headroom.Metrics.Tests.Ingest.Otlp;

/// <summary>Thousands of bodies that are nearly right: nothing is thrown, memory stays in proportion, and every point is accounted for.</summary>
public sealed class OtlpFuzzTests
{
    private const int Rounds = 6000;
    private const long MostBytesAllocated = 4 * 1024 * 1024;

    // Tags, lengths and values that matter to the readers.
    private static readonly string[] Bytes = ["\u0001", "\u0009", "\u0010", "\u0019", "\u001a", "\u0003", "\u000b", "\u0000", "\u007f", "ÿÿÿÿ\u000f", "service.name", "\n\u0000", ":\u0002\n\u0000", "2\b"];
    private static readonly string[] Json = ["{", "}", "[", "]", ",", ":", "\"", "\\", "\\ud800", "null", "1e999", "-1", "\"NaN\"", "\"dataPoints\":[", "18446744073709551615", "\uFEFF", "{\"arrayValue\":{\"values\":["];

    [Theory, InlineData(OtlpEncoding.Protobuf, "otlp-metrics", 301), InlineData(OtlpEncoding.Json, "otlp-json", 302)]
    public async Task Metrics_are_accounted_for_whatever_the_bytes(OtlpEncoding encoding, string corpus, int seed)
    {
        var store = new RecordingBackend();
        var importer = new OtlpMetricsImporter(new OtlpOptions { MaxCacheBytes = 500_000, MaxDeltaSeries = 500 }, store, Clock);
        await EachAsync(corpus, seed, encoding, body => importer.ImportAsync(body, encoding, CancellationToken.None), () => store.Samples.Count + store.Histograms.Count);
        Assert.All(store.Samples, s => Assert.True(s.Labels.Name.Length > 0 && s.Labels["service"].Length > 0 && s.Labels.Count <= 41));
        Assert.NotEmpty(store.Samples);
    }

    [Theory, InlineData(OtlpEncoding.Protobuf, "otlp-traces", 303), InlineData(OtlpEncoding.Json, "otlp-json", 304)]
    public async Task Spans_are_accounted_for_whatever_the_bytes(OtlpEncoding encoding, string corpus, int seed)
    {
        var store = new RecordingBackend();
        var importer = new OtlpTracesImporter(new OtlpOptions { MaxCacheBytes = 500_000, MaxOperationsPerService = 50 }, store, Clock);
        await EachAsync(corpus, seed, encoding, body => importer.ImportAsync(body, encoding, CancellationToken.None), () => store.Observations.Count);
        Assert.All(store.Observations, o => Assert.True(double.IsFinite(o.Value) && o.Value >= 0 && o.Labels["service"].Length > 0));
        Assert.NotEmpty(store.Observations);
    }

    private static async Task EachAsync(string corpus, int seed, OtlpEncoding encoding, Func<ReadOnlyMemory<byte>, ValueTask<OtlpReport>> import, Func<int> written)
    {
        var mutations = new Mutations(corpus, seed, encoding == OtlpEncoding.Json ? Json : Bytes);
        int refused = 0, rounds = 0;
        foreach (byte[] body in mutations.Originals.Concat(Enumerable.Range(0, Rounds).Select(_ => mutations.Next())))
        {
            rounds++;
            int before = written();
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            var report = await import(body);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, MostBytesAllocated);
            Assert.InRange(report.Rejected, 0, report.Items);
            Assert.Equal(report.Rejected, report.Reasons.Values.Sum());
            Assert.Equal(report.Rejected == 0, report.Message.Length == 0);
            Assert.Equal(report.Samples, written() - before);
            if (report.Refusal is not { } refusal) continue;
            refused++;
            Assert.Equal((0, before), (report.Samples, written()));
            Assert.True(refusal.Where!.StartsWith("body", StringComparison.Ordinal) && refusal.What.Length > 10);
        }
        Assert.InRange(refused, rounds / 20, rounds * 19 / 20);
    }
}
