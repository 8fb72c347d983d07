using Headroom.Configuration.Diagnostics;
using static Headroom.Runs.Tests.Steps;

namespace Headroom.Runs.Tests.Execution;

/// <summary>What stands on disk is not what it should be: refused with what is safe to do next, and nothing is changed.</summary>
public sealed class BadDirectoryTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _data = new();
    private RunCatalog _catalog = null!;

    private string Journal => Directory.GetFiles(Path.Combine(_catalog.DirectoryOf("r"), "journal"), "*.journal").Single();

    private string PlanFile => Path.Combine(_catalog.DirectoryOf("r"), "plan.json");

    public async ValueTask InitializeAsync()
    {
        _catalog = new RunCatalog(_data.Path, TimeProvider.System, new Random(1));
        await _catalog.CreateAsync(Plan(Step("a"), Step("b", "a")), new RunStart { Name = "r" });
        await using var session = _catalog.Open("r");
        await session.ExecuteAsync(new RunOptions { Actions = new Dictionary<string, IStepAction> { ["test"] = new ScriptedAction { Act = (step, _) => ValueTask.FromResult(step.Step.Id == "a" ? StepResult.Done() : StepResult.Unknown("lost")), Check = _ => new CheckResult(CheckVerdict.Undecided) } } });
    }

    public ValueTask DisposeAsync()
    {
        _data.Dispose();
        return ValueTask.CompletedTask;
    }

    private Problem Refused() => Assert.Throws<ProblemException>(() => _catalog.Open("r")).Problems.Single();

    [Fact]
    public void Damage_in_the_middle_is_refused_with_its_offset()
    {
        byte[] bytes = File.ReadAllBytes(Journal);
        bytes[60] ^= 0x40;
        File.WriteAllBytes(Journal, bytes);
        var problem = Refused();
        Assert.Equal("run-journal-damaged", problem.Code);
        Assert.Contains("at byte 32", problem.What, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", problem.Fix, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(Journal));
        Assert.Equal("run-journal-damaged", Assert.Throws<ProblemException>(() => _catalog.Load("r")).Problems.Single().Code);
    }

    [Fact]
    public async Task A_torn_tail_is_cut_and_the_run_goes_on()
    {
        byte[] bytes = File.ReadAllBytes(Journal);
        File.WriteAllBytes(Journal, bytes[..^5]);
        await using var session = _catalog.Open("r");
        Assert.Equal(StepState.Unknown, session.State.Engine.View(1).State);
    }

    [Fact]
    public void A_journal_of_a_newer_version_is_refused()
    {
        byte[] bytes = File.ReadAllBytes(Journal);
        bytes[8] = 9;
        BitConverter.TryWriteBytes(bytes.AsSpan(28), Durable.Crc32C.Compute(bytes.AsSpan(0, 28)));
        File.WriteAllBytes(Journal, bytes);
        var problem = Refused();
        Assert.Equal("run-journal-newer", problem.Code);
        Assert.Contains("format 9", problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_plan_is_refused()
    {
        File.WriteAllText(PlanFile, File.ReadAllText(PlanFile).Replace("\"b\"", "\"c\"", StringComparison.Ordinal));
        Assert.Equal("run-plan-changed", Refused().Code);
        File.Delete(PlanFile);
        Assert.Equal("run-plan-changed", Refused().Code);
    }

    [Fact]
    public async Task Two_sessions_of_one_run_are_refused()
    {
        await using var first = _catalog.Open("r");
        var problem = Refused();
        Assert.Equal("run-in-use", problem.Code);
        Assert.Contains($"process {Environment.ProcessId}", problem.What, StringComparison.Ordinal);
        Assert.Equal(Environment.ProcessId, _catalog.ExecutedBy("r"));
    }

    [Fact]
    public async Task A_run_that_does_not_exist_and_a_name_that_is_taken_are_refused()
    {
        Assert.Equal("run-not-found", Assert.Throws<ProblemException>(() => _catalog.Open("nothing")).Problems.Single().Code);
        Assert.Equal("run-not-found", Assert.Throws<ProblemException>(() => _catalog.Resolve("nothing")).Problems.Single().Code);
        Assert.Equal("r", _catalog.Resolve("r"));
        Assert.Equal("run-exists", (await Assert.ThrowsAsync<ProblemException>(() => _catalog.CreateAsync(Plan(Step("a")), new RunStart { Name = "r" }))).Problems.Single().Code);
        Assert.Equal("run-name", (await Assert.ThrowsAsync<ProblemException>(() => _catalog.CreateAsync(Plan(Step("a")), new RunStart { Name = "../r" }))).Problems.Single().Code);
        Assert.Equal(["r"], _catalog.Ids());
    }
}
