using Headroom.Resilience.RateLimiting;
using Headroom.TestKit;

namespace Headroom.Resilience.Tests.RateLimiting;

public sealed class RateBudgetsTests
{
    private readonly VirtualTimeProvider _time = new();

    [Fact]
    public void Setting_a_known_name_changes_the_budget_that_callers_hold()
    {
        using var budgets = new RateBudgets(_time);
        RateBudget held = budgets.Set("ecs", RateBudgetOptions.PerSecond(1, 1));
        held.AttemptAcquire();
        var waits = new Pending(held.AcquireAsync(1, CancellationToken.None));

        RateBudget again = budgets.Set("ecs", RateBudgetOptions.PerSecond(1, 1000));
        _time.Advance(TimeSpan.FromMilliseconds(2));

        Assert.Same(held, again);
        Assert.True(waits.Granted);
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        using var budgets = new RateBudgets(_time);
        budgets.Set("s3", RateBudgetOptions.PerSecond(1, 1));
        budgets.Set("ecs", RateBudgetOptions.PerSecond(1, 1));

        KeyNotFoundException thrown = Assert.Throws<KeyNotFoundException>(() => budgets["sqs"]);
        Assert.Contains("ecs, s3", thrown.Message, StringComparison.Ordinal);
        Assert.False(budgets.TryGet("sqs", out _));
        Assert.Equal(["ecs", "s3"], budgets.Names);
    }

    [Fact]
    public void Bad_options_leave_the_budget_as_it_was()
    {
        using var budgets = new RateBudgets(_time);
        budgets.Set("ecs", RateBudgetOptions.PerSecond(7, 1));
        Assert.Throws<ArgumentException>(() => budgets.Set("ecs", RateBudgetOptions.PerSecond(0, 1)));
        Assert.Equal(7, budgets["ecs"].Options.Bounds[0].Burst);
    }

    [Fact]
    public void Removing_refuses_those_who_wait()
    {
        using var budgets = new RateBudgets(_time);
        RateBudget budget = budgets.Set("ecs", RateBudgetOptions.PerSecond(1, 1));
        budget.AttemptAcquire();
        var waits = new Pending(budget.AcquireAsync(1, CancellationToken.None));

        Assert.True(budgets.Remove("ecs"));
        Assert.False(budgets.Remove("ecs"));
        Assert.True(waits.Refused);
        Assert.Empty(budgets.Names);
    }

    [Theory]
    [InlineData("dynamodb", 1000, 100)]
    [InlineData("s3", 3500, 350)]
    [InlineData("lambda", 1000, 100)]
    [InlineData("ecs", 500, 50)]
    [InlineData("ecs/task-definition-modify", 20, 1)]
    [InlineData("ecs/service-modify", 50, 5)]
    public void The_defaults_are_the_documented_ones(string name, int burst, double perSecond)
    {
        using var budgets = new RateBudgets(AwsRateBudgets.Defaults, _time);
        RateBound bound = Assert.Single(budgets[name].Options.Bounds);
        Assert.Equal(burst, bound.Burst);
        Assert.Equal(perSecond, bound.PermitsPerSecond);
    }

    [Fact]
    public void A_thousand_task_definitions_take_the_documented_sixteen_minutes()
    {
        using var budgets = new RateBudgets(AwsRateBudgets.Defaults, _time);
        RateBudget budget = budgets["ecs/task-definition-modify"];
        Pending[] calls = [.. Enumerable.Range(0, 1000).Select(_ => new Pending(budget.AcquireAsync(1, CancellationToken.None)))];
        _time.Advance(TimeSpan.FromSeconds(979));
        Assert.False(calls[^1].Done);
        _time.Advance(TimeSpan.FromSeconds(1.001));
        Assert.All(calls, call => Assert.True(call.Granted));
    }
}
