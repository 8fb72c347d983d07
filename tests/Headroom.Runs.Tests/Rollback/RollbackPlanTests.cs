using Headroom.Runs.Tests.Engine;
using static Headroom.Runs.Tests.Steps;

namespace Headroom.Runs.Tests.Rollback;

public sealed class RollbackPlanTests
{
    private static StepSpec Undoable(string id, params string[] needs) => Step(id, needs) with { CanUndo = true };

    private static RunPlan? Rollback(EngineDriver run) => RollbackPlan.Build(run.Plan, run.Engine.View, "run");

    [Fact]
    public void What_was_done_is_undone_in_reverse_order_and_what_was_not_is_left_alone()
    {
        var run = new EngineDriver(Plan(Undoable("a"), Undoable("b", "a"), Undoable("c", "b"), Undoable("d", "b"), Undoable("e", "c", "d"))).Begin();
        foreach (string id in (string[])["a", "b", "c"]) run.Done(id);

        var plan = Rollback(run)!;

        // d is under way: it may have happened.
        Assert.Equal(["d", "c", "b", "a"], new EngineDriver(plan) is var back ? Finish(back.Begin()) : []);
        Assert.All(plan.Steps, step => Assert.Equal(IdempotencyKey.Of("run", step.Id), step.UndoesKey));
        Assert.True(plan.RatesStartEmpty);
        Assert.NotNull(plan.Deadline);
    }

    [Fact]
    public void Order_is_kept_through_steps_that_are_not_undone()
    {
        var run = new EngineDriver(Plan(Undoable("a"), Step("check", "a"), Step("wait", "check"), Undoable("b", "wait"))).Begin();
        foreach (string id in (string[])["a", "check", "wait", "b"]) run.Done(id);
        var plan = Rollback(run)!;
        Assert.Equal(["a", "b"], plan.Steps.Select(s => s.Id).Order());
        Assert.Equal(["b"], plan.Steps.Single(s => s.Id == "a").Needs);
    }

    [Fact]
    public void A_wide_join_keeps_the_plan_linear()
    {
        var befores = Enumerable.Range(0, 200).Select(i => Undoable($"before{i}")).ToArray();
        var afters = Enumerable.Range(0, 200).Select(i => Undoable($"after{i}", "join")).ToArray();
        var run = new EngineDriver(Plan([.. befores, Step("join", [.. befores.Select(b => b.Id)]) with { Action = null }, .. afters]) with { Limits = new Dictionary<string, LimitSpec> { [RunPlan.WorkersLimit] = LimitSpec.Slots(1000) } }).Begin();
        foreach (var step in befores.Concat(afters)) run.Done(step.Id);
        var plan = Rollback(run)!;
        Assert.True(plan.Steps.Sum(s => s.Needs.Count) < 1000);
        var order = Finish(new EngineDriver(plan).Begin());
        Assert.True(order.FindLastIndex(id => id.StartsWith("after", StringComparison.Ordinal)) < order.FindIndex(id => id.StartsWith("before", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_may_still_come_true_is_waited_for_before_it_is_undone()
    {
        var run = new EngineDriver(Plan(Undoable("a") with { Settle = TimeSpan.FromSeconds(15) })).Begin();
        var back = new EngineDriver(Rollback(run)!).Begin();
        back.Advance(14);
        Assert.Empty(back.Acting);
        back.Advance(2);
        Assert.Equal(["a"], back.Acting);
    }

    [Fact]
    public void A_failed_step_and_one_whose_wait_failed_are_undone_too()
    {
        var run = new EngineDriver(Plan(Undoable("failed"), Undoable("waited") with { Wait = new WaitSpec { Until = true } }, Undoable("gone"))).Begin();
        run.ComesBack("failed", StepResult.Failed("half way"));
        run.Done("waited");
        run.Polled("waited", PollVerdict.Failed);
        run = run.Crash();
        run.Looked("gone", CheckVerdict.NotDone);
        Assert.Equal(["failed", "gone", "waited"], Rollback(run)!.Steps.Select(s => s.Id).Order());
    }

    [Fact]
    public void Nothing_done_gives_nothing_to_undo()
    {
        Assert.Null(Rollback(new EngineDriver(Plan(Undoable("a") with { NeedsApproval = true })).Begin()));
        var run = new EngineDriver(Plan(Step("a"))).Begin();
        run.Done("a");
        Assert.Null(Rollback(run));
        Assert.Equal([0], RollbackPlan.NotUndone(run.Plan, run.Engine.View));
    }

    [Fact]
    public void A_part_of_a_run_is_undone_with_all_that_was_built_on_it()
    {
        var run = new EngineDriver(Plan(Undoable("a"), Undoable("b", "a"), Undoable("x"), Undoable("y", "x", "b"))).Begin();
        foreach (string id in (string[])["a", "b", "x", "y"]) run.Done(id);
        var plan = RollbackPlan.Build(run.Plan, run.Engine.View, "run", only: step => run.Plan.Plan.Steps[step].Id == "b")!;
        Assert.Equal(["b", "y"], plan.Steps.Select(s => s.Id).Order());
    }

    private static List<string> Finish(EngineDriver run)
    {
        var order = new List<string>();
        while (run.Engine.Phase != RunPhase.Ended)
        {
            string next = run.Acting.First();
            order.Add(next);
            run.Done(next);
        }
        return order;
    }
}
