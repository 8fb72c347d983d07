using System.Diagnostics;
using System.Globalization;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Tests.Slos;

namespace Headroom.Objectives.Tests.Alarms;

/// <summary>The same series, read by promtool and here, must give the same values.</summary>
public sealed class SeriesNotationPeerTests
{
    [Fact]
    public async Task Promtool_reads_the_same_values()
    {
        string? promtool = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(p => Path.Combine(p, "promtool")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(promtool is null, "promtool is not installed (Debian package: prometheus)");
        var random = new Random(42);
        var series = Enumerable.Range(0, 30).Select(i => ($"s{i}", string.Join(' ', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Item(random))))).ToArray();
        var backend = Given.Series(series);
        // Between two samples: Prometheus 2 looks back to a sample of exactly five minutes ago, Prometheus 3 and this program do not.
        var checks = new List<string>();
        foreach (var (name, _) in series)
            for (int minute = 0; minute < 12; minute++)
            {
                var found = ((VectorValue)(await backend.QueryAsync(name, (minute * 60_000L) + 30_000, TestContext.Current.CancellationToken)).Value).Samples;
                string expected = string.Join(", ", found.Select(f => string.Create(CultureInfo.InvariantCulture, $"{{ labels: '{name}', value: {f.Value:R} }}")));
                checks.Add($"      - {{ eval_time: {minute}m30s, expr: {name}, exp_samples: [{expected}] }}");
            }
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.PathOf("t.yaml"), $"evaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n{string.Concat(series.Select(s => $"      - {{ series: {s.Item1}, values: '{s.Item2}' }}\n"))}    promql_expr_test:\n{string.Join("\n", checks)}\n", TestContext.Current.CancellationToken);
        using var process = Process.Start(new ProcessStartInfo(promtool!, ["test", "rules", folder.PathOf("t.yaml")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await error;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, string.Join('\n', series.Select(s => $"{s.Item1}: {s.Item2}")) + output);
    }

    private static string Item(Random random) => random.Next(7) switch
    {
        0 => $"{random.Next(-9, 9)}",
        1 => $"{random.Next(9)}+{random.Next(1, 9)}x{random.Next(1, 5)}",
        2 => $"{random.Next(9)}-{random.Next(1, 9)}x{random.Next(1, 5)}",
        3 => $"{random.Next(9)}.5x{random.Next(1, 4)}",
        4 => "_",
        5 => $"_x{random.Next(1, 6)}",
        _ => "stale",
    };
}
