using static Headroom.Runs.Tests.Steps;

namespace Headroom.Runs.Tests.Engine;

public sealed class EngineTests
{
    [Fact]
    public void A_step_starts_when_its_intent_is_durable_and_not_before()
    {
        var run = new EngineDriver(Plan(Step("a"))) { HoldJournal = true }.Begin();

        Assert.Contains(run.Journal, r => r.Type == RunRecordType.Intent);
        Assert.Empty(run.Acting);
        run.Settle();
        Assert.Equal(["a"], run.Acting);
    }

    [Fact]
    public void A_dependent_starts_when_the_outcome_is_durable_and_not_before()
    {
        var run = new EngineDriver(Plan(Step("a"), Step("b", "a"))).Begin();

        run.HoldJournal = true;
        run.Done("a");
        Assert.Empty(run.Acting);
        Assert.DoesNotContain(run.Journal, r => r is { Type: RunRecordType.Intent, Step: 1 });
        run.HoldJournal = false;
        run.Settle();
        Assert.Equal(["b"], run.Acting);
    }

    [Fact]
    public void A_run_ends_when_all_steps_have_succeeded()
    {
        var run = new EngineDriver(Plan(Step("a"), Step("b", "a"))).Begin();

        run.Done("a");
        run.Done("b");

        Assert.Equal((RunPhase.Ended, RunResult.Succeeded), (run.Engine.Phase, run.Engine.Result));
        Assert.Equal(RunCommandKind.Ended, run.Said.Single());
        Assert.Null(run.Engine.WakeAt);
    }

    [Fact]
    public void A_failed_step_is_tried_again_after_a_doubling_wait_and_then_set_aside()
    {
        var step = Step("a") with { Retry = new RetryPolicy { Attempts = 3, BaseDelay = TimeSpan.FromSeconds(2), MaxDelay = TimeSpan.FromSeconds(3) } };
        var run = new EngineDriver(Plan(step, Step("b", "a"), Step("c"))).Begin();

        run.ComesBack("a", StepResult.Failed("no"));
        run.Advance(1.99);
        Assert.DoesNotContain("a", run.Acting);
        run.Advance(0.22);
        run.ComesBack("a", StepResult.Failed("no"));
        run.Advance(2.99);
        Assert.DoesNotContain("a", run.Acting);
        run.Advance(0.32);
        run.ComesBack("a", StepResult.Failed("still no"));

        Assert.Equal((StepState.Failed, "still no", 3), (run.State("a"), run.View("a").Text, run.View("a").Attempts));
        Assert.Equal(StepState.Quarantined, run.State("b"));
        Assert.Equal(["c"], run.Acting);
        run.Done("c");
        Assert.Equal(RunResult.Failed, run.Engine.Result);
        Assert.Equal("1 step failed, 1 that need it did not start", run.Engine.ResultText);
    }

    [Fact]
    public void A_rejected_step_is_not_tried_again()
    {
        var run = new EngineDriver(Plan(Step("a") with { Retry = RetryPolicy.Default })).Begin();
        run.ComesBack("a", StepResult.Rejected("forbidden"));
        Assert.Equal((StepState.Failed, RunResult.Failed), (run.State("a"), run.Engine.Result));
    }

    [Fact]
    public void An_interrupted_step_is_looked_at_and_what_was_done_is_not_done_again()
    {
        var run = new EngineDriver(Plan(Step("a"), Step("b"), Step("c", "a", "b"))).Begin();

        var next = run.Crash();
        Assert.Equal(["a", "b"], next.Looking);
        Assert.Empty(next.Acting);
        next.Looked("a", CheckVerdict.Done);
        next.Looked("b", CheckVerdict.NotDone);

        Assert.Equal(["b"], next.Acting);
        Assert.Equal(2, next.View("b").Attempts);
        next.Done("b");
        Assert.Equal(["c"], next.Acting);
    }

