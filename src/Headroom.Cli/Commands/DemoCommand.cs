using System.CommandLine;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Demo;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom demo</c>: the whole loop on a small shop, in less than a minute.</summary>
internal sealed class DemoCommand : HeadroomSubcommand
{
    private readonly Option<bool> _keep = new("--keep") { Description = "Leave the server up afterwards and print its address, until Ctrl-C." };
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of the shop's response times and of the traffic.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _report = new("--report") { Description = "Where to write the report.", HelpName = "FILE", DefaultValueFactory = _ => "headroom-report.html" };
    private readonly Option<string?> _picture = new("--picture") { Description = "Also draw the report as one SVG card, for a README or a chat.", HelpName = "FILE" };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public DemoCommand() : base("demo", "Measures a small shop, makes one endpoint slower, finds it, and writes a report. Takes less than a minute.")
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_keep, _seed, _report, _picture, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom demo", "Run it; the report is headroom-report.html."),
        ("headroom demo --keep --seed 7", "Other random response times; look around in the server afterwards."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        bool json = context.Parse.GetValue(_output) == "json";
        var options = new DemoOptions(context.Parse.GetValue(_seed), context.Parse.GetValue(_keep), context.Parse.GetValue(_report)!, context.Parse.GetValue(_picture), json);
        var story = new DemoStory(context.Output, !json, context.Time);
        await using var demo = new DemoRun(options, story, context.Time, context.Verbose, context.Error);
        var findings = await demo.RunAsync(context.Cancel);
        var kept = options.Keep ? demo.Url : null;
        if (json) context.Output.WriteLine(DemoJson.Write(findings, options.Report, kept));
        else story.Finished(Path.GetFullPath(options.Report), findings.Invalid, kept);
        // Ctrl-C is how a kept demo is meant to end, and so no interruption.
        if (options.Keep) await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, context.Cancel).ContinueWith(static _ => { }, TaskScheduler.Default);
        return findings.Invalid is null ? ExitCodes.Done : ExitCodes.NotValid;
    }
}
