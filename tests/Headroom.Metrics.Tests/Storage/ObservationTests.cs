using Headroom.Metrics.Histograms;
using Headroom.Metrics.Storage;
using static Headroom.Metrics.Tests.Storage.StoreFixture;

namespace Headroom.Metrics.Tests.Storage;

public sealed class ObservationTests
{
    private static readonly Labels Series = Of("latency");

    private static Observation At(long time, double value = 1) => new(Series, time, value);

    [Fact]
    public async Task An_observation_is_a_cumulative_histogram_at_its_own_time_with_a_zero_before_its_slot()
    {
        await using var fixture = Opened();
        await fixture.Observe(At(Now + 3000, 0.25));
        Assert.Equal([$"latency{{service=\"shop\"}} {Now - 10_000}={{n=0 sum=0}} {Now + 3000}={{n=1 sum=0.25}}"], fixture.Read("latency"));
        Assert.Equal(6, fixture.Only("latency").HistogramAt(1)!.Scale);
        Assert.Single(fixture.Read("latency", Now + 3000, Now + 3000));
        Assert.Empty(fixture.Read("latency", Now + 3001, Now + 9000));
    }

    [Fact]
    public async Task A_slot_takes_the_time_of_its_latest_observation_and_counts_on_from_the_slot_before()
    {
        await using var fixture = Opened();
        await fixture.Observe(At(Now + 5000, 1), At(Now + 2000, 2), At(Now + 12_000, 4), At(Now + 9_999, 8));
        Assert.Equal([$"latency{{service=\"shop\"}} {Now - 10_000}={{n=0 sum=0}} {Now + 9_999}={{n=3 sum=11}} {Now + 12_000}={{n=4 sum=15}}"], fixture.Read("latency"));
    }

    [Fact]
    public async Task After_silence_the_last_value_is_repeated_one_slot_before()
    {
        await using var fixture = Opened();
        await fixture.Observe(At(Now), At(Now + 60_000));
        Assert.Equal([Now - 10_000, Now, Now + 50_000, Now + 60_000], fixture.Only("latency").Times.ToArray());
        Assert.Equal([0d, 1, 1, 2], Counts(fixture));
    }

    [Fact]
    public async Task A_late_observation_within_the_window_counts_in_its_own_slot_and_all_that_follow()
    {
        await using var fixture = Opened();
        await fixture.Observe(At(Now), At(Now + 20_000), At(Now + 40_000));
        await fixture.Observe(At(Now + 10_000, 5));
        Assert.Equal([Now - 10_000, Now, Now + 10_000, Now + 20_000, Now + 30_000, Now + 40_000], fixture.Only("latency").Times.ToArray());
        Assert.Equal([0d, 1, 2, 3, 3, 4], Counts(fixture));
    }

    [Fact]
    public async Task What_is_older_than_the_window_before_the_newest_of_its_series_is_refused()
    {
        await using var fixture = Opened();
        await fixture.Observe(At(Now));
        Assert.Equal(0, (await fixture.Observe(At(Now - 600_000))).Rejected);
        var outcome = await fixture.Observe(At(Now - 600_001), new Observation(Of("other"), Now - 600_001, 1));
        Assert.Equal((1, "too-old"), (outcome.Accepted, Assert.Single(outcome.Rejections).Code));
    }

    [Fact]
    public async Task A_history_can_be_imported_in_order()
    {
        await using var fixture = Opened();
        for (int day = 30; day >= 0; day--)
            Assert.Equal(1, (await fixture.Observe(At(Now - day * 86_400_000L))).Accepted);
        Assert.Equal(31, Counts(fixture)[^1]);
    }

    [Fact]
    public async Task Values_that_no_bucket_holds_are_rejected()
    {
        await using var fixture = Opened();
        var outcome = await fixture.Observe(At(Now, double.NaN), At(Now, double.PositiveInfinity), At(Now, 0), At(Now, -1), At(Now, double.Epsilon));
        Assert.Equal((3, 2), (outcome.Accepted, outcome.Rejected));
        Assert.All(outcome.Rejections, r => Assert.Equal("not-finite", r.Code));
        var histogram = fixture.Only("latency").HistogramAt(1)!;
        Assert.Equal((1d, 1, 1), (histogram.ZeroCount, histogram.Positive.Indexes.Length, histogram.Negative.Indexes.Length));
    }

    [Fact]
    public async Task Samples_never_change_when_they_freeze_and_a_restart_is_no_reset()
    {
        await using var fixture = Opened();
        var random = new Random(5);
        var wanted = new HistogramRecorder();
        for (int i = 0; i < 300; i++)
        {
            double value = Math.Round(random.NextDouble() * 10, 3);
            wanted.Record(value);
            await fixture.Observe(At(Now + i * 7000L, value));
            if (i % 60 == 20) await fixture.Store.FlushAsync(None);
            if (i % 60 == 40) await fixture.Restart();
        }
        var samples = fixture.Only("latency");
        Assert.Equal(StoreModel.Describe(wanted.ToHistogram()), StoreModel.Describe(samples.HistogramAt(samples.Count - 1)!));
        var counts = Counts(fixture);
        Assert.Equal(counts.Order(), counts);
        Assert.Equal(300, fixture.Store.ReadRawSamples("shop", "latency", 0, long.MaxValue, 1000).Samples.Count);
    }

