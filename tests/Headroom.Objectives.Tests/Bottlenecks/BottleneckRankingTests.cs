using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Bottlenecks;

namespace Headroom.Objectives.Tests.Bottlenecks;

public sealed class BottleneckRankingTests
{
    [Fact]
    public async Task Each_kind_is_ranked_by_its_share_of_the_whole()
    {
        var backend = new FakeBackend()
            .Gives("time[3600s]", ("search", _ => 60), ("cart", _ => 30), ("pay", _ => 10), ("idle", _ => 0), ("odd", _ => double.NaN))
            .Gives("full", ("db", _ => 0.92));
        var lists = await new BottleneckRanking(backend).RankAsync(
            [new(BottleneckKind.SlowOperation, "time[$window]"), new(BottleneckKind.Saturation, "full")], 0, TimeSpan.FromHours(1), 2, TestContext.Current.CancellationToken);
        var slow = lists.Single(l => l.Kind == BottleneckKind.SlowOperation);
        Assert.Equal(100, slow.Total);
        Assert.Equal([("search", 0.6), ("cart", 0.3)], slow.Entries.Select(e => (e.Labels["service"], e.Share)));
        var full = Assert.Single(lists.Single(l => l.Kind == BottleneckKind.Saturation).Entries);
        Assert.Equal(0.92, full.Share);
        Assert.Empty(lists.Single(l => l.Kind == BottleneckKind.Errors).Entries);
    }

    [Fact]
    public async Task A_query_that_fails_is_noted_and_hurts_no_other()
    {
        var backend = new FakeBackend().Fails("bad", "no such function").Gives("good", ("a", _ => 1));
        var lists = await new BottleneckRanking(backend).RankAsync([new(BottleneckKind.Errors, "bad"), new(BottleneckKind.Errors, "good")], 0, TimeSpan.FromHours(1), 5, TestContext.Current.CancellationToken);
        var errors = lists.Single(l => l.Kind == BottleneckKind.Errors);
        Assert.Single(errors.Entries);
        Assert.Contains("no such function", Assert.Single(errors.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_usual_query_can_be_parsed() =>
        Assert.All(BottleneckQuery.Defaults, q => PromqlSyntax.Check(q.Over(TimeSpan.FromDays(1))));
}
