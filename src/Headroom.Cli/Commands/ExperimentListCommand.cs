using System.CommandLine;
using System.Globalization;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom experiment list</c></summary>
internal sealed class ExperimentListCommand : HeadroomSubcommand
{
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public ExperimentListCommand() : base("list", "Shows the experiments, of the data directory and of headroom.yaml.") => Add(_output);

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom experiment list", "Every experiment, its variants and its metric.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var api = context.Connect();
        using var json = await api.GetJsonAsync(ApiClient.PathWith("/api/experiments", CommonOptions.ConfigParameter(context.Parse, api)), context.Cancel);
        if (context.Parse.GetValue(_output) == "json")
        {
            context.Output.WriteLine(json.RootElement.GetRawText());
            return ExitCodes.Done;
        }
        var table = new TextTable(("EXPERIMENT", false), ("VARIANTS", false), ("METRIC", false), ("SINCE", false));
        foreach (var experiment in json.RootElement.EnumerateArray())
        {
            var definition = experiment.GetProperty("definition");
            table.Add(definition.GetProperty("name").GetString()!,
                string.Join(", ", definition.GetProperty("variants").EnumerateArray().Select(v => $"{v.GetProperty("name").GetString()} {v.GetProperty("weight").GetDouble().ToString(CultureInfo.InvariantCulture)}")),
                definition.GetProperty("metric").GetString()!,
                $"{DateTimeOffset.FromUnixTimeMilliseconds(experiment.GetProperty("definedAt").GetInt64()):yyyy-MM-dd HH:mm}Z");
        }
        table.WriteTo(context.Output);
        return ExitCodes.Done;
    }
}
