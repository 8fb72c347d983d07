using System.Text;
using System.Text.Json;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Runs.Tests.CommandSteps;

public sealed class CommandPlanFileTests
{
    private static RunPlan Read(string yaml) => CommandPlanFile.Parse(Encoding.UTF8.GetBytes(yaml), "plan.yaml", "/srv/here");

    private static IReadOnlyList<Problem> Refused(string yaml) => Assert.Throws<ProblemException>(() => Read(yaml)).Problems;

    private static CommandArguments Arguments(StepSpec step) => step.Arguments!.Value.Deserialize<CommandArguments>(JsonSerializerOptions.Web)!;

    [Fact]
    public void Every_key_is_read()
    {
        var plan = Read("""
            name: move shop
            directory: scripts
            deadline: 2h
            onFailure: roll-back
            limits:
              workers: 8
              ecs-register: { rate: 60/min, burst: 20 }
              slots: { concurrency: 3 }
            steps:
              - id: shop/image
                command: ./copy.sh ${IMAGE}
                check: ./is-there.sh
                undo: [./delete.sh, image]
                retry: { attempts: 3, delay: 2s, max: 1m }
                timeout: 5m
                limits: ecs-register
                estimate: 25s
              - id: shop/deploy
                needs: shop/image
                command: ./deploy.sh
                repeatable: true
                approval: true
                retry: 2
                limits: { ecs-register: 2, slots: 1 }
                wait: { until: ./healthy.sh, for: 30s, every: 2s, timeout: 3m }
              - id: bake
                needs: [shop/deploy]
                wait: 1m
              - id: healthy
                needs: [bake]
                wait: { until: curl -fs http://localhost }
            """);

        Assert.Equal(("move shop", TimeSpan.FromHours(2), FailurePolicy.RollBack), (plan.Name, plan.Deadline!.Value, plan.OnFailure));
        Assert.Equal(LimitSpec.Slots(8), plan.Limits["workers"]);
        Assert.Equal(LimitSpec.Rate(1, 20), plan.Limits["ecs-register"]);
        var (image, deploy, bake, healthy) = (plan.Steps[0], plan.Steps[1], plan.Steps[2], plan.Steps[3]);
        Assert.Equal(["/bin/sh", "-c", "./copy.sh ${IMAGE}"], Arguments(image).Command!);
        Assert.Equal(["./delete.sh", "image"], Arguments(image).Undo!);
        Assert.Equal("/srv/here/scripts", Arguments(image).Directory);
        Assert.Equal(new RetryPolicy { Attempts = 3, BaseDelay = TimeSpan.FromSeconds(2), MaxDelay = TimeSpan.FromMinutes(1) }, image.Retry);
        Assert.Equal((true, false, TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(25)), (image.CanUndo, image.Repeatable, image.Timeout, image.Estimate!.Value));
        Assert.Equal(1, image.Limits["ecs-register"]);
        Assert.Equal((true, true, false, 2), (deploy.Repeatable, deploy.NeedsApproval, deploy.CanUndo, deploy.Retry.Attempts));
        Assert.Equal(new WaitSpec { Until = true, For = TimeSpan.FromSeconds(30), Every = TimeSpan.FromSeconds(2), Timeout = TimeSpan.FromMinutes(3) }, deploy.Wait);
        Assert.Equal(["/bin/sh", "-c", "./healthy.sh"], Arguments(deploy).Until!);
        Assert.Equal((null, TimeSpan.FromMinutes(1)), (bake.Action, bake.Wait!.For));
        Assert.Equal((true, 0), (healthy.Repeatable, healthy.Limits["workers"]));
    }

    [Fact]
    public void The_shortest_plan_is_a_step_with_a_command()
    {
        var plan = Read("steps: [{ id: hello, command: echo hello }]");
        Assert.Equal(("plan", 5, "/srv/here"), (plan.Name, plan.Steps[0].Retry.Attempts, Arguments(plan.Steps[0]).Directory));
    }

    [Fact]
    public void Every_error_is_reported_at_once_with_its_line()
    {
        var problems = Refused("""
            steps:
              - id: a
                needs: [b, nowhere]
                command: x
              - id: b
                needs: a
                command: y
                limits: api
              - id: b
                command: z
            """);
        Assert.Equal(
            [("run-plan-duplicate-step", "plan.yaml:9:9"), ("run-plan-unknown-need", "plan.yaml:3:12"), ("run-plan-unknown-limit", "plan.yaml:8:13"), ("run-plan-cycle", "plan.yaml:3:12")],
            problems.Select(p => (p.Code, p.Where!)));
    }

    [Theory]
    [InlineData("steps: [{ id: a, comand: x }]", "yaml-unknown-key")]
    [InlineData("steps: [{ command: x }]", "yaml-missing-key")]
    [InlineData("step: []", "yaml-unknown-key")]
    [InlineData("steps: {}", "yaml-wrong-type")]
    [InlineData("steps: []", "run-plan-empty")]
    [InlineData("steps: [{ id: a, command: x, timeout: soon }]", "yaml-bad-value")]
    [InlineData("steps: [{ id: a, command: x, retry: 0 }]", "yaml-bad-value")]
    [InlineData("steps: [{ id: a, command: x, retry: 1.5 }]", "yaml-bad-value")]
    [InlineData("steps: [{ id: a, command: [] }]", "run-plan-value")]
    [InlineData("steps: [{ id: a, undo: x, wait: 1s }]", "run-plan-value")]
    [InlineData("steps: [{ id: a, command: x, wait: { every: 1s } }]", "run-plan-value")]
    [InlineData("{ limits: { api: { rate: 5/day } }, steps: [{ id: a, command: x }] }", "yaml-bad-value")]
    [InlineData("{ limits: { api: {} }, steps: [{ id: a, command: x }] }", "run-plan-value")]
    [InlineData("steps: [", "yaml-syntax")]
    [InlineData("- a", "yaml-wrong-type")]
    public void What_is_wrong_is_said(string yaml, string code) =>
        Assert.Contains(Refused(yaml), p => p.Code == code && p.Where is not null);

    [Fact]
    public void A_plan_of_20000_steps_is_read()
    {
        var yaml = new StringBuilder("steps:\n");
        for (int i = 0; i < 20_000; i++) yaml.Append($"  - {{ id: s{i}, needs: [{(i == 0 ? "" : $"s{i / 2}")}], command: echo {i}, check: exit 3, undo: 'true', timeout: 1m }}\n");
        Assert.Equal(20_000, Read(yaml.ToString()).Steps.Count);
    }

    [Fact]
    public void Mutated_plans_are_read_or_refused_and_never_throw_anything_else()
    {
        const string yaml = "name: p\nlimits: { workers: 8, api: { rate: 5/s, burst: 3 } }\nsteps:\n  - { id: a, command: x, wait: { until: y, for: 3s } }\n  - { id: b, needs: [a], command: [p, q], limits: [api], retry: { attempts: 2 } }\n";
        var random = new Random(4);
        for (int i = 0; i < 3_000; i++)
        {
            char[] mutated = yaml.ToCharArray();
            for (int n = 1 + random.Next(4); n > 0; n--) mutated[random.Next(mutated.Length)] = (char)random.Next(32, 127);
            try
            {
                Read(new string(mutated));
            }
            catch (ProblemException e)
            {
                Assert.NotEmpty(e.Problems);
            }
        }
    }
}
