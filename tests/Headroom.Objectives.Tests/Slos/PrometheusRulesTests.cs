using System.Diagnostics;
using Headroom.Objectives.Slos;

namespace Headroom.Objectives.Tests.Slos;

public sealed class PrometheusRulesTests
{
    private const string Definitions = """
        slos:
          - {name: requests availability, service: shop, objective: 99.9%, window: 30d, bad: 'sum(increase(errors_total[$window]))', total: 'sum(increase(requests_total[$window]))'}
          - {name: latency, objective: 95%, window: {calendar: month}, latency: {histogram: 'h{a="b"}', threshold: 0.5}}
          - {name: slices, objective: 99.5%, window: 28d, good: 'sum(increase(g[$window]))', total: 'sum(increase(t[$window]))', timeslices: {slice: 1m, target: 99%}}
          - {name: recovery, objective: 99%, window: 7d, value: {query: open, when: "< 60"}}
          - {name: range, objective: 99%, window: 7d, value: {query: open, when: 1..2}}
          - {name: never, objective: 100%, window: 1d, bad: 'sum(increase(errors_total[$window]))', total: 'sum(increase(requests_total[$window]))'}
          - {name: loose, objective: 50%, window: 90d, bad: 'sum(increase(errors_total[$window]))', total: 'sum(increase(requests_total[$window]))'}
        """;

    [Fact]
    public void The_names_are_sloth_s()
    {
        string rules = PrometheusRules.Write(Given.Slos(Definitions));
        foreach (string line in (string[])[
            "  - name: sloth-slo-sli-recordings-shop-requests-availability",
            "      - record: slo:sli_error:ratio_rate5m", "      - record: slo:sli_error:ratio_rate30d", "      - record: slo:error_budget:ratio", "      - record: slo:current_burn_rate:ratio",
            "          sloth_id: shop-requests-availability", "          sloth_window: \"5m\"", "          sloth_severity: page"])
            Assert.Contains(line + "\n", rules, StringComparison.Ordinal);
        Assert.Contains("(sum(increase(errors_total[5m]))) / (sum(increase(requests_total[5m])))", rules, StringComparison.Ordinal);
        Assert.Contains("> (14.4 * 0.001)", rules, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promtool_accepts_every_rule()
    {
        Assert.SkipWhen(Promtool is null, "promtool is not installed (Debian package: prometheus)");
        using var directory = new TemporaryFolder();
        await File.WriteAllTextAsync(directory.PathOf("rules.yaml"), PrometheusRules.Write(Given.Slos(Definitions)), TestContext.Current.CancellationToken);
        var (code, output) = await RunAsync("check", "rules", directory.PathOf("rules.yaml"));
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task The_exported_alert_fires_when_the_alarm_here_does()
    {
        Assert.SkipWhen(Promtool is null, "promtool is not installed (Debian package: prometheus)");
        var slo = Given.Slos(Definitions)[0];
        // Ten minutes of one error in five, after four hours without.
        (string, string)[] series = [("requests_total", "0+100x600"), ("errors_total", "0x240 20+20x9 200x340")];
        using var directory = new TemporaryFolder();
        await File.WriteAllTextAsync(directory.PathOf("rules.yaml"), PrometheusRules.Write([slo]), TestContext.Current.CancellationToken);
        var backend = Given.Series(series);
        var checks = new List<string>();
        for (int minute = 230; minute <= 320; minute += 3)
        {
            var burn = Assert.Single(await new SloEvaluator(backend).BurnAsync(slo, minute * 60_000L, TestContext.Current.CancellationToken)).Readings;
            bool fires = burn.Any(b => b.Rule.Severity == BurnSeverity.Page && b.Fires);
            checks.Add($"      - {{ eval_time: {minute}m, expr: 'count(ALERTS{{sloth_severity=\"page\"}}) or vector(0)', exp_samples: [{{ value: {(fires ? 1 : 0)}, labels: '{{}}' }}] }}");
        }
        Assert.Contains(checks, c => c.Contains("value: 1", StringComparison.Ordinal));
        // Without an order promtool evaluates the groups in any, and an alert may see the recordings of a minute ago.
        string order = string.Join(", ", ((string[])["sli-recordings", "meta-recordings", "alerts"]).Select(g => $"sloth-slo-{g}-shop-requests-availability"));
        string test = $"rule_files: [rules.yaml]\ngroup_eval_order: [{order}]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n{string.Concat(series.Select(s => $"      - {{ series: '{s.Item1}', values: '{s.Item2}' }}\n"))}    promql_expr_test:\n{string.Join("\n", checks)}\n";
        await File.WriteAllTextAsync(directory.PathOf("test.yaml"), test, TestContext.Current.CancellationToken);
        var (code, output) = await RunAsync("test", "rules", directory.PathOf("test.yaml"));
        Assert.True(code == 0, output);
    }

    private static string? Promtool => Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(p => Path.Combine(p, "promtool")).FirstOrDefault(File.Exists);

    private static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Promtool!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("headroom-objectives-test-");

    public string PathOf(string name) => Path.Combine(_directory.FullName, name);

    public void Dispose() => _directory.Delete(recursive: true);
}
