using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.PromQL;
using static Headroom.Metrics.Tests.Storage.StoreFixture;

namespace Headroom.Metrics.Tests.Storage.Deletions;

public sealed class DeletionTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task What_is_deleted_stays_gone_over_restarts_and_merges_and_its_neighbours_stay(bool flushed, bool restartFirst)
    {
        await using var fixture = Opened();
        for (int i = 0; i < 20; i++) await fixture.Write(new FloatSample(Of("a"), Now + i, i), new FloatSample(Of("a", "other"), Now + i, i), new FloatSample(Of("b"), Now + i, i));
        if (flushed) await fixture.Store.FlushAsync(None);
        await Delete(fixture, "a{service=\"shop\"}", Now + 5, Now + 14);
        if (restartFirst) await fixture.Restart();
        for (int round = 0; round < 3; round++)
        {
            Assert.Equal([0, 1, 2, 3, 4, 15, 16, 17, 18, 19], Samples(fixture.Store.Select(PromqlSyntax.ParseSelector("a{service=\"shop\"}"), 0, long.MaxValue)[0]).Values.ToArray());
            Assert.Equal(20, Samples(fixture.Store.Select(PromqlSyntax.ParseSelector("a{service=\"other\"}"), 0, long.MaxValue)[0]).Count);
            Assert.Equal(20, fixture.Only("b").Count);
            Assert.All(fixture.Store.Select(PromqlSyntax.ParseSelector("a{service=\"shop\"}"), Now + 5, Now + 14), series => Assert.Equal(0, Samples(series, Now + 5, Now + 14).Count));
            if (round == 0) await fixture.Restart();
            if (round == 1) await fixture.Store.CompactAsync(all: true, None);
        }
        Assert.Equal(50, fixture.Store.Stats().Samples);
    }

    [Fact]
    public async Task A_series_deleted_wholly_is_in_no_list_any_more_and_its_times_are_free()
    {
        await using var fixture = Opened();
        await fixture.Write(new FloatSample(Of("a"), Now, 1), new FloatSample(Of("b", "only"), Now, 1));
        await Delete(fixture, "b", 0, long.MaxValue);
        Assert.Equal(["shop"], fixture.Store.LabelValues("service", [], 0, long.MaxValue));
        Assert.Equal(1, (await fixture.Write(new FloatSample(Of("b", "only"), Now, 7))).Accepted);
        Assert.Equal([7], fixture.Only("b").Values.ToArray());
        await fixture.Restart();
        await fixture.Store.FlushAsync(None);
        await fixture.Store.CompactAsync(all: true, None);
        Assert.Equal([7], fixture.Only("b").Values.ToArray());
    }

    [Fact]
    public async Task Observations_that_are_still_collecting_are_deleted_and_the_series_goes_on()
    {
        await using var fixture = Opened();
        await fixture.Observe(new Observation(Of("d"), Now, 1), new Observation(Of("d"), Now + 1000, 2));
        await Delete(fixture, "d", 0, Now + 5000);
        Assert.Empty(fixture.Read("d"));
        Assert.Empty(fixture.Store.ReadRawSamples(null, "d", 0, long.MaxValue, 10).Samples);
        Assert.Equal(1, (await fixture.Observe(new Observation(Of("d"), Now + 60_000, 3))).Accepted);
        await fixture.Restart();
        Assert.Equal(3, fixture.Only("d").HistogramAt(fixture.Only("d").Count - 1)!.Count);
        Assert.Single(fixture.Store.ReadRawSamples(null, "d", 0, long.MaxValue, 10).Samples);
    }

    [Fact]
    public async Task Exemplars_of_deleted_samples_go_too()
    {
        await using var fixture = Opened();
        var request = new WriteRequest();
        foreach (string metric in (string[])["a", "b"])
        {
            request.Samples.Add(new FloatSample(Of(metric), Now, 1));
            request.Exemplars.Add(new Exemplar(Of(metric), Labels.From(new Label("trace_id", "t")), 1, Now));
        }
        await fixture.Store.AppendAsync(request, None);
        await Delete(fixture, "a", 0, long.MaxValue);
        await fixture.Restart();
        Assert.Equal("b", Assert.Single(fixture.Store.Exemplars([[]], 0, long.MaxValue)).Series.Name);
    }

    [Fact]
    public async Task Deletions_are_bounded_until_a_compaction()
    {
        await using var fixture = Opened(change: o => o with { MaxTombstones = 2 });
        await fixture.Write(new FloatSample(Of("a"), Now, 1), new FloatSample(Of("x"), Now, 1), new FloatSample(Of("y"), Now, 1), new FloatSample(Of("z"), Now, 1));
        await Delete(fixture, "nothing", 0, long.MaxValue);
        await Delete(fixture, "x", 0, long.MaxValue);
        await Delete(fixture, "y", 0, long.MaxValue);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => Delete(fixture, "z", 0, long.MaxValue));
        Assert.Equal("too-many-deletions", refused.Problems[0].Code);
        await fixture.Store.CompactAsync(all: true, None);
        await Delete(fixture, "z", 0, long.MaxValue);
        Assert.Equal(["a"], fixture.Store.LabelValues(Labels.MetricName, [], 0, long.MaxValue));
        Assert.Equal([1], fixture.Only("a").Values.ToArray());
    }

    [Fact]
    public async Task A_query_that_runs_still_sees_what_was_there_when_it_began()
    {
        await using var fixture = Opened();
        await fixture.Write(new FloatSample(Of("a"), Now, 1));
        await fixture.Store.FlushAsync(None);
        var before = fixture.Store.Select([Name("a")], 0, long.MaxValue)[0];
        await Delete(fixture, "a", 0, long.MaxValue);
        await fixture.Store.CompactAsync(all: true, None);
        Assert.Equal([1], Samples(before).Values.ToArray());
        Assert.Empty(fixture.Read("a"));
        Assert.Equal(0, fixture.Store.Stats().Blocks);
    }

    private static Task Delete(StoreFixture fixture, string selector, long start, long end) =>
        fixture.Store.DeleteAsync([PromqlSyntax.ParseSelector(selector)], start, end, None);
}
