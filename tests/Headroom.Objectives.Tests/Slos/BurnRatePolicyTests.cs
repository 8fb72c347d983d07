using Headroom.Objectives.Slos;

namespace Headroom.Objectives.Tests.Slos;

public sealed class BurnRatePolicyTests
{
    [Theory]
    [InlineData(30, new[] { 14.4, 6, 3, 1 })]
    [InlineData(28, new[] { 13.44, 5.6, 2.8, 0.933333333 })]
    [InlineData(90, new[] { 43.2, 18, 9, 3 })]
    public void The_factors_are_the_published_ones(int days, double[] factors) =>
        Assert.Equal(factors, BurnRatePolicy.For(TimeSpan.FromDays(days)).Select(r => r.Factor));

    [Fact]
    public void Long_and_short_windows_are_the_published_ones()
    {
        var rules = BurnRatePolicy.For(TimeSpan.FromDays(30));
        Assert.Equal(["1h/5m page", "6h/30m page", "1d/2h ticket", "3d/6h ticket"],
            rules.Select(r => $"{Configuration.Values.DurationText.Format(r.Long)}/{Configuration.Values.DurationText.Format(r.Short)} {r.Severity.ToString().ToLowerInvariant()}"));
    }

    [Fact]
    public void Firing_means_that_the_stated_share_of_the_budget_went_in_the_long_window()
    {
        foreach (int days in (int[])[3, 7, 28, 30, 90, 365])
            foreach (var rule in BurnRatePolicy.For(TimeSpan.FromDays(days)))
                Assert.Equal(rule.Budget, rule.Factor * (rule.Long / TimeSpan.FromDays(days)), 6);
    }

    [Fact]
    public void Rows_longer_than_the_window_are_left_out()
    {
        Assert.Equal(3, BurnRatePolicy.For(TimeSpan.FromDays(1)).Count);
        Assert.Single(BurnRatePolicy.For(TimeSpan.FromHours(1)));
    }

    [Fact]
    public void A_rule_that_total_failure_does_not_reach_says_so()
    {
        var rule = BurnRatePolicy.For(TimeSpan.FromDays(30))[0];
        Assert.True(rule.CanFire(0.999));
        Assert.False(rule.CanFire(0.9));
        Assert.True(rule.CanFire(1));
    }

    [Fact]
    public void One_bad_event_alone_does_not_fire_with_the_default_minimum()
    {
        foreach (double objective in (double[])[0.9, 0.99, 0.999, 0.9999])
            foreach (var rule in BurnRatePolicy.For(TimeSpan.FromDays(30)))
            {
                double fewest = Math.Ceiling(rule.MinimumEvents(ErrorBudgetTests.Status(0, 1, objective).Slo));
                Assert.True(ErrorBudget.BurnRate(1 / fewest, objective) <= rule.Factor * (1 + 1e-9));
            }
    }

    [Theory]
    [InlineData(30, 24)]
    [InlineData(90, 72)]
    [InlineData(7, 1)]
    [InlineData(1, 1)]
    public void The_present_is_at_most_a_thirtieth_of_the_period(int days, int hours) => Assert.Equal(TimeSpan.FromHours(hours), BurnRatePolicy.PresentWindow(TimeSpan.FromDays(days)));
}
