using System.Globalization;
using Headroom.Cli.Output;
using Headroom.Resilience.CircuitBreaking;
using Headroom.Resilience.Tuning;

namespace Headroom.Cli.Commands;

/// <summary>A tuning report for people: the verdict, what it would change, and what it would cost.</summary>
internal static class ResilienceTuneTable
{
    public static void Write(TextWriter output, TuningReport report, FailureHistory history)
    {
        output.WriteLine(Invariant($"{report.Calls} calls from {Time(history.Calls[0].StartedAt)} to {Time(history.Calls[^1].StartedAt)}, {report.Outages.Count} outages found, {report.PlantedOutages} planted"));
        foreach (var outage in report.Outages)
            output.WriteLine(Invariant($"  outage {Time(outage.Start)} to {Time(outage.End)}: {outage.BadCalls} of {outage.Calls} calls bad"));
        output.WriteLine();
        output.WriteLine(report.Reason);
        output.WriteLine();
        WriteOptions(output, report);
        output.WriteLine();
        WriteHeldOut(output, report);
        output.WriteLine();
        output.WriteLine("Trade-offs on the whole history (no choice beats another in every column):");
        var table = new TextTable([.. Columns("failures in a row", "ratio", "of calls", "break"), .. s_scores]);
        foreach (var one in report.TradeOffs) table.Add([.. Options(one.Options), .. Score(one.Score)]);
        table.WriteTo(output);
    }

    private static readonly (string Header, bool Right)[] s_scores = Columns("false openings", "detected", "mean to detect", "good calls refused");

    private static void WriteOptions(TextWriter output, TuningReport report)
    {
        var table = new TextTable(("option", false), ("current", true), ("recommended", true));
        var current = report.Current.Options;
        var recommended = report.Recommended;
        Row("failures in a row, low traffic", o => Invariant($"{o.LowTrafficFailures}"));
        Row("failures in a row, normal traffic", o => Invariant($"{o.NormalTrafficFailures}"));
        Row("failures in a row, high traffic", o => Invariant($"{o.HighTrafficFailures}"));
        Row("failure ratio", o => Invariant($"{o.FailureRatio:0.##}"));
        Row("calls for a ratio", o => Invariant($"{o.MinimumCalls}"));
        Row("first break", o => Invariant($"{o.BreakDuration.TotalSeconds:0.###} s"));
        table.WriteTo(output);

        void Row(string name, Func<AdaptiveCircuitBreakerOptions, string> value) => table.Add(name, value(current), value(recommended));
    }

    private static void WriteHeldOut(TextWriter output, TuningReport report)
    {
        output.WriteLine("On parts of the history the options were not chosen on:");
        var table = new TextTable([("part", false), ("options", false), .. s_scores]);
        foreach (var fold in report.Folds)
        {
            table.Add([Invariant($"{fold.Block}"), "current", .. Score(fold.Current)]);
            table.Add([Invariant($"{fold.Block}"), "tuned " + Options(fold.Chosen)[0], .. Score(fold.Tuned)]);
        }

        table.Add(["all", "current", .. Score(report.CurrentHeldOut)]);
        table.Add(["all", "tuned", .. Score(report.TunedHeldOut)]);
        table.WriteTo(output);
    }

    private static string[] Options(AdaptiveCircuitBreakerOptions options) =>
    [
        Invariant($"{options.LowTrafficFailures}/{options.NormalTrafficFailures}/{options.HighTrafficFailures}"),
        Invariant($"{options.FailureRatio:0.##}"), Invariant($"{options.MinimumCalls}"), Invariant($"{options.BreakDuration.TotalSeconds:0.###} s"),
    ];

    private static string[] Score(TuningScore score) =>
    [
        Invariant($"{score.FalseOpenings}"),
        score.Outages == 0 ? "no outages" : Invariant($"{score.Detected}/{score.Outages}"),
        score.Outages == 0 ? "-" : Invariant($"{score.MeanSecondsToDetect:0.00} s"),
        Invariant($"{score.RefusedGoodCalls}"),
    ];

    private static (string Header, bool Right)[] Columns(params ReadOnlySpan<string> names)
    {
        var columns = new (string, bool)[names.Length];
        for (int i = 0; i < names.Length; i++) columns[i] = (names[i], true);
        return columns;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
