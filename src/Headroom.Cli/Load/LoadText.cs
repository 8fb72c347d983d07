using System.Globalization;
using Headroom.Cli.Output;
using Headroom.Load.Engine;
using Headroom.Load.Results;

namespace Headroom.Cli.Load;

/// <summary>A run and its result as text for a person, and as an exit code.</summary>
internal static class LoadText
{
    /// <summary>One line while it runs.</summary>
    public static string Line(LoadProgress p) => string.Create(CultureInfo.InvariantCulture,
        $"{p.Elapsed.TotalSeconds:0}s{(p.IsWarmUp ? " warm-up" : "")}  {p.PerSecond:#,0}/s  p50 {Ms(p.P50Ms)}  p95 {Ms(p.P95Ms)}  p99 {Ms(p.P99Ms)}  failed {p.FailedPerSecond:#,0}/s  users {p.ActiveVus:#,0}  lag p99 {Ms(p.LagP99Ms)}");

    /// <summary>98 for a run that does not count, 99 for a broken threshold, 130 for one that was stopped.</summary>
    public static int ExitCode(LoadResult result) =>
        result.Interrupted ? ExitCodes.Interrupted : !result.Valid || NothingMeasured(result) ? ExitCodes.NotValid : !result.Passed ? ExitCodes.Missed : ExitCodes.Done;

    public static void Write(TextWriter output, LoadResult result)
    {
        var r = result.Requests;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TextTable.Printable(result.Name)}: {result.DurationSeconds:0.##} s, {result.Transport}"));
        foreach (var scenario in result.Scenarios) output.WriteLine($"  {TextTable.Printable(scenario.Name)}: {scenario.Load}");
        output.WriteLine();
        output.WriteLine("Performance Metrics:");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  Total Requests: {r.Sent:#,0}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  Requests/sec: {r.PerSecond:#,0.##}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  Error Rate: {r.FailedRate * 100:0.###}%{Failures(result)}"));
        output.WriteLine($"  Avg Response Time: {Ms(result.ResponseTime.Average)}");
        output.WriteLine($"  P95 Response Time: {Ms(result.ResponseTime.P95)}");
        output.WriteLine($"  P99 Response Time: {Ms(result.ResponseTime.P99)}");
        output.WriteLine($"  Max Response Time: {Ms(result.ResponseTime.Max)}");
        output.WriteLine();
        var times = new TextTable(("latency", false), ("min", true), ("avg", true), ("p50", true), ("p90", true), ("p95", true), ("p99", true), ("p99.9", true), ("max", true));
        Add(times, "service time", result.ServiceTime);
        Add(times, "response time", result.ResponseTime);
        times.WriteTo(output);
        if (result.Endpoints.Count > 1)
        {
            output.WriteLine();
            var endpoints = new TextTable(("request", false), ("scenario", false), ("count", true), ("success", true), ("avg", true), ("p50", true), ("p95", true), ("p99", true), ("max", true));
            foreach (var e in result.Endpoints)
                endpoints.Add(e.Name, e.Scenario, e.Count.ToString("#,0", CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{e.SuccessRate * 100:0.##}%"), Ms(e.Average), Ms(e.P50), Ms(e.P95), Ms(e.P99), Ms(e.Max));
            endpoints.WriteTo(output);
        }
        if (result.Checks.Count > 0)
        {
            output.WriteLine();
            var checks = new TextTable(("check", false), ("request", false), ("passed", true), ("failed", true));
            foreach (var c in result.Checks) checks.Add(c.Name, c.Request, c.Passed.ToString("#,0", CultureInfo.InvariantCulture), c.Failed.ToString("#,0", CultureInfo.InvariantCulture));
            checks.WriteTo(output);
        }
        if (result.Metrics.Count > 0)
        {
            output.WriteLine();
            foreach (var m in result.Metrics)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {TextTable.Printable(m.Name)} ({m.Kind}): {(m.Trend is { } t ? $"avg {t.Average:0.###}, p95 {t.P95:0.###}, max {t.Max:0.###}" : m.Value is { } v ? v.ToString("0.####", CultureInfo.InvariantCulture) : "no data")}"));
        }
        output.WriteLine();
        output.WriteLine("Performance Assessment:");
        foreach (var line in result.Assessment) output.WriteLine($"  {(line.Good ? "✓" : "✗")} {line.Subject}: {line.Word} ({line.Bound})");
        if (result.Assessment.Count == 0) output.WriteLine("  no data");
        if (result.Thresholds.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Thresholds:");
            foreach (var t in result.Thresholds)
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(t.Passed ? "✓" : "✗")} {TextTable.Printable(t.Metric)}: {t.Expression}, is {(t.Value is { } value ? value.ToString("0.####", CultureInfo.InvariantCulture) : "no data")}"));
        }
        var g = result.Generator;
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Generator: {g.Workers} thread{(g.Workers == 1 ? "" : "s")}, CPU {g.CpuPercent:0.#}%, schedule lag p99 {Ms(g.ScheduleLagP99Ms)}, dropped arrivals {g.DroppedArrivals:#,0}, GC pauses {Ms(g.GcPauseMs)}, connections {g.ConnectionsOpened:#,0}"));
        foreach (string warning in result.Warnings) output.WriteLine($"  note: {warning}");
        foreach (string reason in result.InvalidReasons) output.WriteLine($"  invalid: {reason}");
        output.WriteLine();
        output.WriteLine(Verdict(result));
    }

    private static string Verdict(LoadResult result)
    {
        if (result.Interrupted) return "INTERRUPTED: the result covers what was measured until then.";
        if (!result.Valid) return "INVALID: the generator could not carry this run; it neither passed nor failed.";
        if (NothingMeasured(result)) return "INVALID: nothing was measured.";
        if (result.AbortedBy is { } broken) return $"FAILED: ended early by {broken}";
        return result.Thresholds.Count == 0 ? "DONE: there are no thresholds to judge by." : result.Passed ? "PASSED" : "FAILED: a threshold was broken.";
    }

    private static bool NothingMeasured(LoadResult result) => result.Endpoints.All(e => e.Count == 0);

    private static string Failures(LoadResult result) => result.Errors.Count == 0 ? "" : $" ({string.Join(", ", result.Errors.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Key} {e.Value:#,0}")))})";

    private static void Add(TextTable table, string name, LatencySummary l) => table.Add(name, Ms(l.Min), Ms(l.Average), Ms(l.P50), Ms(l.P90), Ms(l.P95), Ms(l.P99), Ms(l.P999), Ms(l.Max));

    private static string Ms(double? milliseconds) => milliseconds is not { } ms || double.IsNaN(ms) ? "-"
        : ms.ToString(ms < 1 ? "0.000" : ms < 100 ? "0.0#" : "#,0", CultureInfo.InvariantCulture) + "ms";
}
