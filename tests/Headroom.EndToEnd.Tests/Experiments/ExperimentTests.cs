using System.Globalization;
using System.Text;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Experiments;

public sealed class ExperimentTests
{
    [Fact]
    public async Task An_experiment_goes_from_definition_to_advice()
    {
        using var headroom = new HeadroomRun();
        await headroom.SucceedAsync("experiment", "define", "pool", "--variant", "fixed=50", "--variant", "adaptive=50", "--metric", "duration", "--guard", "success:higher:1%");
        string[] users = [.. Enumerable.Range(0, 1500).Select(i => $"u{i}")];
        var assigned = (await headroom.SucceedAsync(["experiment", "assign", "pool", .. users])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t')).ToList();
        var random = new Random(5);
        var lines = new StringBuilder();
        foreach (var pair in assigned)
        {
            double value = (pair[1] == "adaptive" ? 0.08 : 0.1) * (0.5 + random.NextDouble());
            lines.AppendLine(CultureInfo.InvariantCulture, $$"""{"user":"{{pair[0]}}","metrics":{"duration":{{value}},"success":1},"id":"{{pair[0]}}"}""");
        }
        headroom.Write("outcomes.jsonl", lines.ToString());
        Assert.Contains("recorded 1500", (await headroom.SucceedAsync("experiment", "record", "pool", "--input", "outcomes.jsonl")).Output);
        // The same file again: every id is known, nothing counts twice.
        await headroom.SucceedAsync("experiment", "record", "pool", "--input", "outcomes.jsonl");
        var json = (await headroom.SucceedAsync("experiment", "analyze", "pool", "--output", "json")).Json;
        Assert.Equal(1500, json.GetProperty("variants").EnumerateArray().Sum(v => v.GetProperty("outcomes").GetDouble()));
        Assert.Equal("adopt", json.GetProperty("recommendation").GetProperty("action").GetString());
        Assert.Equal("adaptive", json.GetProperty("recommendation").GetProperty("variant").GetString());
        Assert.InRange(json.GetProperty("comparisons")[0].GetProperty("changePercent").GetDouble(), -26, -14);
        Assert.Contains("pool", (await headroom.SucceedAsync("experiment", "list")).Output);
    }

    [Fact]
    public async Task Shares_that_cannot_be_chance_exit_98()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("headroom.yaml", "project: p\nexperiments:\n  - { name: pool, variants: { a: 1, b: 1 }, metric: duration }\n");
        var lines = new StringBuilder();
        for (int i = 0; i < 3000; i++) lines.AppendLine(CultureInfo.InvariantCulture, $$"""{"user":"u{{i}}","metrics":{"duration":1},"variant":"{{(i % 5 < 3 ? 'a' : 'b')}}"}""");
        headroom.Write("outcomes.jsonl", lines.ToString());
        await headroom.SucceedAsync("experiment", "record", "pool", "--input", "outcomes.jsonl");
        var answer = await headroom.RunAsync("experiment", "analyze", "pool");
        Assert.Equal(98, answer.ExitCode);
        Assert.Contains("repair", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_definitions_and_outcomes_are_named()
    {
        using var headroom = new HeadroomRun();
        var refused = await headroom.RunAsync("experiment", "define", "pool", "--variant", "a=1", "--metric", "duration:q95");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("'q95' is none of", refused.Error, StringComparison.Ordinal);
        await headroom.SucceedAsync("experiment", "define", "pool", "--variant", "a=1", "--variant", "b=1", "--metric", "duration");
        var unknown = await headroom.RunAsync("experiment", "record", "pool", "--user", "u", "--value", "speed=1");
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("has no metric 'speed'", unknown.Error, StringComparison.Ordinal);
        var changed = await headroom.RunAsync("experiment", "define", "pool", "--variant", "a=1", "--variant", "c=1", "--metric", "duration");
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("another name", changed.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await headroom.RunAsync("experiment", "analyze", "nothing")).ExitCode);
    }
}
