using System.CommandLine;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Load;
using Headroom.Configuration.Diagnostics;
using Headroom.Load.Results;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom load report</c>: shows a stored result, and writes it in other forms.</summary>
internal sealed class LoadReportCommand : HeadroomSubcommand
{
    private readonly Argument<string> _file = new("file") { Description = "A result that 'load run --out' wrote; - is standard input.", HelpName = "FILE" };
    private readonly Option<string?> _csv = new("--csv") { Description = "Write the run's course as CSV, a row a second.", HelpName = "FILE" };
    private readonly Option<string?> _junit = new("--junit") { Description = "Write thresholds and checks as JUnit XML.", HelpName = "FILE" };
    private readonly Option<string?> _html = new("--html") { Description = "Write a report as one self-contained HTML file.", HelpName = "FILE" };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public LoadReportCommand() : base("report", "Shows the result of a load test again. Exits as the run did.")
    {
        Add(_file);
        foreach (Option option in (ReadOnlySpan<Option>)[_csv, _junit, _html, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom load report result.json --html report.html", "A file to open in a browser."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        string file = context.Parse.GetValue(_file)!;
        string text;
        try
        {
            text = file == "-" ? await Console.In.ReadToEndAsync(context.Cancel) : await File.ReadAllTextAsync(file, context.Cancel);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("file-unreadable", $"The result cannot be read: {error.Message}", file, "Give the file that 'headroom load run --out' wrote."), error);
        }
        var result = ResultJson.Read(text, file);
        await LoadOutputs.WriteAsync(result, new LoadOutputs.Files(null, context.Parse.GetValue(_csv), context.Parse.GetValue(_junit), context.Parse.GetValue(_html)), context);
        if (context.Parse.GetValue(_output) == "json") context.Output.WriteLine(ResultJson.Write(result));
        else LoadText.Write(context.Output, result);
        return LoadText.ExitCode(result);
    }
}
