using System.Text.Json;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Commands;

public sealed class StatusTests
{
    private const string Yaml = """
        project: shop
        kpis:
          - name: CPU
            query: avg_over_time(cpu[10m])
            unit: "%"
            baseline: 40
            target: "< 60"
            critical: "> 90"
            budget: 80
          - name: Memory
            query: memory
            target: "< 60"
        """;

    [Fact]
    public async Task Status_judges_the_project_of_the_folder()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("headroom.yaml", Yaml);
        headroom.Write("cpu.csv", "timestamp,value\n2026-01-01T00:00:00Z,50\n2026-01-01T00:05:00Z,54\n");
        await headroom.SucceedAsync("import", "csv", "cpu.csv");
        var json = (await headroom.SucceedAsync("status", "--at", "2026-01-01T00:06:00Z", "--output", "json")).Json;
        Assert.Equal("shop", json.GetProperty("project").GetString());
        Assert.Equal("2026-01-01T00:06:00.000Z", json.GetProperty("at").GetString());
        var cpu = json.GetProperty("kpis")[0];
        Assert.Equal(52, cpu.GetProperty("value").GetDouble());
        Assert.Equal("met", cpu.GetProperty("status").GetString());
        Assert.Equal(30, cpu.GetProperty("changeFromBaselinePercent").GetDouble(), 9);
        Assert.Equal(65, cpu.GetProperty("budget").GetProperty("usedPercent").GetDouble(), 9);
        Assert.Equal("no data", json.GetProperty("kpis")[1].GetProperty("status").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("kpis")[1].GetProperty("value").ValueKind);
        Assert.Contains("CPU", (await headroom.SucceedAsync("status", "--at", "2026-01-01T00:06:00Z")).Output);
    }

    [Theory]
    [InlineData("95", "critical", 99)]
    [InlineData("95", "missed", 99)]
    [InlineData("70", "missed", 99)]
    [InlineData("70", "critical", 0)]
    [InlineData("50", "missed", 0)]
    [InlineData(null, "missed", 98)]
    public async Task The_gate_has_its_own_exit_codes(string? value, string failOn, int exit)
    {
        using var headroom = new HeadroomRun();
        headroom.Write("headroom.yaml", "project: p\nkpis:\n  - { name: CPU, query: cpu, target: \"< 60\", critical: \"> 90\" }\n");
        if (value is not null)
        {
            headroom.Write("cpu.csv", $"timestamp,value\n2026-01-01T00:00:00Z,{value}\n");
            await headroom.SucceedAsync("import", "csv", "cpu.csv");
        }
        Assert.Equal(exit, (await headroom.RunAsync("status", "--at", "2026-01-01T00:01:00Z", "--fail-on", failOn)).ExitCode);
    }

    [Fact]
    public async Task Every_error_in_the_configuration_is_told_with_its_line()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("headroom.yaml", "project: p\nkpis:\n  - name: CPU\n    querry: cpu\n    target: fast\n  - name: Load\n    query: sum(\n");
        foreach (string[] command in (string[][])[["config", "check"], ["status"]])
        {
            var outcome = await headroom.RunAsync(command);
            Assert.Equal(2, outcome.ExitCode);
            Assert.Contains("querry", outcome.Error);
            Assert.Contains("headroom.yaml:4", outcome.Error);
            Assert.Contains("headroom.yaml:5", outcome.Error);
            Assert.Contains("headroom.yaml:7", outcome.Error);
        }
    }

    [Fact]
    public async Task Without_a_configuration_status_says_what_to_do()
    {
        using var headroom = new HeadroomRun();
        var outcome = await headroom.RunAsync("status");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("headroom.yaml", outcome.Error);
        Assert.Contains("fix:", outcome.Error);
    }

    [Fact]
    public async Task The_example_project_judges_the_cloudwatch_data()
    {
        string data = Repository.CloudWatchData();
        using var headroom = new HeadroomRun();
        await headroom.SucceedAsync(["import", "csv", .. Directory.GetFiles(data, "*.csv")]);
        var json = (await headroom.SucceedAsync("status", "--at", "2014-02-20", "-c", Path.Combine(Repository.Root, "examples", "nab", "headroom.yaml"), "--output", "json")).Json;
        Assert.NotEmpty(json.GetProperty("kpis").EnumerateArray());
        Assert.Contains(json.GetProperty("kpis").EnumerateArray(), k => k.GetProperty("status").GetString() != "no data");
    }

    [Fact]
    public async Task The_daily_report_is_one_html_file_and_markdown()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("headroom.yaml", Yaml);
        headroom.Write("cpu.csv", "timestamp,value\n" + string.Concat(Enumerable.Range(0, 600).Select(i => $"{1_767_225_600 + (i * 300)},{40 + (i % 20)}\n")));
        await headroom.SucceedAsync("import", "csv", "cpu.csv");
        await headroom.SucceedAsync("report", "daily", "--at", "2026-01-03", "--html", "r.html", "--markdown", "r.md");
        string html = await File.ReadAllTextAsync(Path.Combine(headroom.Directory, "r.html"));
        Assert.StartsWith("<!", html);
        Assert.Contains("<svg", html);
        Assert.DoesNotContain("http://", html.Replace("http://www.w3.org", "", StringComparison.Ordinal));
        Assert.Contains("CPU", await File.ReadAllTextAsync(Path.Combine(headroom.Directory, "r.md")));
    }
}
