using System.CommandLine;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom export openmetrics|csv</c>: stored samples as text.</summary>
internal sealed class ExportCommand : HeadroomSubcommand
{
    private readonly Argument<string[]> _selectors = new("SELECTOR") { Description = "Series to export, such as 'cpu{service=\"api\"}' [default: all].", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<long?> _start = TimeExpression.Option("--start", "Earliest sample [default: the first].", TimeProvider.System);
    private readonly Option<long?> _end = TimeExpression.Option("--end", "Latest sample [default: the last].", TimeProvider.System);
    private readonly Option<string?> _file = new("--to") { Description = "Write to a file instead of standard output.", HelpName = "FILE" };
    private readonly string _format;

    public ExportCommand(string format, string description) : base(format, description)
    {
        _format = format;
        Add(_selectors);
        foreach (Option option in (ReadOnlySpan<Option>)[_start, _end, _file]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ($"headroom export {_format} > all.{(_format == "csv" ? "csv" : "om")}", "Everything."),
        ($"headroom export {_format} 'cpu{{service=\"api\"}}' --start now-1d --to cpu.{(_format == "csv" ? "csv" : "om")}", "A day of some series."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var api = context.Connect();
        string path = ApiClient.PathWith("/api/export/" + _format,
        [
            .. (context.Parse.GetValue(_selectors) ?? []).Select(s => ("match[]", (string?)s)),
            ("start", CommonOptions.Seconds(context.Parse.GetValue(_start))), ("end", CommonOptions.Seconds(context.Parse.GetValue(_end))),
        ]);
        string? file = context.Parse.GetValue(_file);
        if (file is null)
        {
            await using var stdout = Console.OpenStandardOutput();
            await api.DownloadAsync(path, stdout, context.Cancel);
            return ExitCodes.Done;
        }
        string unfinished = file + ".part";
        try
        {
            await using (var stream = File.Create(unfinished)) await api.DownloadAsync(path, stream, context.Cancel);
            File.Move(unfinished, file, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
        context.Error.WriteLine($"written to {Path.GetFullPath(file)}");
        return ExitCodes.Done;
    }
}
