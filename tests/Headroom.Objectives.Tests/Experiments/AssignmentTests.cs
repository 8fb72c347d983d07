using Headroom.Objectives.Experiments;

namespace Headroom.Objectives.Tests.Experiments;

public sealed class AssignmentTests
{
    private static ExperimentDefinition Pool(params (string Name, double Weight)[] variants) => new()
    {
        Name = "connection-pool",
        Variants = [.. variants.Select(v => new Variant(v.Name, v.Weight))],
        Primary = new ExperimentMetric("duration"),
    };

    private static IEnumerable<string> Users(int count) => Enumerable.Range(0, count).Select(i => $"user-{i}");

    [Fact]
    public void A_user_always_gets_the_same_variant()
    {
        // Golden: another answer would reassign everybody in running experiments.
        var experiment = Pool(("control", 1), ("treatment", 1));
        Assert.Equal("control control control treatment treatment control treatment treatment", string.Join(' ', Users(8).Select(u => Assignment.Assign(experiment, u).Name)));
    }

    [Theory]
    [InlineData(50, 50)]
    [InlineData(90, 10)]
    [InlineData(1, 999)]
    public void Shares_follow_the_weights(double first, double second)
    {
        var experiment = Pool(("a", first), ("b", second));
        const int n = 20_000;
        double share = Users(n).Count(u => Assignment.Assign(experiment, u).Name == "a") / (double)n;
        double expected = first / (first + second);
        Assert.InRange(share, expected - 4 * Math.Sqrt(expected * (1 - expected) / n), expected + 4 * Math.Sqrt(expected * (1 - expected) / n));
    }

    [Fact]
    public void Changing_weights_moves_users_only_to_variants_that_grew_and_no_more_than_needed()
    {
        var before = Pool(("a", 50), ("b", 30), ("c", 20));
        var after = Pool(("a", 50), ("b", 30), ("c", 40));
        const int n = 20_000;
        var moved = Users(n).Select(u => (From: Assignment.Assign(before, u).Name, To: Assignment.Assign(after, u).Name)).Where(m => m.From != m.To).ToList();
        Assert.All(moved, m => Assert.Equal("c", m.To));
        // c grows from 20% to 33.3%: 13.3% must move, and do.
        Assert.InRange(moved.Count / (double)n, 0.125, 0.142);
    }

    [Fact]
    public void Experiments_assign_independently_of_each_other_and_groups_of_variants()
    {
        var one = Pool(("a", 1), ("b", 1));
        var other = one with { Name = "cache" };
        const int n = 20_000;
        double both = Users(n).Count(u => Assignment.Assign(one, u).Name == Assignment.Assign(other, u).Name) / (double)n;
        Assert.InRange(both, 0.485, 0.515);
        var groups = Users(n).Where(u => Assignment.Assign(one, u).Name == "a").GroupBy(u => Assignment.GroupOf(one, u)).ToList();
        Assert.Equal(Assignment.Groups, groups.Count);
        Assert.All(groups, g => Assert.InRange(g.Count(), 55, 150));
    }
}
