using FsCheck;
using FsCheck.Fluent;
using Headroom.Metrics;
using Headroom.Objectives.Slos;

namespace Headroom.Objectives.Tests.Slos;

public sealed class ErrorBudgetTests
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);

    private static Gen<(double Bad, double Total, double Objective)> Counts =>
        from total in Gen.Choose(1, 1_000_000)
        from bad in Gen.Choose(0, total)
        from objective in Gen.Elements(0.5, 0.9, 0.99, 0.995, 0.999, 0.9999, 1.0)
        select ((double)bad, (double)total, objective);

    [Fact]
    public void The_objective_is_met_exactly_when_budget_is_left() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Counts.ToArbitrary(), c =>
    {
        var status = Status(c.Bad, c.Total, c.Objective);
        return (status.Verdict == SloVerdict.Met) == (status.BudgetRemaining is { } left ? left >= -1e-9 : c.Bad == 0);
    }));

    [Fact]
    public void A_burn_rate_of_one_over_the_window_spends_the_budget_exactly() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Counts.ToArbitrary(), c =>
        c.Objective >= 1 || Math.Abs(1 - ErrorBudget.BurnRate(c.Bad / c.Total, c.Objective) - ErrorBudget.Remaining(c.Bad, c.Total, c.Objective)!.Value) < 1e-6 * (1 + (1 / (1 - c.Objective)))));

    [Fact]
    public void A_burn_rate_is_never_negative_and_grows_with_the_error_rate() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Counts.ToArbitrary(), c =>
    {
        double rate = ErrorBudget.BurnRate(c.Bad / c.Total, c.Objective);
        return rate >= 0 && rate <= ErrorBudget.BurnRate(1, c.Objective) && (c.Bad == 0) == (rate == 0);
    }));

    [Fact]
    public void A_faster_fire_never_ends_the_budget_later() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(
        Gen.Choose(0, 1000).ToArbitrary(), Gen.Choose(1, 5000).ToArbitrary(), Gen.Choose(1, 720).ToArbitrary(), (left, burn, hours) =>
        {
            var elapsed = TimeSpan.FromHours(hours);
            foreach (bool rolling in (bool[])[true, false])
            {
                var slow = ErrorBudget.ExhaustedIn(left / 1000.0, burn / 100.0, rolling ? Month : elapsed, Month, rolling);
                var fast = ErrorBudget.ExhaustedIn(left / 1000.0, burn / 50.0, rolling ? Month : elapsed, Month, rolling);
                if (slow is not null && (fast is null || fast > slow)) return false;
                if (slow < TimeSpan.Zero || (!rolling && slow > Month - elapsed)) return false;
            }
            return true;
        }));

    [Theory]
    [InlineData(1.0, 2.0, 15.0)]
    [InlineData(0.5, 14.4, 30 * 0.5 / 14.4)]
    [InlineData(0.0, 2.0, 0.0)]
    public void The_whole_budget_lasts_the_window_divided_by_the_burn_rate(double left, double burn, double days) =>
        Assert.Equal(days, ErrorBudget.ExhaustedIn(left, burn, Month, Month, rolling: true)!.Value.TotalDays, 6);

    [Fact]
    public void A_rolling_budget_that_burns_no_faster_than_it_is_forgiven_lasts()
    {
        Assert.Null(ErrorBudget.ExhaustedIn(0.2, 1, Month, Month, rolling: true));
        Assert.Null(ErrorBudget.ExhaustedIn(1, 0, Month, Month, rolling: true));
    }

    [Fact]
    public void A_calendar_budget_lasts_when_its_period_ends_first()
    {
        // Ten days gone, a third of the budget used as planned: at 1.0 it ends with the period, at 2.0 half-way through the rest.
        Assert.Null(ErrorBudget.ExhaustedIn(0.5, 0.9, TimeSpan.FromDays(10), Month, rolling: false));
        Assert.Equal(10, ErrorBudget.ExhaustedIn(0, 2, TimeSpan.FromDays(10), Month, rolling: false)!.Value.TotalDays, 6);
    }

    [Fact]
    public void An_objective_of_one_hundred_percent_has_no_budget()
    {
        Assert.Null(ErrorBudget.Remaining(1, 1000, 1));
        Assert.Equal(double.PositiveInfinity, ErrorBudget.BurnRate(0.001, 1));
        Assert.Equal(0, ErrorBudget.BurnRate(0, 1));
        Assert.Equal(SloVerdict.Met, Status(0, 1000, 1).Verdict);
        Assert.Equal(SloVerdict.Missed, Status(1, 1_000_000, 1).Verdict);
    }

    internal static SloStatus Status(double bad, double total, double objective) => new()
    {
        Slo = new SloDefinition { Name = "x", Objective = objective, Window = new RollingWindow(Month), Sli = new RatioSli(null, "b", "t") },
        Labels = Labels.Empty,
        From = Given.Start,
        To = Given.Start + Month,
        Counts = new SliCounts(Labels.Empty, bad, total, []),
        Burn = [],
        Notes = [],
    };
}
