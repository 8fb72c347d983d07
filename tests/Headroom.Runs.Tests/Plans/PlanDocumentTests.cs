using System.Text;
using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using static Headroom.Runs.Tests.Steps;

namespace Headroom.Runs.Tests.Plans;

public sealed class PlanDocumentTests
{
    private static readonly RunPlan Full = new()
    {
        Name = "full",
        Deadline = TimeSpan.FromMinutes(90),
        OnFailure = FailurePolicy.RollBack,
        Limits = new Dictionary<string, LimitSpec> { ["b"] = LimitSpec.Rate(0.5, 20), ["a"] = LimitSpec.Slots(3) },
        Steps =
        [
            new StepSpec
            {
                Id = "one/two",
                Action = "command",
                Arguments = JsonDocument.Parse("""{"command":["/bin/sh","-c","echo \"hi\""]}""").RootElement,
                Limits = new Dictionary<string, int> { ["b"] = 2, ["a"] = 1 },
                Retry = new RetryPolicy { Attempts = 1, BaseDelay = TimeSpan.Zero },
                Wait = new WaitSpec { Until = true, For = TimeSpan.FromSeconds(3) },
                Settle = TimeSpan.FromSeconds(15),
                CanUndo = true,
                NeedsApproval = true,
                Estimate = TimeSpan.FromSeconds(4),
            },
            Step("three", "one/two"),
        ],
    };

    [Fact]
    public void What_is_written_is_read_back_the_same()
    {
        byte[] written = PlanDocument.Write(Full);
        Assert.Equal(written, PlanDocument.Write(PlanDocument.Read(written, "here")));
        var step = PlanDocument.Read(written, "here").Steps[0];
        Assert.Equal((TimeSpan.Zero, 1, TimeSpan.FromSeconds(15), true), (step.Retry.BaseDelay, step.Retry.Attempts, step.Settle, step.Wait!.Until));
    }

    [Fact]
    public void The_hash_does_not_depend_on_the_order_of_limits()
    {
        var reordered = Full with { Limits = Full.Limits.Reverse().ToDictionary(), Steps = [Full.Steps[0] with { Limits = Full.Steps[0].Limits.Reverse().ToDictionary() }, Full.Steps[1]] };
        Assert.Equal(PlanDocument.Hash(PlanDocument.Write(Full)), PlanDocument.Hash(PlanDocument.Write(reordered)));
        Assert.NotEqual(PlanDocument.Hash(PlanDocument.Write(Full)), PlanDocument.Hash(PlanDocument.Write(Full with { Name = "other" })));
    }

    [Fact]
    public void The_form_on_disk_is_the_golden_one()
    {
        // Written by version 1. If this fails, runs that were begun before can no longer be taken up.
        const string golden = """{"version":1,"plan":{"name":"test","steps":[{"id":"a","action":"test","needs":[],"limits":{},"checkLimits":{},"retry":{"attempts":1,"baseDelay":"00:00:01","maxDelay":"00:00:30"},"timeout":"00:10:00","repeatable":false,"settle":"00:00:00","canUndo":false,"needsApproval":false}],"limits":{},"ratesStartEmpty":false,"onFailure":"GoOn"}}""";
        Assert.Equal(golden, Encoding.UTF8.GetString(PlanDocument.Write(Plan(Step("a")))));
    }

    [Theory]
    [InlineData("""{"version":2,"plan":{"name":"x","steps":[]}}""", "run-plan-newer")]
    [InlineData("""{"version":1}""", "run-plan-unreadable")]
    [InlineData("null", "run-plan-unreadable")]
    [InlineData("{", "run-plan-unreadable")]
    public void What_is_not_a_plan_of_this_version_is_refused(string json, string code) =>
        Assert.Equal(code, Assert.Throws<ProblemException>(() => PlanDocument.Read(Encoding.UTF8.GetBytes(json), "here")).Problems.Single().Code);
}
