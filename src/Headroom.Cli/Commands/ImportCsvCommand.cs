using System.CommandLine;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Imports;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom import csv</c>: gauges from CSV files with a header.</summary>
internal sealed class ImportCsvCommand : HeadroomSubcommand
{
    private readonly Argument<string[]> _files = new("FILE") { Description = "CSV files with a header line; - is standard input.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _metric = new("--metric") { Description = "The metric's name [default: the file's name without its extension].", HelpName = "NAME" };
    private readonly Option<string> _time = new("--time-column") { Description = "Column with the times.", HelpName = "NAME", DefaultValueFactory = _ => "timestamp" };
    private readonly Option<string> _value = new("--value-column") { Description = "Column with the values.", HelpName = "NAME", DefaultValueFactory = _ => "value" };
    private readonly Option<string[]> _labels = new("--label-columns") { Description = "Columns that become labels, separated by commas.", HelpName = "NAME,…" };
    private readonly Option<string[]> _label = LabelOption.Create();
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public ImportCsvCommand() : base("csv", "Stores samples from CSV files.")
    {
        Add(_files);
        foreach (Option option in (ReadOnlySpan<Option>)[_metric, _time, _value, _labels, _label, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom import csv ec2_cpu.csv", "Columns timestamp,value; stored as ec2_cpu."),
        ("headroom import csv requests.csv --metric http_requests --time-column at --value-column count --label-columns service,code", "Columns of your own."),
    ];

    public override Task<int> RunAsync(CommandContext context)
    {
        var parse = context.Parse;
        string[] files = parse.GetValue(_files)!;
        string? metric = parse.GetValue(_metric);
        if (metric is null && files.Contains("-"))
            throw new ProblemException(new Problem("metric-missing", "Standard input has no name to call the metric by.", "--metric", "Give one with --metric NAME."));
        return FileImport.RunAsync(context, files, "text/csv", parse.GetValue(_output)!, file =>
        {
            string name = metric ?? Path.GetFileNameWithoutExtension(file);
            return (ApiClient.PathWith("/api/import/csv",
            [
                ("metric", name), ("file", FileImport.NameOf(file)), ("timeColumn", parse.GetValue(_time)), ("valueColumn", parse.GetValue(_value)),
                .. (parse.GetValue(_labels) ?? []).Select(l => ("labelColumns", (string?)l)), .. LabelOption.Parameters(parse.GetValue(_label)),
            ]), name);
        });
    }
}
