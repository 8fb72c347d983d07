using static Headroom.Metrics.Tests.Storage.StoreFixture;

namespace Headroom.Metrics.Tests.Storage;

public sealed class IdleTests
{
    /// <summary>Lets time and flushes go by while only another series is written to.</summary>
    internal static async Task Idle(StoreFixture fixture)
    {
        for (int i = 0; i < 4; i++)
        {
            fixture.Clock.Advance(TimeSpan.FromMinutes(45));
            await fixture.Write(new FloatSample(Of("busy"), Now + i, i));
            await fixture.Store.FlushAsync(None);
        }
    }

    [Fact]
    public async Task An_idle_series_leaves_memory_and_is_found_in_its_blocks()
    {
        await using var fixture = Opened();
        await fixture.Write(new FloatSample(Of("idle"), Now, 1, new SampleNote(null, "id", null)));
        await Idle(fixture);
        Assert.Equal((1, 2), (fixture.Store.Stats().ActiveSeries, fixture.Store.Stats().Series));
        Assert.Equal([1], fixture.Only("idle").Values.ToArray());
        Assert.Equal("duplicate-timestamp", Assert.Single((await fixture.Write(new FloatSample(Of("idle"), Now, 2))).Rejections).Code);
        Assert.Equal(1, (await fixture.Write(new FloatSample(Of("idle"), Now + 50, 2, new SampleNote(null, "id", null)))).Repeated);
        await fixture.Write(new FloatSample(Of("idle"), Now + 50, 2));
        await fixture.Restart();
        Assert.Equal([1, 2], fixture.Only("idle").Values.ToArray());
    }

    [Fact]
    public async Task Idle_series_do_not_count_towards_the_limit()
    {
        await using var fixture = Opened(change: o => o with { MaxSeries = 2 });
        await fixture.Write(new FloatSample(Of("idle"), Now, 1));
        await Idle(fixture);
        Assert.Equal(1, (await fixture.Write(new FloatSample(Of("new"), Now, 1))).Accepted);
    }

    [Fact]
    public async Task A_series_written_now_and_then_stays()
    {
        await using var fixture = Opened();
        for (int i = 0; i < 6; i++)
        {
            await fixture.Write(new FloatSample(Of("slow"), Now + i, i));
            await fixture.Store.FlushAsync(None);
            fixture.Clock.Advance(TimeSpan.FromMinutes(50));
            await fixture.Write(new FloatSample(Of("busy"), Now + i, i));
            await fixture.Store.FlushAsync(None);
            Assert.Equal(2, fixture.Store.Stats().ActiveSeries);
        }
    }
}
