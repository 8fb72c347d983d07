using System.Globalization;
using Headroom.Cli.Output;
using Headroom.Objectives.Regressions;
using Headroom.Reports;
using Headroom.Reports.Terminal;
using Spectre.Console;

namespace Headroom.Cli.Demo;

/// <summary>What the demo says while it runs, for a person who sees Headroom for the first time.</summary>
internal sealed class DemoStory(TextWriter output, bool told, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    /// <summary>Both sides are up.</summary>
    public void Started(Uri server, string directory, Uri shop, int seed)
    {
        Say("Headroom measures a small shop, judges it against its targets, and finds what gets worse.");
        Say("");
        Say($"  server   {Short(server)}  data in {directory}");
        Say($"  shop     {Short(shop)}  a process of its own, response times drawn with seed {seed}");
        Say($"  traffic  {DemoRun.RequestsPerSecond:0} requests/s over {ShopTraffic.Kinds.Count} endpoints, sent on schedule whatever the answers do");
        Say("");
        Say($"{Clock()} measuring");
    }

    /// <summary>Shows progress until an instant.</summary>
    public async Task WatchAsync(string what, DateTimeOffset from, DateTimeOffset to, Measurements measurements, Task sending, CancellationToken cancel)
    {
        using var progress = told ? Output.Progress.OnTerminal(time) : null;
        while (time.GetUtcNow() is var now && now < to)
        {
            // Traffic that fails ends the demo at once, with its own error.
            if (sending.IsFaulted) await sending;
            progress?.Show($"{what}: {Math.Max(0, (now - from).TotalSeconds):0} of {(to - from).TotalSeconds:0} s, {measurements.Sent.Count} requests stored");
            var left = to - now;
            await Task.Delay(left < TimeSpan.FromMilliseconds(250) ? left : TimeSpan.FromMilliseconds(250), time, cancel);
        }
    }

    /// <summary>The change was made.</summary>
    public void Changed(string endpoint, double factor) =>
        Say(string.Create(CultureInfo.InvariantCulture, $"{Clock()} made {endpoint} take {factor} times as long; measuring on"));

    /// <summary>What the server says.</summary>
    public void Found(DemoFindings findings)
    {
        Say($"{Clock()} {findings.Requests} requests measured, {findings.Failures} failed; 99% were sent within {findings.LagSeconds * 1000:0.0} ms of their schedule");
        Say("");
        Say("KPIs before the change");
        Tell(console => StatusTable.Write(console, findings.Before));
        Say("");
        Say("KPIs after the change");
        Tell(console => StatusTable.Write(console, findings.After, findings.Before));
        Say("");
        foreach (var regression in findings.Regressions) Say("Regression: " + Sentence(regression));
        if (findings.Regressions.Count == 0) Say("No endpoint got worse by more than 20% with significance.");
        var others = findings.Changes.Findings.Where(f => f.Verdict != RegressionVerdict.Regression).Select(f => $"{f.Labels["endpoint"]} {Quantities.Change(f.ChangePercent)}").ToArray();
        if (others.Length > 0) Say("  the others: " + string.Join(", ", others));
        if (findings.Caution is { } caution) Say($"  caution: {caution}");
        Say("  rule: the median of one-second medians moves by more than 20%, and a Mann-Whitney test says so at 5% after Holm's correction");
    }

    /// <summary>The end.</summary>
    public void Finished(string report, string? invalid, Uri? kept)
    {
        if (invalid is not null) Say($"No verdict: {invalid}. Run it again on a quieter machine, or with another --seed.");
        Say("");
        Say($"{Clock()} report written to {report}");
        if (kept is not null) Say($"The server stays up at {Short(kept)} until Ctrl-C.");
    }

    private static string Sentence(RegressionFinding finding) =>
        $"{finding.Labels["endpoint"]} got slower: median {Quantities.Move(finding.Baseline, finding.Candidate, "s")}, {Quantities.Change(finding.ChangePercent)} "
        + $"(95% interval {Quantities.Change(finding.ChangeLowPercent)} to {Quantities.Change(finding.ChangeHighPercent)}), "
        + $"p {Probability(finding.PValue)} over {finding.BaselineSlots} and {finding.CandidateSlots} seconds";

    private static string Probability(double p) => Quantities.Probability(p) is ['<', ..] small ? small : "= " + Quantities.Probability(p);

    private void Tell(Action<IAnsiConsole> write)
    {
        if (told) write(TerminalConsole.ForStandardOutput());
    }

    private void Say(string line)
    {
        if (told) output.WriteLine(line);
    }

    private string Clock() => string.Create(CultureInfo.InvariantCulture, $"[{time.GetElapsedTime(_started).TotalSeconds,4:0.0} s]");

    private static string Short(Uri url) => url.ToString().TrimEnd('/');
}
