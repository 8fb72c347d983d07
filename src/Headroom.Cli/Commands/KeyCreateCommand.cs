using System.CommandLine;
using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Server.Keys;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom key create</c>: makes an API key and shows it, once.</summary>
internal sealed class KeyCreateCommand : HeadroomSubcommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "Who uses it, such as grafana." };
    private readonly Option<string[]> _scopes = new("--scope") { Description = "What it allows: ingest, read or operate; several with commas or by repeating.", HelpName = "SCOPE", Required = true, AllowMultipleArgumentsPerToken = true };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public KeyCreateCommand() : base("create", "Makes an API key. It is shown once; the server keeps only its hash.")
    {
        Add(_name);
        Add(_scopes);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom key create agents --scope ingest", "A key for those that send measurements."),
        ("headroom key create grafana --scope read", "A key for a dashboard."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        string[] scopes = [.. context.Parse.GetValue(_scopes)!.SelectMany(s => s.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        KeyScopeWords.Parse(scopes);
        using var body = new StringContent(Body(context.Parse.GetValue(_name)!, scopes), System.Text.Encoding.UTF8, "application/json");
        await using var api = context.Connect();
        using var made = await api.PostJsonAsync("/api/keys", body, context.Cancel);
        if (context.Parse.GetValue(_output) == "json")
        {
            context.Output.WriteLine(made.RootElement.GetRawText());
            return ExitCodes.Done;
        }
        // The key alone on standard output, so that a script can take it.
        context.Output.WriteLine(made.RootElement.GetProperty("key").GetString());
        context.Error.WriteLine($"key {made.RootElement.GetProperty("id").GetString()} with {string.Join(", ", scopes)}; it is not shown again");
        return ExitCodes.Done;
    }

    private static string Body(string name, string[] scopes)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteStartArray("scopes");
            foreach (string scope in scopes) json.WriteStringValue(scope);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
