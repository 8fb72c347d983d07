using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Load.Plans;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom load schema</c>: the JSON Schema of plans, for editors.</summary>
internal sealed class LoadSchemaCommand : HeadroomSubcommand
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public LoadSchemaCommand() : base("schema", "Prints the JSON Schema of load plans.") { }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom load schema > load-plan.schema.json", "Save it, and name it in a plan: # yaml-language-server: $schema=load-plan.schema.json"),
    ];

    public override Task<int> RunAsync(CommandContext context)
    {
        using var output = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(output, Indented)) PlanFile.Schema().WriteTo(json);
        output.Write("\n"u8);
        return Task.FromResult(ExitCodes.Done);
    }
}