    [Fact]
    public void An_interruption_costs_no_try()
    {
        var run = new EngineDriver(Plan(Step("a"))).Begin();
        for (int i = 1; i < RunEngine.MaxInterruptions; i++)
        {
            run = run.Crash();
            run.Looked("a", CheckVerdict.NotDone);
            Assert.Equal(["a"], run.Acting);
        }
        run = run.Crash();
        run.Looked("a", CheckVerdict.NotDone);
        Assert.Equal(StepState.Failed, run.State("a"));
        Assert.Contains("ended 10 times", run.View("a").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_repeatable_step_is_run_again_without_a_look()
    {
        var run = new EngineDriver(Plan(Step("a") with { Repeatable = true })).Begin().Crash();
        Assert.Equal(["a"], run.Acting);
        Assert.Empty(run.Looking);
    }

    [Fact]
    public void A_step_without_answer_is_looked_at_after_its_settle_time()
    {
        var run = new EngineDriver(Plan(Step("a") with { Settle = TimeSpan.FromSeconds(15), Retry = RetryPolicy.Default })).Begin();
        run.ComesBack("a", StepResult.Unknown("timed out"));
        run.Advance(14.9);
        Assert.Empty(run.Looking);
        run.Advance(0.2);
        Assert.Equal(["a"], run.Looking);
        run.Looked("a", CheckVerdict.NotDone);
        run.Advance(2);
        Assert.Equal(["a"], run.Acting);
    }

    [Fact]
    public void What_a_look_cannot_tell_waits_for_a_person_while_the_rest_goes_on()
    {
        var run = new EngineDriver(Plan(Step("a"), Step("b", "a"), Step("c"))).Begin().Crash();
        run.Looked("a", CheckVerdict.Undecided);
        run.Looked("c", CheckVerdict.Done);

        Assert.Equal(StepState.NeedsPerson, run.State("a"));
        Assert.Equal(RunCommandKind.Blocked, run.Said.Single());
        run.Decide("a", StepDecision.Done);
        Assert.Equal(["b"], run.Acting);
        Assert.Equal("declared done by someone", run.View("a").Text);
    }

    [Fact]
    public void A_look_that_fails_is_repeated_before_a_person_is_asked()
    {
        var run = new EngineDriver(Plan(Step("a"))).Begin().Crash();
        for (int i = 0; i < 4; i++)
        {
            run.Looked("a", CheckVerdict.Failed);
            Assert.Equal(StepState.Unknown, run.State("a"));
            run.Advance(40);
        }
        run.Looked("a", CheckVerdict.Failed);
        Assert.Equal(StepState.NeedsPerson, run.State("a"));
    }

    [Fact]
    public void A_step_that_takes_too_long_is_cancelled_once()
    {
        var run = new EngineDriver(Plan(Step("a") with { Timeout = TimeSpan.FromSeconds(5) })).Begin();
        run.Advance(4.9);
        Assert.Empty(run.Said);
        run.Advance(100);
        Assert.Equal([RunCommandKind.Cancel], run.Said);
        Assert.Equal(StepState.Running, run.State("a"));
    }

    [Fact]
    public void An_answer_to_an_earlier_attempt_is_ignored()
    {
        var run = new EngineDriver(Plan(Step("a") with { Retry = RetryPolicy.Default })).Begin();
        run.ComesBack("a", StepResult.Failed("no"));
        run.Advance(2);
        run.Step(RunEvent.Executed(0, 1, StepResult.Done()));
        Assert.Equal(StepState.Running, run.State("a"));
    }

    [Fact]
    public void Throttling_holds_back_the_rate_for_all_and_costs_no_try()
    {
        var limits = new Dictionary<string, LimitSpec> { ["api"] = LimitSpec.Rate(100, 1) };
        StepSpec Draws(string id) => Step(id) with { Limits = new Dictionary<string, int> { ["api"] = 1 } };
        var run = new EngineDriver(Plan(limits, Draws("a"), Draws("b"))).Begin();

        run.ComesBack("a", StepResult.Throttled("slow down", TimeSpan.FromSeconds(5)));
        run.Advance(4.9);
        Assert.Empty(run.Acting);
        run.Advance(0.2);
        Assert.Equal(2, run.Acting.Count());
    }

    [Fact]
    public void A_pause_lets_what_runs_end_and_starts_nothing_until_it_is_over()
    {
        var run = new EngineDriver(Plan(Step("a"), Step("b", "a"))).Begin();
        run.Step(RunEvent.Pause("someone"));
        Assert.Empty(run.Said);
        run.Done("a");
        Assert.Equal([RunCommandKind.Drained], run.Said);
        Assert.Empty(run.Acting);
        run.Step(RunEvent.Continue("someone"));
        Assert.Equal(["b"], run.Acting);
    }

    [Fact]
    public void A_paused_run_goes_on_when_it_is_taken_up()
    {
        var run = new EngineDriver(Plan(Step("a"), Step("b", "a"))).Begin();
        run.Step(RunEvent.Pause("someone"));
        run.Done("a");
        Assert.Equal(["b"], run.Crash().Acting);
    }

    [Fact]
    public void A_stop_ends_the_run_when_what_runs_has_come_back_over_a_crash_too()
    {
        var run = new EngineDriver(Plan(Step("a"), Step("b", "a"))).Begin();
        run.Step(RunEvent.Stop("someone"));
        Assert.Equal(RunPhase.Stopping, run.Engine.Phase);
        var next = run.Crash();
        Assert.Equal((RunPhase.Ended, RunResult.Stopped, "stopped by someone"), (next.Engine.Phase, next.Engine.Result, next.Engine.ResultText));
        Assert.Equal(StepState.Unknown, next.State("a"));
        run.Done("a");
        Assert.Equal(RunResult.Stopped, run.Engine.Result);
        Assert.Empty(run.Acting);
    }

    [Fact]
    public void A_plan_that_stops_at_the_first_failure_starts_nothing_more()
    {
        var plan = Plan(Step("a"), Step("b"), Step("c", "b")) with { OnFailure = FailurePolicy.Stop };
        var run = new EngineDriver(plan).Begin();
        run.ComesBack("a", StepResult.Failed("no"));
        run.Done("b");
        Assert.Equal((RunResult.Failed, StepState.Ready), (run.Engine.Result, run.State("c")));
    }

    [Fact]
    public void A_deadline_stops_the_run_and_time_while_nothing_executes_it_does_not_count()
    {
        var plan = Plan(Step("a"), Step("b", "a")) with { Deadline = TimeSpan.FromSeconds(60) };
        var run = new EngineDriver(plan).Begin();
        run.Advance(50);
        run.Step(RunEvent.Pause(null));
        run = run.Crash();
        run.Looked("a", CheckVerdict.Done);
        run.Advance(9);
        Assert.Equal(RunPhase.Running, run.Engine.Phase);
        run.Advance(2);
        run.Done("b");
        Assert.Equal(RunResult.Succeeded, run.Engine.Result);

        run = new EngineDriver(plan).Begin();
        run.Advance(61);
        run.Done("a");
        Assert.Equal((RunResult.Failed, "its deadline of 00:01:00 passed"), (run.Engine.Result, run.Engine.ResultText));
    }
}
