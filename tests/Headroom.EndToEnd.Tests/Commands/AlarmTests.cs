using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Commands;

public sealed class AlarmTests
{
    private static readonly string Example = Path.Combine(Repository.Root, "examples", "alarms");

    [Fact]
    public async Task A_failing_test_exits_1_with_what_was_expected_and_what_came()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("headroom.yaml", await File.ReadAllTextAsync(Path.Combine(Example, "headroom.yaml")));
        string test = await File.ReadAllTextAsync(Path.Combine(Example, "checkout.test.yaml"));
        headroom.Write("a.test.yaml", test);
        Assert.Contains("2 of 2 tests passed", (await headroom.SucceedAsync("alarm", "test", "a.test.yaml")).Output);
        headroom.Write("a.test.yaml", test.Replace("eval_time: 6m, alarm: checkout-slow, exp_state: ALARM", "eval_time: 6m, alarm: checkout-slow, exp_state: OK", StringComparison.Ordinal));
        var failed = await headroom.RunAsync("alarm", "test", "a.test.yaml");
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("  - exp: OK\n  + got: ALARM (2 of the last 3 points breach > 0.5", failed.Output);
        Assert.Contains("1 of 2 tests passed", failed.Output);
        headroom.Write("a.test.yaml", "tests: [{nonsense: 1}]");
        Assert.Equal(2, (await headroom.RunAsync("alarm", "test", "a.test.yaml")).ExitCode);
    }

    [Fact]
    public async Task Alarms_are_listed_and_silenced_without_a_server()
    {
        using var headroom = new HeadroomRun();
        await headroom.SucceedAsync("import", "openmetrics", Path.Combine(Example, "checkout.om"));
        string config = Path.Combine(Example, "headroom.yaml");
        var listed = await headroom.RunAsync("alarm", "list", "-c", config, "--at", "2026-03-01T05:00:00Z", "--fail-on-alarm");
        Assert.Equal(99, listed.ExitCode);
        Assert.Contains("the rule is true: checkout-slow is ALARM, checkout-burning is ALARM, patch night is OK", listed.Output);
        string id = (await headroom.SucceedAsync("silence", "add", "alarm=\"checkout-slow\"", "--for", "2h", "--output", "json")).Json.GetProperty("id").GetString()!;
        Assert.Contains("alarm=\"checkout-slow\"", (await headroom.SucceedAsync("silence", "list")).Output);
        await headroom.SucceedAsync("silence", "remove", id);
        Assert.Contains("nothing is silenced", (await headroom.SucceedAsync("silence", "list")).Output);
        Assert.Equal(2, (await headroom.RunAsync("silence", "add", "alarm=\"x\"")).ExitCode);
    }

    [Fact]
    public async Task Alarms_that_do_not_fit_together_fail_the_check_of_the_file()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("headroom.yaml", "alarms:\n  - { name: a, rule: ALARM(b) }\n  - { name: b, rule: NOT OK(a) }\n  - { name: c, slo: nothing }\n");
        var outcome = await headroom.RunAsync("config", "check");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("a -> b -> a", outcome.Error);
        Assert.Contains("the SLO 'nothing', which does not exist", outcome.Error);
    }
}
