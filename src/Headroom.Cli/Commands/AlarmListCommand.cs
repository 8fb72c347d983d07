using System.CommandLine;
using System.Text.Json;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom alarm list</c>: the alarms and their states.</summary>
internal sealed class AlarmListCommand : HeadroomSubcommand
{
    private readonly Option<long?> _at = TimeExpression.Option("--at", "Evaluate at another instant, without recording or telling anything [default: now].", TimeProvider.System);
    private readonly Option<bool> _failOn = new("--fail-on-alarm") { Description = "Exit 99 when any is in ALARM." };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public AlarmListCommand() : base("list", "Shows the alarms of headroom.yaml and their states.")
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_at, _failOn, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom alarm list", "As headroom serve left them; evaluated now where none runs."),
        ("headroom alarm list --at now-1d --output json", "How they would have stood yesterday."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var parse = context.Parse;
        await using var api = context.Connect();
        // A server that evaluates knows more than the file: it is asked to use another only when one is named.
        var config = parse.GetValue(CommonOptions.Config) is null && api.IsLocal && await ServesAlarmsAsync(api, context.Cancel) ? ("config", null) : CommonOptions.ConfigParameter(parse, api);
        using var document = await api.GetJsonAsync(ApiClient.PathWith("/api/alarms", ("at", CommonOptions.Seconds(parse.GetValue(_at))), config), context.Cancel);
        var alarms = document.RootElement.GetProperty("alarms").EnumerateArray().ToList();
        if (parse.GetValue(_output) == "json") context.Output.WriteLine(document.RootElement.GetRawText());
        else Write(context.Output, alarms);
        return parse.GetValue(_failOn) && alarms.Any(a => a.GetProperty("state").GetString() == "ALARM") ? ExitCodes.Missed : ExitCodes.Done;
    }

    private static async Task<bool> ServesAlarmsAsync(ApiClient api, CancellationToken cancel)
    {
        try
        {
            using var document = await api.GetJsonAsync("/api/alarms", cancel);
            return document.RootElement.GetProperty("recorded").GetBoolean();
        }
        catch (Configuration.Diagnostics.ProblemException)
        {
            return false;
        }
    }

    private static void Write(TextWriter output, List<JsonElement> alarms)
    {
        if (alarms.Count == 0)
        {
            output.WriteLine("there are no alarms; define them under alarms in headroom.yaml");
            return;
        }
        var table = new TextTable(("ALARM", false), ("STATE", false), ("SINCE", false), ("SERIES", false), ("WHY", false), ("KEPT QUIET BY", false));
        var rows = from alarm in alarms
                   from series in alarm.GetProperty("series").EnumerateArray()
                   orderby Rank(series.GetProperty("state").GetString())
                   select (Name: alarm.GetProperty("name").GetString()!, Series: series);
        foreach (var (name, series) in rows)
            table.Add(name, series.GetProperty("state").GetString()!, series.GetProperty("since").GetString()![..16].Replace('T', ' ') + "Z",
                PrometheusData.LabelsOf(series.GetProperty("labels")) is { Count: > 0 } labels ? labels.ToString() : "", series.GetProperty("reason").GetString()!, series.GetProperty("mutedBy").GetString() ?? "");
        table.WriteTo(output);
    }

    private static int Rank(string? state) => state switch { "ALARM" => 0, "INSUFFICIENT_DATA" => 1, _ => 2 };
}
