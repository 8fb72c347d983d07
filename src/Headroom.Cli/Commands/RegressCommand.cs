using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;
using Headroom.Objectives.Regressions;
using Headroom.Reports;
using Headroom.Reports.Terminal;
using Headroom.Server.Regressions;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom regress</c>: what got worse between two windows; exit 99 when something did that nobody announced.</summary>
internal sealed class RegressCommand : HeadroomSubcommand
{
    private readonly Argument<string[]> _metrics = new("METRIC") { Description = "KPIs by name, or PromQL expressions; every KPI of headroom.yaml when none is given.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _before = new("--before") { Description = "The base window [default: the day before the last].", HelpName = "FROM..TO" };
    private readonly Option<string?> _after = new("--after") { Description = "The window compared with it [default: the last 24 hours].", HelpName = "FROM..TO" };
    private readonly Option<string?> _slot = new("--slot") { Description = "Width of a time slot [default: a twentieth of the shorter window].", HelpName = "DURATION" };
    private readonly Option<double> _tolerance = new("--tolerance") { Description = "Smaller changes of the median are no finding.", HelpName = "PERCENT", DefaultValueFactory = _ => 20 };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public RegressCommand() : base("regress", "Finds what got worse between two windows of stored measurements.")
    {
        Add(new RegressHistoryCommand());
        Add(_metrics);
        foreach (Option option in (ReadOnlySpan<Option>)[_before, _after, _slot, _tolerance, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom regress", "Every KPI, the last day against the day before. Exit 99 when one got worse and no deployment announced it."),
        ("headroom regress 'avg by (service) (latency)' --before 2026-03-01..2026-03-02 --after 2026-03-02..2026-03-03", "One expression, two days."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var parse = context.Parse;
        var now = context.Time.GetUtcNow();
        var metrics = parse.GetValue(_metrics)!;
        var body = new JsonObject
        {
            ["before"] = Window(parse.GetValue(_before) ?? "now-2d..now-1d", "--before", now),
            ["after"] = Window(parse.GetValue(_after) ?? "now-1d..now", "--after", now),
            ["slot"] = parse.GetValue(_slot),
            ["queries"] = metrics.Length == 0 ? null : new JsonArray([.. metrics.Select(m => JsonValue.Create(m))]),
            ["tolerancePercent"] = parse.GetValue(_tolerance),
        };
        await using var api = context.Connect();
        string path = ApiClient.PathWith("/api/regressions", CommonOptions.ConfigParameter(parse, api));
        using var json = await api.PostJsonAsync(path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), context.Cancel);
        var result = RegressionJson.Read(json.RootElement);
        if (parse.GetValue(_output) == "json") context.Output.WriteLine(json.RootElement.GetRawText());
        else Write(context, result);
        if (result.Findings.Any(f => f.IsUnexplainedRegression)) return ExitCodes.Missed;
        return result.Findings.Count == 0 || result.Findings.All(f => f.Verdict == RegressionVerdict.NoData) ? ExitCodes.NotValid : ExitCodes.Done;
    }

    private static void Write(CommandContext context, ComparisonResult result)
    {
        RegressionList.Write(TerminalConsole.ForStandardOutput(), [.. result.Findings.Select(f => (f, new RegressionSubject(NameOf(f), null)))]);
        foreach (var finding in result.Findings)
        {
            if (finding.Verdict != RegressionVerdict.Regression) continue;
            foreach (var deployment in finding.Deployments.Take(5))
                context.Output.WriteLine($"near {NameOf(finding)}: {deployment.Service} {deployment.Version} deployed {DateTimeOffset.FromUnixTimeMilliseconds(deployment.Time):yyyy-MM-dd HH:mm}Z"
                    + (deployment.Id == finding.ExplainedBy ? ", which announced it" : ""));
        }
        foreach (string note in result.Notes) context.Error.WriteLine(note);
    }

    private static string NameOf(RegressionFinding finding) => (finding.Kpi ?? finding.Query) + (finding.Labels.Count == 0 ? "" : " " + finding.Labels);

    private static JsonObject Window(string text, string option, DateTimeOffset now)
    {
        int at = text.IndexOf("..", StringComparison.Ordinal);
        if (at < 0 || !TimeExpression.TryParse(text[..at], now, out long from) || !TimeExpression.TryParse(text[(at + 2)..], now, out long to))
            throw new ProblemException(new Problem("usage", $"'{text}' is no window of time.", option, "Write FROM..TO, as in now-2d..now-1d or 2026-03-01..2026-03-02."));
        return new JsonObject { ["from"] = Seconds(from), ["to"] = Seconds(to) };
    }

    private static string Seconds(long milliseconds) => (milliseconds / 1000m).ToString(CultureInfo.InvariantCulture);
}