    [Fact]
    public async Task An_idle_series_is_frozen_by_a_flush_and_goes_on_counting_later()
    {
        await using var fixture = Opened();
        await fixture.Observe(At(Now), At(Now + 20_000));
        await fixture.Store.FlushAsync(None);
        fixture.Clock.Advance(TimeSpan.FromHours(2));
        await fixture.Write(new FloatSample(Of("other"), Now, 1));
        await fixture.Store.FlushAsync(None);
        Assert.Equal([0d, 1, 1, 2], Counts(fixture));
        await fixture.Restart();
        Assert.Equal([0d, 1, 1, 2], Counts(fixture));
        // The slot of the newest observation is final now, though the window would still be open.
        Assert.Equal("too-old", Assert.Single((await fixture.Observe(At(Now + 29_999))).Rejections).Code);
        Assert.Equal(1, (await fixture.Observe(At(Now + 30_000))).Accepted);
        Assert.Equal([0d, 1, 1, 2, 3], Counts(fixture));
    }

    [Fact]
    public async Task A_flush_does_not_cut_off_the_import_of_a_history()
    {
        await using var fixture = Opened();
        for (int i = 0; i < 5; i++)
        {
            await fixture.Observe(At(Now - 86_400_000 - i));
            await fixture.Store.FlushAsync(None);
            await fixture.Write(new FloatSample(Of("other"), Now + i, 1));
            await fixture.Store.FlushAsync(None);
            await fixture.Restart();
        }
        Assert.Equal(5, Counts(fixture)[^1]);
    }

    [Fact]
    public async Task A_series_that_was_forgotten_goes_on_counting_from_its_blocks()
    {
        await using var fixture = Opened();
        await fixture.Observe(At(Now, 3), At(Now + 20_000, 4));
        await IdleTests.Idle(fixture);
        Assert.Equal(1, fixture.Store.Stats().ActiveSeries);
        Assert.Equal("too-old", Assert.Single((await fixture.Observe(At(Now + 29_999))).Rejections).Code);
        Assert.Equal("kind-conflict", Assert.Single((await fixture.Write(new FloatSample(Series, Now + 99_999, 1))).Rejections).Code);
        await fixture.Observe(At(Now + 7_200_000, 5));
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal([0d, 1, 1, 2, 2, 3], Counts(fixture));
            Assert.Equal(12, fixture.Only("latency").HistogramAt(5)!.Sum);
            await fixture.Restart();
        }
    }

    [Fact]
    public async Task A_query_holds_the_open_slots_as_they_were()
    {
        await using var fixture = Opened();
        await fixture.Observe(At(Now));
        var before = fixture.Store.Select([Name("latency")], 0, long.MaxValue)[0];
        await fixture.Observe(At(Now + 1), At(Now + 700_000));
        Assert.Equal([Now - 10_000, Now], Samples(before).Times.ToArray());
        Assert.Equal(1, Samples(before).HistogramAt(1)!.Count);
    }

    [Fact]
    public async Task More_than_4096_buckets_lower_the_scale_and_lose_no_count()
    {
        await using var fixture = Opened();
        var request = new WriteRequest();
        for (int i = 0; i < 6000; i++) request.Observations.Add(At(Now + i * 200L, Math.Pow(2, i / 64.0 - 47) * 1.001));
        Assert.Equal(6000, (await fixture.Store.AppendAsync(request, None)).Accepted);
        var last = fixture.Only("latency");
        var histogram = last.HistogramAt(last.Count - 1)!;
        Assert.Equal((6000d, 5), (histogram.Count, histogram.Scale));
        Assert.InRange(histogram.Positive.Indexes.Length, 1, 4096);
    }

    [Fact]
    public async Task The_statistics_count_what_a_query_reads()
    {
        await using var fixture = Opened();
        var random = new Random(9);
        long time = Now;
        for (int i = 0; i < 200; i++)
        {
            time += random.Next(40_000);
            await fixture.Observe(At(time));
            if (i % 70 == 50) await fixture.Store.FlushAsync(None);
            Assert.Equal((1, fixture.Only("latency").Count, i + 1), (fixture.Store.Stats().Series, fixture.Store.Stats().Samples, fixture.Store.Stats().RawEntries));
        }
    }

    private static double[] Counts(StoreFixture fixture)
    {
        var samples = fixture.Only("latency");
        return [.. Enumerable.Range(0, samples.Count).Select(i => samples.HistogramAt(i)!.Count)];
    }
}
