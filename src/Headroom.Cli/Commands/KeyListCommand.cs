using System.CommandLine;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom key list</c>: the API keys, without what opens anything.</summary>
internal sealed class KeyListCommand : HeadroomSubcommand
{
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public KeyListCommand() : base("list", "Shows the API keys: id, name, scopes, age.") => Add(_output);

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom key list", "Every key, oldest first.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var api = context.Connect();
        using var keys = await api.GetJsonAsync("/api/keys", context.Cancel);
        if (context.Parse.GetValue(_output) == "json")
        {
            context.Output.WriteLine(keys.RootElement.GetRawText());
            return ExitCodes.Done;
        }
        var table = new TextTable(("ID", false), ("NAME", false), ("SCOPES", false), ("CREATED", false));
        foreach (var key in keys.RootElement.GetProperty("keys").EnumerateArray())
            table.Add(key.GetProperty("id").GetString()!, key.GetProperty("name").GetString()!,
                string.Join(',', key.GetProperty("scopes").EnumerateArray().Select(s => s.GetString())), key.GetProperty("created").GetString()!);
        table.WriteTo(context.Output);
        return ExitCodes.Done;
    }
}
