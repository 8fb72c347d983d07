using System.Text.Json;

namespace Headroom.Runs.Tests.CommandSteps;

/// <summary>Real processes; each test ends in a fraction of a second.</summary>
public sealed class CommandActionTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly CommandAction _action = new(TimeProvider.System);

    public void Dispose() => _directory.Dispose();

    private StepContext Context(string? command = null, string? check = null, string? undo = null, string? until = null, string? undoes = null)
    {
        static string[]? Shell(string? line) => line is null ? null : ["/bin/sh", "-c", line];
        var arguments = new CommandArguments { Command = Shell(command), Check = Shell(check), Undo = Shell(undo), Until = Shell(until), Directory = _directory.Path };
        var plan = PreparedPlan.From(Steps.Plan(new StepSpec
        {
            Id = "shop/deploy",
            Action = CommandAction.Name,
            Arguments = JsonSerializer.SerializeToElement(arguments, JsonSerializerOptions.Web),
            UndoesKey = undoes,
        }));
        return new StepContext("run-1", _directory["run"], plan, 0, 2, 5, _ => null);
    }

    private async Task<StepResult> Act(string command, string? check = null) => await _action.ActAsync(Context(command, check), TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_command_that_ends_well_is_done_and_its_output_is_kept()
    {
        Assert.Equal(StepResultKind.Done, (await Act("echo out; echo err >&2")).Kind);
        string log = File.ReadAllText(_directory["run/output/shop~deploy/attempt-2.log"]);
        Assert.Contains("out\n", log, StringComparison.Ordinal);
        Assert.Contains("err\n", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_knows_what_it_is_part_of()
    {
        await Act("printenv | grep ^HEADROOM_ | sort");
        Assert.Equal(
            ["HEADROOM_ATTEMPT=2", "HEADROOM_COMMAND=attempt-2", $"HEADROOM_IDEMPOTENCY_KEY={IdempotencyKey.Of("run-1", "shop/deploy")}", "HEADROOM_RUN=run-1", $"HEADROOM_RUN_DIRECTORY={_directory["run"]}", "HEADROOM_STEP=shop/deploy"],
            File.ReadAllLines(_directory["run/output/shop~deploy/attempt-2.log"]).Where(l => !l.StartsWith("HEADROOM_LONG", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_undo_has_the_key_of_what_it_undoes()
    {
        await _action.UndoAsync(Context(undo: "echo $HEADROOM_IDEMPOTENCY_KEY", undoes: "original"), TestContext.Current.CancellationToken);
        Assert.Equal("original\n", File.ReadAllText(_directory["run/output/shop~deploy/undo-2.log"]));
    }

    [Fact]
    public async Task A_command_that_fails_has_failed_and_says_its_last_lines()
    {
        var result = await Act("for i in 1 2 3 4 5 6 7; do echo line $i; done; exit 9");
        Assert.Equal((StepResultKind.Failed, "exit code 9: line 3 | line 4 | line 5 | line 6 | line 7"), (result.Kind, result.Text));
    }

    [Fact]
    public async Task A_failure_is_unknown_where_a_check_can_tell() =>
        Assert.Equal(StepResultKind.Unknown, (await Act("exit 1", check: "exit 3")).Kind);

    [Fact]
    public async Task A_command_that_does_not_exist_is_not_tried_again()
    {
        Assert.Equal(StepResultKind.Rejected, (await Act("no-such-program-anywhere")).Kind);
        Assert.Equal(StepResultKind.Rejected, (await Act("exit 126")).Kind);
    }

    [Theory]
    [InlineData("exit 0", CheckVerdict.Done)]
    [InlineData("exit 3", CheckVerdict.NotDone)]
    [InlineData("echo cannot connect; exit 1", CheckVerdict.Undecided)]
    [InlineData("kill -9 $$", CheckVerdict.Undecided)]
    [InlineData(null, CheckVerdict.Undecided)]
    public async Task A_check_says_by_its_exit_code_whether_it_was_done(string? check, CheckVerdict verdict)
    {
        var result = await _action.CheckAsync(Context("true", check), TestContext.Current.CancellationToken);
        Assert.Equal(verdict, result.Verdict);
        Assert.NotEmpty(result.Text!);
    }

    [Theory]
    [InlineData("exit 0", PollVerdict.Holds)]
    [InlineData("exit 1", PollVerdict.NotYet)]
    [InlineData("no-such-program-anywhere", PollVerdict.Failed)]
    public async Task A_condition_holds_when_its_command_ends_well(string until, PollVerdict verdict) =>
        Assert.Equal(verdict, (await _action.PollAsync(Context(until: until), TestContext.Current.CancellationToken)).Verdict);

    [Fact]
    public async Task A_cancelled_command_is_killed_with_everything_it_started()
    {
        using var cancel = new CancellationTokenSource();
        // The grandchild ignores the polite signal and has left its parent.
        var acting = _action.ActAsync(Context($"(trap '' TERM; echo $$ > '{_directory["shell"]}'; sh -c 'echo $$ > \"{_directory["grandchild"]}\"; exec sleep 1000' & echo started > '{_directory["ready"]}'; wait)"), cancel.Token).AsTask();
        while (!File.Exists(_directory["ready"]) || !File.Exists(_directory["grandchild"]) || File.ReadAllText(_directory["grandchild"]).Length == 0) await Task.Yield();
        int grandchild = int.Parse(File.ReadAllText(_directory["grandchild"]));
        Assert.True(Processes.IsAlive(grandchild));
        await cancel.CancelAsync();
        Assert.Equal(StepResultKind.Unknown, (await acting).Kind);
        while (Processes.IsAlive(grandchild)) await Task.Yield();
    }

    [Fact]
    public async Task Output_is_bounded_and_a_background_process_that_holds_the_pipe_is_not_waited_for()
    {
        var result = await Act("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo the end; sleep 1000 & echo $! > child; exit 1");
        int child = int.Parse(File.ReadAllText(_directory["child"]));
        Signals.SendToProcess(child, Signals.Kill);
        Assert.EndsWith("the end", result.Text, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(_directory["run/output/shop~deploy/attempt-2.log"]).Length, CommandOutput.MaxFileBytes, CommandOutput.MaxFileBytes + 100);
    }

    [Fact]
    public async Task What_a_dead_process_left_running_is_ended_and_nothing_else_is()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "needs /proc");
        var mine = Context("exec sleep 1000");
        using var cancel = new CancellationTokenSource();
        var running = _action.ActAsync(mine, cancel.Token).AsTask();
        // Another attempt of the same step, which is none of our business.
        var plan = PreparedPlan.From(Steps.Plan(mine.Step));
        var other = new StepContext("run-1", _directory["run"], plan, 0, 3, 5, _ => null);
        var otherRunning = _action.ActAsync(other, cancel.Token).AsTask();
        while (!running.IsCompleted) await _action.RecoverAsync([mine], TestContext.Current.CancellationToken);
        Assert.Equal((StepResultKind.Failed, "exit code 137"), ((await running).Kind, (await running).Text));
        Assert.False(otherRunning.IsCompleted);
        await cancel.CancelAsync();
        Assert.Equal(StepResultKind.Unknown, (await otherRunning).Kind);
    }
}
