using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;
using Headroom.Metrics.Tests.PromQL.Notation;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.PromQL.Sources;

public sealed class EmbeddedBackendTests
{
    [Fact]
    public async Task What_was_written_is_there_to_query()
    {
        var cancel = TestContext.Current.CancellationToken;
        var directory = Directory.CreateTempSubdirectory("headroom-backend-");
        try
        {
            var clock = new VirtualTimeProvider();
            long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            await using var store = EmbeddedStore.Open(new EmbeddedStoreOptions { Directory = directory.FullName, TimeProvider = clock, Background = false });
            IMetricsBackend backend = new EmbeddedBackend(store, time: clock);
            var request = new WriteRequest();
            for (int i = 0; i < 10; i++)
            {
                request.Samples.Add(new FloatSample(Labels.Of("c_total", ("service", "a")), now - ((10 - i) * 15_000), i * 15));
                request.Samples.Add(new FloatSample(Labels.Of("c_total", ("service", "b")), now - ((10 - i) * 15_000), i * 30));
            }
            request.Histograms.Add(new HistogramSample(Labels.Of("h", ("service", "a")), now, HistogramNotation.Parse("{{schema:0 count:4 sum:5 buckets:[1 2 1]}}")));
            Assert.Equal(21, (await backend.AppendAsync(request, cancel)).Accepted);

            var vector = (VectorValue)(await backend.QueryAsync("sum by (service) (rate(c_total[1m]))", now, cancel)).Value;
            Assert.Equal([1.0, 2.0], vector.Samples.Select(s => Math.Round(s.Value, 9)));
            var matrix = (MatrixValue)(await backend.QueryRangeAsync("c_total", now - 60_000, now, 15_000, cancel)).Value;
            Assert.Equal([5, 5], matrix.Series.Select(s => s.Points.Count));
            Assert.Equal(4, ((VectorValue)(await backend.QueryAsync("histogram_count(h)", now, cancel)).Value).Samples[0].Value);
            Assert.Equal(["c_total{service=\"a\"}", "h{service=\"a\"}"], (await backend.SeriesAsync([PromqlSyntax.ParseSelector("{service=\"a\"}")], 0, now, 10, cancel)).Select(l => l.ToString()));
            Assert.Equal(["__name__", "service"], await backend.LabelNamesAsync([], 0, now, cancel));
            Assert.Equal(["a", "b"], await backend.LabelValuesAsync("service", [], 0, now, cancel));
            await Assert.ThrowsAsync<PromqlException>(async () => await backend.QueryAsync("rate(", now, cancel));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
