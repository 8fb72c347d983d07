using static Headroom.Runs.Tests.Steps;

namespace Headroom.Runs.Tests.Engine;

public sealed class WaitsAndDecisionsTests
{
    private static readonly Dictionary<string, LimitSpec> OneWorker = new() { [RunPlan.WorkersLimit] = LimitSpec.Slots(1) };

    private static StepSpec Waits(string id, double forSeconds, bool until = false, double every = 5, double timeout = 60) =>
        Step(id) with { Wait = new WaitSpec { For = TimeSpan.FromSeconds(forSeconds), Until = until, Every = TimeSpan.FromSeconds(every), Timeout = TimeSpan.FromSeconds(timeout) } };

    [Fact]
    public void A_waiting_step_holds_no_worker()
    {
        var run = new EngineDriver(Plan(OneWorker, Waits("a", 300), Step("b"), Step("c", "a"))).Begin();
        run.Done("a");
        Assert.Equal(["b"], run.Acting);
        run.Done("b");
        run.Advance(299);
        Assert.Empty(run.Acting);
        run.Advance(2);
        Assert.Equal(["c"], run.Acting);
    }

    [Fact]
    public void A_wait_goes_on_where_it_was_when_the_run_is_taken_up_again()
    {
        var run = new EngineDriver(Plan(Waits("a", 100), Step("b"), Step("c", "a"))).Begin();
        run.Done("a");
        run.Advance(60);
        run.Done("b");
        run = run.Crash();
        run.Advance(39);
        Assert.Empty(run.Acting);
        run.Advance(2);
        Assert.Equal(["c"], run.Acting);
    }

    [Fact]
    public void A_condition_must_hold_without_a_break_for_as_long_as_asked()
    {
        var run = new EngineDriver(Plan(Waits("a", 10, until: true), Step("b", "a"))).Begin();
        run.Done("a");
        run.Polled("a", PollVerdict.Holds);
        run.Advance(5);
        run.Polled("a", PollVerdict.NotYet);
        for (int i = 0; i < 2; i++)
        {
            run.Advance(5);
            run.Polled("a", PollVerdict.Holds);
        }
        Assert.Equal(StepState.Waiting, run.State("a"));
        run.Advance(5);
        run.Polled("a", PollVerdict.Holds);
        Assert.Equal(["b"], run.Acting);
    }

    [Fact]
    public void A_condition_that_never_holds_fails_the_step_and_its_effect_is_still_known()
    {
        var run = new EngineDriver(Plan(Waits("a", 0, until: true, timeout: 12), Step("b", "a"))).Begin();
        run.Done("a");
        for (int i = 0; i < 4; i++)
        {
            run.Polled("a", PollVerdict.NotYet);
            run.Advance(5);
        }
        Assert.Equal((StepState.Failed, StepState.Quarantined, true), (run.State("a"), run.State("b"), run.View("a").Touched));
        Assert.Contains("did not hold within", run.View("a").Text, StringComparison.Ordinal);

        run.Decide("a", StepDecision.Retry);
        run.Polled("a", PollVerdict.Holds);
        Assert.Equal(["b"], run.Acting);
        Assert.Equal(1, run.View("a").Attempts);
    }

    [Fact]
    public void A_step_without_action_joins_others()
    {
        var run = new EngineDriver(Plan(Step("a"), Step("b"), Step("all", "a", "b") with { Action = null }, Step("c", "all"))).Begin();
        run.Done("a");
        run.Done("b");
        Assert.Equal(["c"], run.Acting);
        Assert.False(run.View("all").Touched);
    }

    [Fact]
    public void A_step_that_needs_approval_waits_for_it_also_after_a_crash()
    {
        var run = new EngineDriver(Plan(Step("a") with { NeedsApproval = true }, Step("b", "a"))).Begin().Crash();
        Assert.Equal(StepState.NeedsApproval, run.State("a"));
        Assert.Equal([RunCommandKind.Blocked], run.Said);
        run.Decide("a", StepDecision.Approve);
        Assert.Equal(["a"], run.Acting);
        run = run.Crash();
        run.Looked("a", CheckVerdict.NotDone);
        Assert.Equal(["a"], run.Acting);
    }

    [Fact]
    public void A_rejected_approval_fails_the_step()
    {
        var run = new EngineDriver(Plan(Step("a") with { NeedsApproval = true }, Step("b", "a"))).Begin();
        run.Decide("a", StepDecision.Reject);
        Assert.Equal((StepState.Failed, StepState.Quarantined, RunResult.Failed), (run.State("a"), run.State("b"), run.Engine.Result));
        Assert.Equal("rejected by someone", run.View("a").Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_failed_step_can_be_retried_when_its_cause_is_mended_even_after_the_end(bool afterCrash)
    {
        var run = new EngineDriver(Plan(Step("a"), Step("b"), Step("c", "a"), Step("d", "a", "b"))).Begin();
        run.ComesBack("a", StepResult.Failed("no"));
        run.ComesBack("b", StepResult.Failed("no"));
        Assert.Equal(RunResult.Failed, run.Engine.Result);
        if (afterCrash) run = run.Crash();

        run.Decide("a", StepDecision.Retry);
        Assert.Equal((RunPhase.Running, null), (run.Engine.Phase, run.Engine.Result));
        run.Done("a");
        run.Done("c");
        Assert.Equal((RunResult.Failed, StepState.Quarantined), (run.Engine.Result, run.State("d")));
        run.Decide("b", StepDecision.Done);
        run.Done("d");
        Assert.Equal(RunResult.Succeeded, run.Engine.Result);
        Assert.Equal(RunResult.Succeeded, new EngineDriver(run.Plan.Plan, run.Journal).Engine.Result);
    }

    [Fact]
    public void A_decision_that_means_nothing_is_ignored()
    {
        var run = new EngineDriver(Plan(Step("a"))).Begin();
        foreach (var decision in Enum.GetValues<StepDecision>())
        {
            Assert.False(run.Engine.CanDecide(0, decision));
            run.Decide("a", decision);
        }
        Assert.Equal(StepState.Running, run.State("a"));
        Assert.DoesNotContain(run.Journal, r => r.Type == RunRecordType.Decided);
    }
}
