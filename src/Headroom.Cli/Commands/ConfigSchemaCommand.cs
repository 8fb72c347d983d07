using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Server.Projects;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom config schema</c>: the JSON Schema of headroom.yaml, for editors.</summary>
internal sealed class ConfigSchemaCommand : HeadroomSubcommand
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public ConfigSchemaCommand() : base("schema", "Prints the JSON Schema of headroom.yaml.") { }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom config schema > headroom.schema.json", "Save it, and name it in headroom.yaml: # yaml-language-server: $schema=headroom.schema.json"),
    ];

    public override Task<int> RunAsync(CommandContext context)
    {
        using var output = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(output, Indented)) ProjectFile.Loader.Schema().WriteTo(json);
        output.Write("\n"u8);
        return Task.FromResult(ExitCodes.Done);
    }
}
