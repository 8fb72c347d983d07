using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom bottlenecks</c>: what takes the most.</summary>
internal sealed class BottlenecksCommand : HeadroomSubcommand
{
    private static readonly Dictionary<string, (string Title, string Unit)> Titles = new(StringComparer.Ordinal)
    {
        ["slow"] = ("Slow operations, by all the time their calls took", "s"),
        ["errors"] = ("Sources of errors", ""),
        ["rate-limits"] = ("Rate limits hit", ""),
        ["saturation"] = ("Nearly full", ""),
    };

    private readonly Option<long?> _at = TimeExpression.Option("--at", "End of the stretch [default: now].", TimeProvider.System);
    private readonly Option<string> _window = new("--window") { Description = "Length of the stretch.", HelpName = "DURATION", DefaultValueFactory = _ => "1d" };
    private readonly Option<int> _top = new("--top") { Description = "Most entries of one kind.", HelpName = "N", DefaultValueFactory = _ => 5 };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public BottlenecksCommand() : base("bottlenecks", "Ranks slow operations, sources of errors, rate limits hit and what is nearly full.")
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_at, _window, _top, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom bottlenecks", "The five largest of each kind over the last day, with their shares of the total."),
        ("headroom bottlenecks --window 7d --top 10 --output json", "A week, for a program."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var parse = context.Parse;
        await using var api = context.Connect();
        using var json = await api.GetJsonAsync(ApiClient.PathWith("/api/bottlenecks", ("at", CommonOptions.Seconds(parse.GetValue(_at))), ("window", parse.GetValue(_window)),
            ("top", parse.GetValue(_top).ToString(CultureInfo.InvariantCulture)), CommonOptions.ConfigParameter(parse, api)), context.Cancel);
        if (parse.GetValue(_output) == "json")
        {
            context.Output.WriteLine(json.RootElement.GetRawText());
            return ExitCodes.Done;
        }
        foreach (var list in json.RootElement.GetProperty("bottlenecks").EnumerateArray()) Write(context, list);
        return ExitCodes.Done;
    }

    private static void Write(CommandContext context, JsonElement list)
    {
        var (title, unit) = Titles[list.GetProperty("kind").GetString()!];
        bool saturation = list.GetProperty("total").ValueKind == JsonValueKind.Null;
        var entries = list.GetProperty("entries").EnumerateArray().ToList();
        if (entries.Count == 0)
        {
            context.Output.WriteLine($"{title}: none found");
        }
        else
        {
            context.Output.WriteLine(title + (saturation ? "" : $", {Number(list.GetProperty("total"))}{unit} in all"));
            var table = new TextTable(("  WHAT", false), (saturation ? "FULL" : "SHARE", true), ("VALUE", true));
            foreach (var entry in entries)
                table.Add("  " + string.Join(" ", entry.GetProperty("labels").EnumerateObject().Select(l => l.Value.GetString())),
                    (entry.GetProperty("share").GetDouble() * 100).ToString("0.#", CultureInfo.InvariantCulture) + "%", saturation ? "" : Number(entry.GetProperty("value")) + unit);
            table.WriteTo(context.Output);
        }
        foreach (var note in list.GetProperty("notes").EnumerateArray()) context.Error.WriteLine(note.GetString());
        context.Output.WriteLine();
    }

    private static string Number(JsonElement value) => value.GetDouble().ToString("0.##", CultureInfo.InvariantCulture);
}
