using System.CommandLine;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom silence list</c>: the silences that hold or will.</summary>
internal sealed class SilenceListCommand : HeadroomSubcommand
{
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public SilenceListCommand() : base("list", "Shows the silences that hold or will, those of headroom.yaml included.") => Add(_output);

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom silence list", "What is kept quiet.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var api = context.Connect();
        using var document = await api.GetJsonAsync(ApiClient.PathWith("/api/silences", CommonOptions.ConfigParameter(context.Parse, api)), context.Cancel);
        if (context.Parse.GetValue(_output) == "json")
        {
            context.Output.WriteLine(document.RootElement.GetRawText());
            return ExitCodes.Done;
        }
        var silences = document.RootElement.GetProperty("silences").EnumerateArray().ToList();
        if (silences.Count == 0)
        {
            context.Output.WriteLine("nothing is silenced");
            return ExitCodes.Done;
        }
        var table = new TextTable(("SILENCE", false), ("ALARMS", false), ("FROM", false), ("UNTIL", false), ("NOW", false), ("BY", false), ("COMMENT", false));
        foreach (var silence in silences)
            table.Add(silence.GetProperty("id").GetString()!, silence.GetProperty("match").GetString()!, silence.GetProperty("from").GetString()![..16].Replace('T', ' ') + "Z", silence.GetProperty("until").GetString()![..16].Replace('T', ' ') + "Z",
                silence.GetProperty("active").GetBoolean() ? "holds" : "will hold", silence.GetProperty("by").GetString() ?? "", silence.GetProperty("comment").GetString() ?? "");
        table.WriteTo(context.Output);
        return ExitCodes.Done;
    }
}
