using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Runs;

/// <summary><c>headroom run</c> as a user works with it: the built program, real commands, real signals.</summary>
public sealed partial class RunCommandTests : IDisposable
{
    private readonly HeadroomRun _headroom = new();

    public void Dispose() => _headroom.Dispose();

    private string[] Lines(string file) => File.Exists(Path.Combine(_headroom.Directory, file)) ? File.ReadAllLines(Path.Combine(_headroom.Directory, file)) : [];

    // An external condition, so there is nothing to wait on but the clock.
    private static async Task Until(Func<bool> condition, Process process)
    {
        for (int i = 0; i < 6_000 && !condition(); i++)
        {
            if (process.HasExited) Assert.Fail($"the program ended with {process.ExitCode}: {await process.StandardOutput.ReadToEndAsync()}{await process.StandardError.ReadToEndAsync()}");
            await Task.Delay(10);
        }
        Assert.True(condition());
    }

    private bool Began(string run, string step) => File.Exists(Path.Combine(_headroom.Data, "runs", run, "output", step, "attempt-1.log"));

    private static async Task<int> SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", [signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    [Fact]
    public async Task The_first_plan_of_the_documentation_survives_being_killed()
    {
        string document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "durable-runs.md"));
        _headroom.Write("plan.yaml", FirstYaml().Match(document).Groups[1].Value);
        using (var process = _headroom.Start("run", "start", "plan.yaml", "--name", "first"))
        {
            await Until(() => Began("first", "fetch"), process);
            Assert.Equal(137, await SignalAsync(process, "-KILL"));
        }
        await _headroom.SucceedAsync("run", "resume");
        Assert.Equal(["data"], Lines("report"));
        Assert.Equal("succeeded", (await _headroom.SucceedAsync("run", "show", "first", "--output", "json")).Json.GetProperty("status").GetString());
        Assert.Contains("fetch  looked at", (await _headroom.SucceedAsync("run", "events", "first")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupting_pauses_and_resume_continues()
    {
        _headroom.Write("plan.yaml", """
            steps:
              - { id: quick, command: echo quick >> log }
              - { id: slow, command: 'while [ ! -f go ]; do sleep 0.05; done; echo slow >> log' }
              - { id: last, needs: [quick, slow], command: echo last >> log }
            """);
        using (var process = _headroom.Start("run", "start", "plan.yaml", "--name", "r"))
        {
            await Until(() => Began("r", "slow"), process);
            using var interrupt = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await interrupt.WaitForExitAsync();
            // What runs may end, and only then does the program leave.
            _headroom.Write("go", "");
            await process.WaitForExitAsync();
            Assert.Equal(130, process.ExitCode);
            Assert.Contains("is paused with 2 of 3 steps done", await process.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);
        }
        Assert.Equal("paused", (await _headroom.SucceedAsync("run", "list", "--output", "json")).Json.GetProperty("runs")[0].GetProperty("status").GetString());
        var resumed = await _headroom.SucceedAsync("run", "resume", "r", "--output", "json");
        Assert.Equal("succeeded", resumed.Json.GetProperty("status").GetString());
        Assert.Equal(["last", "quick", "slow"], Lines("log").Order());
        Assert.Contains("every run is over", (await _headroom.SucceedAsync("run", "resume")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_told_is_asked_and_the_answer_goes_on()
    {
        _headroom.Write("plan.yaml", """
            steps:
              - { id: once, command: echo once >> log; sleep 1000 }
              - { id: after, needs: once, command: echo after >> log }
            """);
        using (var process = _headroom.Start("run", "start", "plan.yaml", "--name", "r"))
        {
            await Until(() => Lines("log").Length > 0, process);
            await SignalAsync(process, "-KILL");
        }
        var resumed = await _headroom.RunAsync("run", "resume");
        Assert.Equal(1, resumed.ExitCode);
        Assert.Contains("headroom run resume r --done once, or --not-done once to run it again", resumed.Error, StringComparison.Ordinal);
        await _headroom.SucceedAsync("run", "resume", "r", "--done", "once");
        Assert.Equal(["once", "after"], Lines("log"));
    }

    [Fact]
    public async Task A_failed_run_is_retried_and_a_finished_one_is_rolled_back()
    {
        _headroom.Write("plan.yaml", """
            steps:
              - { id: a, command: touch a, undo: rm -f a; echo a >> undone }
              - { id: b, needs: a, command: test -f mended && touch b, undo: rm -f b; echo b >> undone, retry: 1 }
            """);
        var failed = await _headroom.RunAsync("run", "start", "plan.yaml", "--name", "r", "--output", "json");
        Assert.Equal((1, "failed"), (failed.ExitCode, failed.Json.GetProperty("status").GetString()));
        Assert.Contains("headroom run resume r --retry b", failed.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await _headroom.RunAsync("run", "resume", "r")).ExitCode);

        _headroom.Write("mended", "");
        await _headroom.SucceedAsync("run", "resume", "r", "--retry-failed");
        await _headroom.SucceedAsync("run", "rollback", "r");
        Assert.Equal(["b", "a"], Lines("undone"));
        Assert.False(File.Exists(Path.Combine(_headroom.Directory, "a")));
        Assert.Contains("nothing to undo", (await _headroom.SucceedAsync("run", "rollback", "r")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_that_rolls_back_on_failure_leaves_nothing_behind()
    {
        _headroom.Write("plan.yaml", """
            onFailure: roll-back
            steps:
              - { id: a, command: touch a, undo: rm -f a }
              - { id: b, needs: a, command: exit 7, retry: 1 }
            """);
        var failed = await _headroom.RunAsync("run", "start", "plan.yaml", "--name", "r");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("run r.rollback succeeded", failed.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_headroom.Directory, "a")));
    }

    [Fact]
    public async Task A_plan_changed_under_a_run_is_refused()
    {
        const string plan = "steps: [{ id: a, command: test -f go && exit 0; sleep 1000, repeatable: true }]";
        _headroom.Write("plan.yaml", plan);
        using (var process = _headroom.Start("run", "start", "plan.yaml", "--name", "r"))
        {
            await Until(() => Began("r", "a"), process);
            await SignalAsync(process, "-KILL");
        }
        _headroom.Write("go", "");
        _headroom.Write("plan.yaml", plan.Replace("1000", "2000", StringComparison.Ordinal));
        var refused = await _headroom.RunAsync("run", "resume", "r");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("was changed since run 'r' was started", refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await _headroom.RunAsync("run", "resume")).ExitCode);
        // A comment is no change.
        _headroom.Write("plan.yaml", "# the same\n" + plan);
        await _headroom.SucceedAsync("run", "resume", "r");
    }

    [Fact]
    public async Task Another_terminal_can_look_approve_and_stop()
    {
        _headroom.Write("plan.yaml", """
            steps:
              - { id: gate, approval: true, command: touch approved }
              - { id: slow, needs: gate, command: 'while [ ! -f go ]; do sleep 0.05; done' }
              - { id: never, needs: slow, command: touch never }
            """);
        using var process = _headroom.Start("run", "start", "plan.yaml", "--name", "r");
        await Until(() => Directory.Exists(Path.Combine(_headroom.Data, "runs", "r")), process);
        await Until(() => _headroom.RunAsync("run", "list", "--output", "json").Result.Output.Contains("\"running\"", StringComparison.Ordinal), process);
        var second = await _headroom.RunAsync("run", "resume", "r");
        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"is being executed by process {process.Id}", second.Error, StringComparison.Ordinal);

        await _headroom.SucceedAsync("run", "resume", "r", "--approve", "gate");
        await Until(() => Began("r", "slow"), process);
        var stopping = _headroom.RunAsync("run", "stop", "r", "--output", "json");
        await Until(() => _headroom.RunAsync("run", "events", "r").Result.Output.Contains("asked to stop", StringComparison.Ordinal), process);
        _headroom.Write("go", "");
        Assert.Equal("stopped", (await stopping).Json.GetProperty("status").GetString());
        await process.WaitForExitAsync();
        Assert.Equal(1, process.ExitCode);
        Assert.False(File.Exists(Path.Combine(_headroom.Directory, "never")));
        Assert.Equal(1, (await _headroom.RunAsync("run", "resume", "r")).ExitCode);
    }

    [Fact]
    public async Task Every_error_of_a_plan_is_said_with_its_line_and_nothing_is_started()
    {
        _headroom.Write("plan.yaml", "steps:\n  - { id: a, needs: b, command: x }\n  - { id: b, needs: a, command: x, limits: api }\n  - { id: c, comand: x }\n");
        var refused = await _headroom.RunAsync("run", "start", "plan.yaml");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("plan.yaml:4:14", refused.Error, StringComparison.Ordinal);
        _headroom.Write("plan.yaml", "steps:\n  - { id: a, needs: b, command: x }\n  - { id: b, needs: a, command: x, limits: api }\n");
        refused = await _headroom.RunAsync("run", "start", "plan.yaml");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("a → b → a", refused.Error, StringComparison.Ordinal);
        Assert.Contains("plan.yaml:3:44", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_headroom.Data, "runs")));
        Assert.Equal(2, (await _headroom.RunAsync("run", "start", "no-such-plan.yaml")).ExitCode);
        Assert.Equal(1, (await _headroom.RunAsync("run", "show", "no-such-run")).ExitCode);
        Assert.Equal(2, (await _headroom.RunAsync("run", "resume", "--done", "a")).ExitCode);
        Assert.Equal(2, (await _headroom.RunAsync("run", "list", "--server", "http://127.0.0.1:1")).ExitCode);
    }

    [Fact]
    public async Task Events_and_the_rehearsal_speak_json()
    {
        _headroom.Write("plan.yaml", "{ name: p, limits: { workers: 2 }, steps: [{ id: a, command: 'true', estimate: 10s }, { id: b, needs: a, wait: 10ms, command: 'true', estimate: 5s }] }");
        var rehearsed = (await _headroom.SucceedAsync("run", "start", "plan.yaml", "--rehearse", "--output", "json")).Json;
        Assert.Equal((15.01, "critical path"), (rehearsed.GetProperty("makespanSeconds").GetDouble(), rehearsed.GetProperty("boundBy").GetString()));
        await _headroom.SucceedAsync("run", "start", "plan.yaml", "--name", "r");
        var events = (await _headroom.SucceedAsync("run", "events", "r", "--step", "b", "--output", "json")).Lines.Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["intent", "outcome", "waitEnded"], events.Select(e => e.GetProperty("type").GetString()));
        var shown = (await _headroom.SucceedAsync("run", "show", "r", "--output", "json")).Json.GetProperty("stepList");
        Assert.Equal(("b", "succeeded", 26), (shown[1].GetProperty("step").GetString(), shown[1].GetProperty("state").GetString(), shown[1].GetProperty("idempotencyKey").GetString()!.Length));
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("move-services")]
    public async Task The_examples_run_and_can_be_undone(string example)
    {
        string plan = File.ReadAllText(Path.Combine(Repository.Root, "examples", "runs", example + ".yaml")).Replace("directory: /tmp", "directory: .", StringComparison.Ordinal);
        _headroom.Write("plan.yaml", plan);
        await _headroom.SucceedAsync("run", "start", "plan.yaml", "--name", "r");
        await _headroom.SucceedAsync("run", "rollback", "r");
        var left = Directory.GetFiles(_headroom.Directory, "*", SearchOption.AllDirectories).Where(f => !f.StartsWith(_headroom.Data, StringComparison.Ordinal));
        Assert.Equal(["plan.yaml"], left.Select(f => Path.GetFileName(f)));
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex FirstYaml();
}
