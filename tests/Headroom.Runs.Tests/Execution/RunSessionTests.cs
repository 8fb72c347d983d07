using Headroom.Configuration.Diagnostics;
using Headroom.TestKit;
using static Headroom.Runs.Tests.Steps;

namespace Headroom.Runs.Tests.Execution;

public sealed class RunSessionTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();
    private readonly VirtualTimeProvider _time = new();
    private readonly RunCatalog _catalog;

    public RunSessionTests() => _catalog = new RunCatalog(_data.Path, _time, new Random(1));

    public void Dispose() => _data.Dispose();

    private static RunOptions With(IStepAction action, Action<RunRecord>? onRecord = null) =>
        new() { Actions = new Dictionary<string, IStepAction> { ["test"] = action }, OnRecord = onRecord };

    private async Task<RunReport> Execute(string run, IStepAction action)
    {
        await using var session = _catalog.Open(run);
        return await session.ExecuteAsync(With(action), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_run_is_executed_and_its_journal_tells_the_story()
    {
        string run = await _catalog.CreateAsync(Plan(Step("a"), Step("b", "a")), new RunStart { By = "someone", Source = "plan.yaml" });
        var seen = new List<RunRecordType>();
        await using (var session = _catalog.Open(run))
        {
            var report = await session.ExecuteAsync(With(new ScriptedAction(), record => seen.Add(record.Type)), TestContext.Current.CancellationToken);
            Assert.Equal((RunRest.Ended, RunResult.Succeeded), (report.Rest, report.Result));
        }

        var state = _catalog.Load(run);
        RunRecordType[] expected = [RunRecordType.Opened, RunRecordType.Intent, RunRecordType.Outcome, RunRecordType.Intent, RunRecordType.Outcome, RunRecordType.Ended];
        Assert.Equal([RunRecordType.Started, .. expected], state.Records.Select(r => r.Type));
        Assert.Equal(expected, seen);
        Assert.Equal((RunPhase.Ended, RunResult.Succeeded), (state.Engine.Phase, state.Engine.Result));
        Assert.Equal(("someone", "plan.yaml", "test"), (state.Header.By, state.Header.Source, state.Header.Plan));
        Assert.Equal("b was here", state.Engine.View(1).Output);
        Assert.Equal(_time.GetUtcNow(), state.StartedAt);
    }

    [Fact]
    public async Task A_step_sees_its_key_and_the_output_of_what_it_needs()
    {
        string run = await _catalog.CreateAsync(Plan(Step("a"), Step("b", "a")), new RunStart { Name = "named" });
        (string Key, string? Output) seen = default;
        await Execute(run, new ScriptedAction
        {
            Act = (step, _) =>
            {
                seen = (step.Key, step.OutputOf("a"));
                return ValueTask.FromResult(StepResult.Done("from " + step.Step.Id));
            },
        });
        Assert.Equal((IdempotencyKey.Of("named", "b"), "from a"), seen);
    }

    [Fact]
    public async Task A_run_that_is_left_goes_on_where_it_was()
    {
        string run = await _catalog.CreateAsync(Plan(Step("a"), Step("b", "a")), new RunStart());
        var began = new TaskCompletionSource();
        var finish = new TaskCompletionSource<StepResult>();
        await using (var session = _catalog.Open(run))
        {
            var executing = session.ExecuteAsync(With(new ScriptedAction
            {
                Act = async (_, _) =>
                {
                    began.SetResult();
                    return await finish.Task;
                },
            }), TestContext.Current.CancellationToken);
            await began.Task;
            session.Leave("someone");
            Assert.False(executing.IsCompleted);
            finish.SetResult(StepResult.Done());
            Assert.Equal(RunRest.Paused, (await executing).Rest);
        }

        var second = new ScriptedAction();
        Assert.Equal(RunResult.Succeeded, (await Execute(run, second)).Result);
        Assert.Equal(["act b"], second.Calls);
    }

    [Fact]
    public async Task What_does_not_come_back_when_a_run_is_left_is_cancelled_after_the_drain_time_and_looked_at_later()
    {
        string run = await _catalog.CreateAsync(Plan(Step("a")), new RunStart());
        var began = new TaskCompletionSource();
        await using (var session = _catalog.Open(run))
        {
            var executing = session.ExecuteAsync(With(new ScriptedAction
            {
                Act = async (_, cancel) =>
                {
                    began.SetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
                    return StepResult.Done();
                },
            }), TestContext.Current.CancellationToken);
            await began.Task;
            session.Leave("someone");
            while (!executing.IsCompleted)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }
            Assert.Equal(RunRest.Paused, (await executing).Rest);
        }
        var second = new ScriptedAction { Check = _ => new CheckResult(CheckVerdict.Done) };
        Assert.Equal(RunResult.Succeeded, (await Execute(run, second)).Result);
        Assert.Equal(["recover a", "check a"], second.Calls);
    }

    [Fact]
    public async Task An_action_that_throws_leaves_its_step_unknown_and_the_run_alive()
    {
        string run = await _catalog.CreateAsync(Plan(Step("a"), Step("b")), new RunStart());
        var action = new ScriptedAction
        {
            Act = (step, _) => step.Step.Id == "a" ? throw new InvalidOperationException("surprise") : ValueTask.FromResult(StepResult.Done()),
            Check = _ => new CheckResult(CheckVerdict.Done),
        };
        Assert.Equal(RunResult.Succeeded, (await Execute(run, action)).Result);
        Assert.Contains("check a", action.Calls);
    }

    [Fact]
    public async Task A_step_that_cannot_be_told_makes_the_process_leave_and_a_decision_takes_it_further()
    {
        string run = await _catalog.CreateAsync(Plan(Step("a"), Step("b", "a")), new RunStart());
        var action = new ScriptedAction
        {
            Act = (step, _) => ValueTask.FromResult(step.Step.Id == "a" ? StepResult.Unknown("lost") : StepResult.Done()),
            Check = _ => new CheckResult(CheckVerdict.Undecided, "two of them"),
        };
        Assert.Equal(RunRest.NeedsPerson, (await Execute(run, action)).Rest);

        await using var session = _catalog.Open(run);
        Assert.Equal("run-not-decidable", Assert.Throws<ProblemException>(() => session.Decide("b", StepDecision.Done, null)).Problems[0].Code);
        Assert.Equal("run-no-such-step", Assert.Throws<ProblemException>(() => session.Decide("c", StepDecision.Done, null)).Problems[0].Code);
        session.Decide("a", StepDecision.Done, "someone");
        Assert.Equal(RunResult.Succeeded, (await session.ExecuteAsync(With(action), TestContext.Current.CancellationToken)).Result);
    }

    [Fact]
    public async Task Another_process_can_ask_for_approval_and_for_the_end()
    {
        string run = await _catalog.CreateAsync(Plan(Step("a") with { NeedsApproval = true }, Step("b", "a") with { NeedsApproval = true }), new RunStart());
        var approved = new TaskCompletionSource();
        await using var session = _catalog.Open(run);
        var executing = session.ExecuteAsync(With(new ScriptedAction
        {
            Act = (_, _) =>
            {
                approved.SetResult();
                return ValueTask.FromResult(StepResult.Done());
            },
        }), TestContext.Current.CancellationToken);

        new RunCatalog(_data.Path, _time, new Random(2)).Ask(run, new RunRequest { Kind = RunEventKind.Decide, Step = "a", Decision = StepDecision.Approve, By = "colleague" });
        while (!approved.Task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }
        _catalog.Ask(run, new RunRequest { Kind = RunEventKind.Stop, By = "colleague" });
        while (!executing.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }
        Assert.Equal((RunResult.Stopped, "stopped by colleague"), ((await executing).Result, (await executing).Text));
    }

    [Fact]
    public async Task A_failed_run_is_retried_after_its_end()
    {
        string run = await _catalog.CreateAsync(Plan(Step("a"), Step("b", "a")), new RunStart());
        Assert.Equal(RunResult.Failed, (await Execute(run, new ScriptedAction { Act = (_, _) => ValueTask.FromResult(StepResult.Failed("no")) })).Result);
        Assert.Equal(RunResult.Failed, (await Execute(run, new ScriptedAction())).Result);

        await using var session = _catalog.Open(run);
        session.Decide("a", StepDecision.Retry, "someone");
        var action = new ScriptedAction();
        Assert.Equal(RunResult.Succeeded, (await session.ExecuteAsync(With(action), TestContext.Current.CancellationToken)).Result);
        Assert.Equal(["act a", "act b"], action.Calls);
    }

    [Fact]
    public async Task A_rollback_is_a_run_of_its_own_and_there_is_nothing_left_to_undo_after_it()
    {
        string run = await _catalog.CreateAsync(Plan(Step("a") with { CanUndo = true }, Step("b", "a") with { CanUndo = true }), new RunStart { Name = "r" });
        Assert.Equal("run-not-over", (await Assert.ThrowsAsync<ProblemException>(() => RunRollback.PrepareAsync(_catalog, run, null, new RunStart()))).Problems[0].Code);
        await Execute(run, new ScriptedAction());

        Assert.Equal("r.rollback", await RunRollback.PrepareAsync(_catalog, run, null, new RunStart()));
        Assert.Equal("r.rollback", await RunRollback.PrepareAsync(_catalog, run, null, new RunStart()));
        var action = new ScriptedAction();
        await Execute("r.rollback", action);
        Assert.Equal(["undo b", "undo a"], action.Calls);
        Assert.Null(await RunRollback.PrepareAsync(_catalog, run, null, new RunStart()));
        Assert.Equal("r", _catalog.Load("r.rollback").Header.RollsBack);
        Assert.Equal("run-is-rollback", (await Assert.ThrowsAsync<ProblemException>(() => RunRollback.PrepareAsync(_catalog, "r.rollback", null, new RunStart()))).Problems[0].Code);
    }

    [Fact]
    public async Task A_plan_with_an_action_that_is_not_known_here_is_not_begun()
    {
        string run = await _catalog.CreateAsync(Plan(Step("a") with { Action = "other" }), new RunStart());
        await using var session = _catalog.Open(run);
        Assert.Equal("run-unknown-action", (await Assert.ThrowsAsync<ProblemException>(() => session.ExecuteAsync(With(new ScriptedAction()), TestContext.Current.CancellationToken))).Problems[0].Code);
    }
}
