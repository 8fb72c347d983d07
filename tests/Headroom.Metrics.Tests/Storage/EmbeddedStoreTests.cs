using Headroom.Configuration.Diagnostics;
using Headroom.Durable.Tests.Files;
using Headroom.Metrics.Storage;
using static Headroom.Metrics.Tests.Storage.StoreFixture;

namespace Headroom.Metrics.Tests.Storage;

public sealed class EmbeddedStoreTests
{
    [Fact]
    public async Task An_accepted_sample_is_visible_at_once_and_after_a_restart_and_a_flush()
    {
        await using var fixture = Opened();
        var outcome = await fixture.Write(new FloatSample(Of("up"), Now, 1));
        Assert.Equal((1, 0), (outcome.Accepted, outcome.Rejected));
        string[] wanted = [$"up{{service=\"shop\"}} {Now}=1"];
        Assert.Equal(wanted, fixture.Read("up"));
        await fixture.Restart();
        Assert.Equal(wanted, fixture.Read("up"));
        await fixture.Store.FlushAsync(None);
        Assert.Equal(wanted, fixture.Read("up"));
        await fixture.Restart();
        Assert.Equal(wanted, fixture.Read("up"));
        Assert.Equal(1, fixture.Store.Stats().Blocks);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Samples_of_any_age_in_any_order_read_in_time_order(bool flushBetween)
    {
        await using var fixture = Opened();
        foreach (long time in new[] { Now, Now - 700 * Day, Now - 1, Now - 100 * Day, Now + 1000, Now - 700 * Day + 5 })
        {
            Assert.Equal(1, (await fixture.Write(new FloatSample(Of("m"), time, time))).Accepted);
            if (flushBetween) await fixture.Store.FlushAsync(None);
        }
        Assert.Equal([Now - 700 * Day, Now - 700 * Day + 5, Now - 100 * Day, Now - 1, Now, Now + 1000], fixture.Only("m").Times.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_repeated_timestamp_with_the_same_value_is_accepted_and_with_another_rejected(bool flushed)
    {
        await using var fixture = Opened();
        await fixture.Write(new FloatSample(Of("m"), Now, 1), new FloatSample(Of("m"), Now + 10, double.NaN));
        if (flushed) await fixture.Store.FlushAsync(None);
        var outcome = await fixture.Write(
            new FloatSample(Of("m"), Now, 1), new FloatSample(Of("m"), Now, 2), new FloatSample(Of("m"), Now + 10, double.NaN), new FloatSample(Of("m"), Now + 10, StaleMarker.Value));
        Assert.Equal((2, 2), (outcome.Accepted, outcome.Rejected));
        Assert.All(outcome.Rejections, r => Assert.Equal("duplicate-timestamp", r.Code));
        Assert.Equal([1, 3], outcome.Rejections.Select(r => r.Index));
        Assert.Equal([1, double.NaN], fixture.Only("m").Values.ToArray());
    }

    [Fact]
    public async Task A_duplicate_within_one_request_is_found()
    {
        await using var fixture = Opened();
        var outcome = await fixture.Write(new FloatSample(Of("m"), Now, 1), new FloatSample(Of("m"), Now, 2), new FloatSample(Of("m"), Now, 1));
        Assert.Equal((2, 1), (outcome.Accepted, outcome.Rejected));
    }

    [Fact]
    public async Task Timestamps_out_of_range_are_rejected_and_their_neighbours_kept()
    {
        await using var fixture = Opened();
        var outcome = await fixture.Write(
            new FloatSample(Of("m"), -1, 1), new FloatSample(Of("m"), Now + 86_400_001, 2), new FloatSample(Of("m"), Now + 86_400_000, 3), new FloatSample(Of("m"), 0, 4));
        Assert.Equal(["time-out-of-range", "too-far-in-future"], outcome.Rejections.Select(r => r.Code));
        Assert.Equal([4, 3], fixture.Only("m").Values.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Plain_values_and_observations_do_not_share_a_series(bool restarted)
    {
        await using var fixture = Opened();
        await fixture.Write(new FloatSample(Of("plain"), Now, 1));
        await fixture.Observe(new Observation(Of("distribution"), Now, 1));
        if (restarted)
        {
            await fixture.Store.FlushAsync(None);
            await fixture.Restart();
        }
        Assert.Equal("kind-conflict", Assert.Single((await fixture.Observe(new Observation(Of("plain"), Now + 1, 1))).Rejections).Code);
        Assert.Equal("kind-conflict", Assert.Single((await fixture.Write(new FloatSample(Of("distribution"), Now + 1, 1))).Rejections).Code);
        Assert.Equal("kind-conflict", Assert.Single((await fixture.Write(new HistogramSample(Of("distribution"), Now + 1, Histogram(1)))).Rejections).Code);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Floats_and_finished_histograms_may_share_a_series(bool flushed)
    {
        await using var fixture = Opened();
        await fixture.Write(new FloatSample(Of("m"), Now, 1));
        await fixture.Write(new HistogramSample(Of("m"), Now + 10, Histogram(1, 2)));
        await fixture.Write(new FloatSample(Of("m"), Now + 20, 3));
        Assert.Equal("duplicate-timestamp", Assert.Single((await fixture.Write(new FloatSample(Of("m"), Now + 10, 3))).Rejections).Code);
        if (flushed) await fixture.Store.FlushAsync(None);
        Assert.Equal([$"m{{service=\"shop\"}} {Now}=1 {Now + 10}={{n=2 sum=3}} {Now + 20}=3"], fixture.Read("m"));
        Assert.Equal(1, (await fixture.Write(new HistogramSample(Of("m"), Now + 10, Histogram(1, 2)))).Accepted);
        Assert.Equal(1, (await fixture.Write(new HistogramSample(Of("m"), Now + 10, Histogram(1, 3)))).Rejected);
    }

    [Fact]
    public async Task The_limit_on_series_rejects_new_ones_and_keeps_the_old_going()
    {
        await using var fixture = Opened(change: o => o with { MaxSeries = 2 });
        await fixture.Write(new FloatSample(Of("a"), Now, 1), new FloatSample(Of("b"), Now, 1));
        var outcome = await fixture.Write(new FloatSample(Of("c"), Now, 1), new FloatSample(Of("a"), Now + 1, 1));
        Assert.Equal("too-many-series", Assert.Single(outcome.Rejections).Code);
        Assert.Equal(1, outcome.Accepted);
    }

    [Fact]
    public async Task What_could_not_be_read_back_is_not_accepted()
    {
        await using var fixture = Opened();
        var outcome = await fixture.Write(
            new FloatSample(Labels.Empty, Now, 1),
            new FloatSample(Of("m", "\ud800"), Now, 1),
            new FloatSample(Of("m", new string('x', 4097)), Now, 1),
            new FloatSample(Labels.Of("m", (new string('x', 1025), "v")), Now, 1),
            new FloatSample(Labels.Of("m", [.. Enumerable.Range(0, 64).Select(i => ($"l{i}", "v"))]), Now, 1),
            new FloatSample(Of("m"), Now, 1, new SampleNote(new string('x', 300_000), null, null)));
        Assert.Equal(["no-labels", "invalid-label", "label-too-long", "label-too-long", "too-many-labels", "note-too-large"], outcome.Rejections.Select(r => r.Code));
        var broken = new Metrics.Histograms.Histogram { Scale = 3, Positive = new([5, 4], [1, 1]) };
        Assert.Equal("invalid-histogram", Assert.Single((await fixture.Write(new HistogramSample(Of("h"), Now, broken))).Rejections).Code);
        await fixture.Restart();
    }

    [Fact]
    public async Task At_most_a_hundred_rejections_are_listed_and_all_are_counted()
    {
        await using var fixture = Opened();
        var outcome = await fixture.Write([.. Enumerable.Range(0, 250).Select(_ => new FloatSample(Of("m"), -1, 1))]);
        Assert.Equal((250, 100), (outcome.Rejected, outcome.Rejections.Count));
    }

    [Fact]
    public async Task A_query_sees_what_was_there_when_it_began()
    {
        await using var fixture = Opened();
        for (int i = 0; i < 300; i++) await fixture.Write(new FloatSample(Of("m"), Now + i * 10, i));
        var before = fixture.Store.Select([Name("m")], 0, long.MaxValue)[0];
        string wanted = Text(before, 0, long.MaxValue);
        for (int i = 0; i < 300; i++) await fixture.Write(new FloatSample(Of("m"), Now + i * 10 + 5, i), new FloatSample(Of("m"), Now - i, i), new FloatSample(Of("m"), Now + 10_000 + i, i));
        Assert.Equal(wanted, Text(before, 0, long.MaxValue));
        await fixture.Store.FlushAsync(None);
        Assert.Equal(wanted, Text(before, 0, long.MaxValue));
        // One of the backward ones repeats the first sample.
        Assert.Equal(1199, fixture.Only("m").Count);
    }

    [Fact]
    public async Task A_query_still_reads_blocks_that_compaction_has_replaced()
    {
        await using var fixture = Opened();
        for (int i = 0; i < 5; i++)
        {
            await fixture.Write(new FloatSample(Of("m"), Now + i, i));
            await fixture.Store.FlushAsync(None);
        }
        var before = fixture.Store.Select([Name("m")], 0, long.MaxValue)[0];
        await fixture.Store.CompactAsync(all: true, None);
        Assert.Equal(1, fixture.Store.Stats().Blocks);
        Assert.Equal(5, Samples(before).Count);
        Assert.Equal(5, fixture.Only("m").Count);
    }

    [Fact]
    public async Task Series_names_and_values_are_found_by_selectors_and_time()
    {
        await using var fixture = Opened();
        await fixture.Write(new FloatSample(Of("old"), Now - 1000, 1), new FloatSample(Of("old", "cart"), Now, 1));
        await fixture.Store.FlushAsync(None);
        await fixture.Write(new FloatSample(Labels.Of("new", ("zone", "a")), Now + 5, 1));
        var store = fixture.Store;
        Assert.Equal(["__name__", "service", "zone"], store.LabelNames([], 0, long.MaxValue));
        Assert.Equal(["__name__", "service"], store.LabelNames([], 0, Now));
        Assert.Equal(["cart", "shop"], store.LabelValues("service", [], 0, long.MaxValue));
        Assert.Equal(["cart"], store.LabelValues("service", [], Now, long.MaxValue));
        Assert.Equal(["new"], store.LabelValues("__name__", [[new LabelMatcher(MatchKind.Regex, "zone", "a|b")]], 0, long.MaxValue));
        Assert.Equal([Labels.Of("new", ("zone", "a")), Of("old", "cart"), Of("old")], store.Series([[Name("new")], [Name("old")], [Name("old")]], 0, long.MaxValue));
        Assert.Equal(2, store.Series([], 0, long.MaxValue, limit: 2).Count);
    }

    [Fact]
    public async Task A_second_opener_is_told_that_the_directory_is_in_use()
    {
        await using var fixture = Opened();
        var problem = Assert.Throws<ProblemException>(() => EmbeddedStore.Open(fixture.Options)).Problems[0];
        Assert.Equal(("store-locked", "The data directory is in use by process 4711."), (problem.Code, problem.What));
    }

    [Fact]
    public async Task A_failed_sync_makes_the_store_read_only_and_queries_go_on()
    {
        await using var fixture = Opened(change: o => o with { Sync = Durable.JournalSync.Always });
        await fixture.Write(new FloatSample(Of("m"), Now, 1));
        fixture.Files.FailSyncs = true;
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => fixture.Write(new FloatSample(Of("m"), Now + 1, 2)))).Problems[0];
        Assert.Equal("store-read-only", problem.Code);
        Assert.Contains("Input/output error", problem.What);
        fixture.Files.FailSyncs = false;
        Assert.Equal("store-read-only", (await Assert.ThrowsAsync<ProblemException>(() => fixture.Write(new FloatSample(Of("m"), Now + 2, 2)))).Problems[0].Code);
        Assert.False(fixture.Store.Ready);
        Assert.Equal(problem, fixture.Store.Fault);
        Assert.NotEmpty(fixture.Read("m"));
    }

    [Fact]
    public async Task A_flush_that_fails_makes_the_store_read_only_and_loses_nothing()
    {
        await using var fixture = Opened();
        await fixture.Write(new FloatSample(Of("m"), Now, 1));
        fixture.Files.WriteBudget = 20;
        Assert.Equal("store-read-only", (await Assert.ThrowsAsync<ProblemException>(() => fixture.Store.FlushAsync(None))).Problems[0].Code);
        Assert.Equal([1], fixture.Only("m").Values.ToArray());
        fixture.Files.WriteBudget = null;
        await fixture.Restart();
        Assert.Equal([1], fixture.Only("m").Values.ToArray());
        await fixture.Store.FlushAsync(None);
    }

    [Fact]
    public async Task Background_work_flushes_and_merges_by_itself()
    {
        await using var fixture = Opened(change: o => o with { Background = true, FlushSamples = 100 });
        for (int i = 0; i < 3000; i++) await fixture.Write(new FloatSample(Of("m"), Now + i, i));
        Assert.Equal(3000, fixture.Only("m").Count);
        await fixture.Restart();
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => (double)i), fixture.Only("m").Values.ToArray());
        Assert.InRange(fixture.Store.Stats().Blocks, 1, 15);
    }

    [Fact]
    public async Task Closing_leaves_little_to_read_back_from_the_log()
    {
        await using var fixture = Opened(change: o => o with { Background = true, FlushSamples = 800 });
        for (int i = 0; i < 100; i++) await fixture.Write(new FloatSample(Of("m"), Now + i, i));
        await fixture.Restart();
        Assert.Equal((1, 0), (fixture.Store.Stats().Blocks, fixture.Store.Stats().PendingSamples));
        await fixture.Write(new FloatSample(Of("m"), Now + 1000, 1));
        await fixture.Restart();
        Assert.Equal((1, 1), (fixture.Store.Stats().Blocks, fixture.Store.Stats().PendingSamples));
    }

    [Fact]
    public async Task Old_log_segments_go_when_their_samples_are_in_a_block()
    {
        await using var fixture = Opened();
        for (int i = 0; i < 500; i++) await fixture.Write(new FloatSample(Of("m"), Now + i, i));
        long before = fixture.Store.Stats().LogBytes;
        await fixture.Store.FlushAsync(None);
        Assert.InRange(fixture.Store.Stats().LogBytes, 0, before / 4);
        await fixture.Write(new FloatSample(Of("m"), Now + 1000, 1));
        await fixture.Restart();
        Assert.Equal(501, fixture.Only("m").Count);
    }
}
