using System.CommandLine;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Imports;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom import emf</c>: CloudWatch embedded metric format, as Lambda functions and agents log it.</summary>
internal sealed class ImportEmfCommand : HeadroomSubcommand
{
    private readonly Argument<string[]> _files = new("FILE") { Description = "Files with a JSON document a line; - is standard input.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> _label = LabelOption.Create();
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public ImportEmfCommand() : base("emf", "Stores values from CloudWatch embedded metric format.")
    {
        Add(_files);
        Add(_label);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom import emf app.log", "Each value becomes an observation; sums, averages and percentiles can be asked for afterwards."),
        ("zcat logs/*.gz | headroom import emf - --label region=eu-west-1", "Files compressed with gzip, and a label for all."),
    ];

    public override Task<int> RunAsync(CommandContext context)
    {
        string path = ApiClient.PathWith("/emf", LabelOption.Parameters(context.Parse.GetValue(_label)));
        return FileImport.RunAsync(context, context.Parse.GetValue(_files)!, "application/x-ndjson", context.Parse.GetValue(_output)!, _ => (path, null));
    }
}
