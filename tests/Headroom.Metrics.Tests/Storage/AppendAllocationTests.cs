using static Headroom.Metrics.Tests.Storage.StoreFixture;

namespace Headroom.Metrics.Tests.Storage;

/// <summary>The budget that keeps appending fast: what is allocated is what is kept, in its packed form.</summary>
public sealed class AppendAllocationTests
{
    private const int Series = 200;
    private const int Rounds = 600;

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public async Task Appending_to_known_series_allocates_no_more_than_the_packed_samples(int jitterMs)
    {
        await using var fixture = Opened();
        Labels[] series = [.. Enumerable.Range(0, Series).Select(i => Of($"m{i % 10}", $"s{i}"))];
        var random = new Random(91);
        long allocated = 0;
        for (int round = 0; round < 2 * Rounds; round++)
        {
            var request = new WriteRequest();
            long time = Now + round * 15_000L + (jitterMs == 0 ? 0 : random.Next(jitterMs));
            for (int i = 0; i < Series; i++) request.Samples.Add(new FloatSample(series[i], time, i % 2 == 0 ? round * 3 : Math.Round(40 + random.NextDouble(), 1)));
            long before = GC.GetAllocatedBytesForCurrentThread();
            var append = fixture.Store.AppendAsync(request, None);
            // The first half fills leaves and learns the series.
            if (round >= Rounds) allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(Series, (await append).Accepted);
        }
        // Measured: 1.4 bytes of which 0.5 are the packed samples; an array of two numbers a sample would be 16.
        Assert.InRange(allocated / (double)(Series * Rounds), 0, 4);
    }
}
