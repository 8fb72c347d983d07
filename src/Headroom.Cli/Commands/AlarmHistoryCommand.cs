using System.CommandLine;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom alarm history NAME</c>: changes of state and what was told.</summary>
internal sealed class AlarmHistoryCommand : HeadroomSubcommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "The alarm." };
    private readonly Option<int> _limit = new("--limit") { Description = "How many entries, newest first.", HelpName = "N", DefaultValueFactory = _ => 50 };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public AlarmHistoryCommand() : base("history", "Shows an alarm's changes of state, and what its actions came to.")
    {
        Add(_name);
        Add(_limit);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom alarm history api-slow", "Newest first.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var parse = context.Parse;
        await using var api = context.Connect();
        using var document = await api.GetJsonAsync(ApiClient.PathWith($"/api/alarms/{Uri.EscapeDataString(parse.GetValue(_name)!)}/history",
            ("limit", parse.GetValue(_limit).ToString(System.Globalization.CultureInfo.InvariantCulture)), CommonOptions.ConfigParameter(parse, api)), context.Cancel);
        if (parse.GetValue(_output) == "json")
        {
            context.Output.WriteLine(document.RootElement.GetRawText());
            return ExitCodes.Done;
        }
        var entries = document.RootElement.GetProperty("entries").EnumerateArray().ToList();
        if (entries.Count == 0)
        {
            context.Output.WriteLine("nothing has happened to it; headroom serve evaluates alarms");
            return ExitCodes.Done;
        }
        var table = new TextTable(("AT", false), ("WHAT", false), ("SERIES", false), ("WHY", false));
        foreach (var entry in entries)
            table.Add(entry.GetProperty("at").GetString()![..19].Replace('T', ' ') + "Z",
                entry.GetProperty("kind").GetString() == "state"
                    ? $"{entry.GetProperty("from").GetString()} -> {entry.GetProperty("to").GetString()}"
                    : $"{entry.GetProperty("action").GetString()} {entry.GetProperty("outcome").GetString()} at attempt {entry.GetProperty("attempts").GetInt32()}",
                PrometheusData.LabelsOf(entry.GetProperty("labels")) is { Count: > 0 } labels ? labels.ToString() : "", entry.GetProperty("reason").GetString()!);
        table.WriteTo(context.Output);
        return ExitCodes.Done;
    }
}
