using Headroom.Configuration.Diagnostics;
using static Headroom.Runs.Tests.Steps;

namespace Headroom.Runs.Tests.Plans;

public sealed class PlanValidatorTests
{
    [Fact]
    public void Every_error_is_reported_at_once()
    {
        var plan = new RunPlan
        {
            Name = " ",
            Limits = new Dictionary<string, LimitSpec> { ["api"] = new() { RatePerSecond = -1 }, ["both"] = new() { Concurrency = 1, RatePerSecond = 1 }, ["none"] = new() { Concurrency = 0 }, ["small"] = LimitSpec.Slots(2) },
            Deadline = TimeSpan.Zero,
            Steps =
            [
                Step("a", "nowhere"),
                Step("a"),
                Step("bad id"),
                Step("x/../y"),
                Step("self", "self"),
                Step("w") with { Limits = new Dictionary<string, int> { ["unknown"] = 1, ["small"] = 3 } },
                Step("neg") with { Timeout = TimeSpan.FromSeconds(-1), Retry = new RetryPolicy { Attempts = 0 } },
                Step("wait") with { Wait = new WaitSpec() },
                Step("until") with { Action = null, Wait = new WaitSpec { Until = true } },
                Step("long") with { Wait = new WaitSpec { Until = true, For = TimeSpan.FromHours(1), Timeout = TimeSpan.FromMinutes(1) } },
                Step("p", "q"),
                Step("q", "p"),
            ],
        };

        var problems = PlanValidator.Validate(plan);

        Assert.Equal(
            ["name", "deadline", "limits", "limits", "limits", "steps[1].id", "steps[2].id", "steps[3].id", "steps[0].needs", "steps[4].needs",
                "steps[5].limits", "steps[5].limits", "steps[6].retry", "steps[6].timeout", "steps[7].wait", "steps[8].wait", "steps[9].wait", "steps[10].needs"],
            problems.Select(p => p.Where));
        Assert.All(problems, p => Assert.StartsWith("run-plan-", p.Code, StringComparison.Ordinal));
        Assert.Contains(problems, p => p.Code == "run-plan-duplicate-step" && p.What.Contains("first by step 1", StringComparison.Ordinal));
    }

    [Fact]
    public void An_empty_plan_is_refused() =>
        Assert.Equal("run-plan-empty", Assert.Single(PlanValidator.Validate(Plan())).Code);

    [Fact]
    public void A_cycle_is_shown_as_the_path_around_it_and_each_cycle_once()
    {
        var plan = Plan(Step("start"), Step("a", "start", "c"), Step("b", "a"), Step("c", "b"), Step("x", "y", "a"), Step("y", "x"));
        var cycles = PlanValidator.Validate(plan).Where(p => p.Code == "run-plan-cycle").Select(p => p.What).ToList();
        Assert.Equal(2, cycles.Count);
        Assert.Contains(cycles, c => c.Contains("a → c → b → a", StringComparison.Ordinal) || c.Contains("c → b → a → c", StringComparison.Ordinal) || c.Contains("b → a → c → b", StringComparison.Ordinal));
        Assert.Contains(cycles, c => c.Contains("x → y → x", StringComparison.Ordinal) || c.Contains("y → x → y", StringComparison.Ordinal));
    }

    [Fact]
    public void A_chain_of_200000_steps_and_a_cycle_through_all_of_them_are_no_trouble()
    {
        var steps = Enumerable.Range(0, 200_000).Select(i => Step($"s{i}", i == 0 ? [] : [$"s{i - 1}"])).ToArray();
        Assert.Empty(PlanValidator.Validate(Plan(steps)));
        Assert.Equal(200_000, PreparedPlan.From(Plan(steps)).Count);

        steps[0] = steps[0] with { Needs = ["s199999"] };
        Assert.Equal("run-plan-cycle", Assert.Single(PlanValidator.Validate(Plan(steps))).Code);
    }

    [Fact]
    public void A_need_that_is_nearly_right_is_suggested() =>
        Assert.Contains("Did you mean 'shop/deploy'?", Assert.Single(PlanValidator.Validate(Plan(Step("shop/deploy"), Step("b", "deploy")))).What, StringComparison.Ordinal);

    [Fact]
    public void A_plan_that_is_not_valid_cannot_be_prepared() =>
        Assert.Equal(2, Assert.Throws<ProblemException>(() => PreparedPlan.From(Plan(Step("a", "b"), Step("c", "d")))).Problems.Count);
}
