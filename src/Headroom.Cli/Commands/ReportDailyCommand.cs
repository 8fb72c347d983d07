using System.CommandLine;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom report daily</c>: the last 24 hours, as a file to send or as text.</summary>
internal sealed class ReportDailyCommand : HeadroomSubcommand
{
    private readonly Option<long?> _at = TimeExpression.Option("--at", "End of the 24 hours [default: now].", TimeProvider.System);
    private readonly Option<string?> _html = new("--html") { Description = "Write one self-contained HTML file.", HelpName = "FILE" };
    private readonly Option<string?> _markdown = new("--markdown") { Description = "Write Markdown; - is standard output.", HelpName = "FILE" };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public ReportDailyCommand() : base("daily", "Reports the last 24 hours: every KPI, its chart, and what changed against the day before.")
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_at, _html, _markdown, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom report daily --html report.html", "A file to open in a browser or attach to a mail."),
        ("headroom report daily --markdown - --at 2014-02-20", "Another day, as Markdown on standard output."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var api = context.Connect();
        string? at = CommonOptions.Seconds(context.Parse.GetValue(_at));
        var config = CommonOptions.ConfigParameter(context.Parse, api);
        string? html = context.Parse.GetValue(_html);
        string? markdown = context.Parse.GetValue(_markdown);
        if (html is not null) await SaveAsync("html", html);
        if (markdown is not null && markdown != "-") await SaveAsync("markdown", markdown);
        bool json = context.Parse.GetValue(_output) == "json";
        if (json || markdown == "-" || (html is null && markdown is null))
        {
            await using var stdout = Console.OpenStandardOutput();
            await api.DownloadAsync(Path(json ? "json" : "markdown"), stdout, context.Cancel);
        }
        return ExitCodes.Done;

        string Path(string format) => ApiClient.PathWith("/api/report/daily", ("format", format), ("at", at), config);

        async Task SaveAsync(string format, string file)
        {
            // Rendered before the file is opened: a report that fails leaves what was there.
            using var buffer = new MemoryStream();
            await api.DownloadAsync(Path(format), buffer, context.Cancel);
            await File.WriteAllBytesAsync(file, buffer.ToArray(), context.Cancel);
            context.Error.WriteLine($"report written to {System.IO.Path.GetFullPath(file)}");
        }
    }
}
