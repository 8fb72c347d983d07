using System.CommandLine;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Configuration.Diagnostics;
using Headroom.Objectives.Kpis;
using Headroom.Reports.Terminal;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom status</c>: every KPI against its target.</summary>
internal sealed class StatusCommand : HeadroomSubcommand
{
    private readonly Option<long?> _at = TimeExpression.Option("--at", "The instant to judge: now-1d, 2026-01-31, Unix seconds [default: now].", TimeProvider.System);
    private readonly Option<string> _output = CommonOptions.Output("table", "json");
    private readonly Option<string?> _failOn = new("--fail-on") { Description = "Exit 99 when a KPI is missed (or critical), 98 when one has no data.", HelpName = "missed|critical" };

    public StatusCommand() : base("status", "Judges the KPIs of headroom.yaml and shows where each stands.")
    {
        _failOn.AcceptOnlyFromAmong("missed", "critical");
        Add(_at);
        Add(_failOn);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom status", "The KPIs of ./headroom.yaml, now."),
        ("headroom status --at 2014-02-20 -c examples/cloudwatch/headroom.yaml", "Another project, at an instant of its data."),
        ("headroom status --fail-on critical --output json", "For a pipeline."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var api = context.Connect();
        string json = await api.GetStringAsync(ApiClient.PathWith("/api/status", ("at", CommonOptions.Seconds(context.Parse.GetValue(_at))), CommonOptions.ConfigParameter(context.Parse, api)), context.Cancel);
        var report = StatusJson.Read(json);
        if (context.Parse.GetValue(_output) == "json") context.Output.WriteLine(json);
        else StatusTable.Write(TerminalConsole.ForStandardOutput(), report);
        return context.Parse.GetValue(_failOn) switch
        {
            "missed" => Gate(context, StatusGate.Judge(report, KpiVerdict.Missed)),
            "critical" => Gate(context, StatusGate.Judge(report, KpiVerdict.Critical)),
            _ => ExitCodes.Done,
        };
    }

    private static int Gate(CommandContext context, GateResult gate)
    {
        switch (gate.Outcome)
        {
            case GateOutcome.Missed:
                context.Error.WriteLine($"gate shut: {Names(gate.Failing)}");
                return ExitCodes.Missed;
            case GateOutcome.NoVerdict:
                context.Error.WriteLine(gate.WithoutData.Count == 0 ? "no verdict: there are no KPIs" : $"no verdict: no data for {Names(gate.WithoutData)}");
                return ExitCodes.NotValid;
            default:
                return ExitCodes.Done;
        }
    }

    private static string Names(IEnumerable<KpiStatus> kpis) => string.Join(", ", kpis.Select(k => k.Labels.Count == 0 ? k.Name : $"{k.Name} {k.Labels}"));
}
