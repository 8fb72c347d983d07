using System.CommandLine;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Imports;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom import openmetrics</c>: samples in Prometheus text format or OpenMetrics.</summary>
internal sealed class ImportOpenMetricsCommand : HeadroomSubcommand
{
    private readonly Argument<string[]> _files = new("FILE") { Description = "Text files; OpenMetrics when they end with # EOF, else Prometheus's format; - is standard input.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<long?> _timestamp = TimeExpression.Option("--timestamp", "Time of samples that bear none [default: now].", TimeProvider.System);
    private readonly Option<string[]> _label = LabelOption.Create();
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public ImportOpenMetricsCommand() : base("openmetrics", "Stores samples from OpenMetrics or Prometheus text files.")
    {
        Add(_files);
        foreach (Option option in (ReadOnlySpan<Option>)[_timestamp, _label, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom import openmetrics backup.om", "Samples with their own times."),
        ("curl -s localhost:9100/metrics | headroom import openmetrics - --label service=node", "One scrape, stored now."),
    ];

    public override Task<int> RunAsync(CommandContext context)
    {
        return FileImport.RunAsync(context, context.Parse.GetValue(_files)!, "text/plain", context.Parse.GetValue(_output)!, file => (ApiClient.PathWith("/api/v1/import/prometheus",
            [("timestamp", CommonOptions.Seconds(context.Parse.GetValue(_timestamp))), ("file", FileImport.NameOf(file)), .. LabelOption.Parameters(context.Parse.GetValue(_label))]), null));
    }
}
