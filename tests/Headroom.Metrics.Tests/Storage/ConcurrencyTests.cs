using static Headroom.Metrics.Tests.Storage.StoreFixture;

namespace Headroom.Metrics.Tests.Storage;

public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Readers_see_whole_requests_while_writers_flushes_and_merges_run()
    {
        const int Requests = 400;
        await using var fixture = Opened(change: o => o with { Background = true, FlushSamples = 300, CompactionBlocks = 2 });
        int[] acknowledged = new int[3];
        var writers = Enumerable.Range(0, acknowledged.Length).Select(writer => Task.Run(async () =>
        {
            for (int i = 0; i < Requests; i++)
            {
                var request = new WriteRequest();
                // Backwards for one of them, so that leaves are split and copied below the readers.
                long time = Now + (writer == 0 ? -i : i) * 1000L;
                request.Samples.Add(new FloatSample(Of($"a{writer}"), time, i));
                request.Samples.Add(new FloatSample(Of($"b{writer}"), time, i));
                request.Observations.Add(new Observation(Of($"o{writer}"), Now + i * 1000L, i));
                Assert.Equal(3, (await fixture.Store.AppendAsync(request, None)).Accepted);
                Volatile.Write(ref acknowledged[writer], i + 1);
            }
        })).ToList();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            bool last;
            do
            {
                last = writers.All(w => w.IsCompleted);
                for (int writer = 0; writer < acknowledged.Length; writer++)
                {
                    int least = Volatile.Read(ref acknowledged[writer]);
                    var series = fixture.Store.Select([new LabelMatcher(MatchKind.Regex, Labels.MetricName, $"[abo]{writer}")], 0, long.MaxValue);
                    if (series.Count == 0) continue;
                    var counts = series.Select(s => Samples(s)).ToList();
                    Assert.InRange(counts[0].Count, least, Requests);
                    Assert.Equal(counts[0].Count, counts[1].Count);
                    Assert.Equal(counts[0].Count, counts[2].HistogramAt(counts[2].Count - 1)!.Count);
                    Assert.Equal(counts[0].Times.ToArray(), counts[1].Times.ToArray());
                    Assert.Equal(counts[0].Values.ToArray().Order(), Enumerable.Range(0, counts[0].Count).Select(i => (double)i));
                }
            } while (!last);
        })).ToList();
        await Task.WhenAll([.. writers, .. readers]);
        await fixture.Restart();
        Assert.Equal(Requests, fixture.Only("a0").Count);
    }

    [Fact]
    public async Task Writing_known_series_in_order_allocates_little()
    {
        await using var fixture = Opened(change: o => o with { SegmentBytes = 64 << 20, FlushSamples = long.MaxValue });
        var labels = Enumerable.Range(0, 100).Select(i => Of("m", $"s{i}")).ToArray();
        var requests = Enumerable.Range(0, 400).Select(n =>
        {
            var request = new WriteRequest();
            for (int i = 0; i < labels.Length; i++) request.Samples.Add(new FloatSample(labels[i], Now + n * 15_000L, n * i));
            return request;
        }).ToList();
        foreach (var request in requests.Take(100)) Append(fixture, request);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var request in requests.Skip(100)) Append(fixture, request);
        // 16 bytes a sample while it is in a leaf, as much again for leaves that grow, a few when it is packed.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / (300 * labels.Length), 0, 64);
    }

    // Blocking keeps the work, and so the count of what it allocates, on this thread.
    private static void Append(StoreFixture fixture, WriteRequest request) =>
        Assert.Equal(0, fixture.Store.AppendAsync(request, None).AsTask().GetAwaiter().GetResult().Rejected);
}
