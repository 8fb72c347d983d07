using System.CommandLine;
using System.Globalization;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;
using Headroom.Cli.Top;
using Headroom.Configuration.Diagnostics;
using Headroom.Objectives.Kpis;
using Headroom.Reports.Terminal;
using Spectre.Console;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom top</c>: the KPIs and what the server takes in, drawn again and again in place.</summary>
internal sealed class TopCommand : HeadroomSubcommand
{
    // The terminal's second screen, so that what stood there comes back afterwards; without a cursor blinking about.
    private const string Enter = "\u001b[?1049h\u001b[?25l";
    private const string Leave = "\u001b[?25h\u001b[?1049l";
    private const string Home = "\u001b[H";
    private const string EndOfLine = "\u001b[K";
    private const string Below = "\u001b[J";

    private readonly Option<int> _every = new("--every") { Description = "Seconds between looks.", HelpName = "SECONDS", DefaultValueFactory = _ => 2 };
    private readonly Option<bool> _once = new("--once") { Description = "Look once; so it is where no terminal watches." };

    public TopCommand() : base("top", "Shows the KPIs and the ingest rate, refreshed in place, until Ctrl-C.")
    {
        _every.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out int seconds) && seconds is >= 1 and <= 3600))
                result.AddError($"--every takes a number from 1 to 3600, not '{token.Value}'");
        });
        Add(_every);
        Add(_once);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom top", "Watch ./headroom.yaml's KPIs on this directory's server."),
        ("headroom top --once --server http://127.0.0.1:8080", "One look at another server."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var api = context.Connect();
        if (context.Parse.GetValue(_once) || !TerminalTraits.Redraws)
        {
            context.Output.Write(Draw(await LookAsync(context, api), null, TimeSpan.Zero));
            return ExitCodes.Done;
        }
        context.Output.Write(Enter);
        try
        {
            await WatchAsync(context, api);
        }
        finally
        {
            context.Output.Write(Leave);
        }
        // Ctrl-C is how one leaves it.
        return ExitCodes.Done;
    }

    private async Task WatchAsync(CommandContext context, ApiClient api)
    {
        var every = TimeSpan.FromSeconds(context.Parse.GetValue(_every));
        ServerCounts? before = null;
        long last = 0;
        while (!context.Cancel.IsCancellationRequested)
        {
            try
            {
                long now = context.Time.GetTimestamp();
                var look = await LookAsync(context, api);
                string screen = Draw(look, before, before is null ? TimeSpan.Zero : context.Time.GetElapsedTime(last, now));
                context.Output.Write(Home + Fitted(screen, Console.WindowHeight) + Below);
                (before, last) = (look.Counts, now);
                await Task.Delay(every, context.Time, context.Cancel);
            }
            catch (OperationCanceledException) when (context.Cancel.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private static async Task<Look> LookAsync(CommandContext context, ApiClient api)
    {
        var counts = ServerCounts.Read(await api.GetStringAsync("/metrics", context.Cancel));
        try
        {
            var status = StatusJson.Read(await api.GetStringAsync(ApiClient.PathWith("/api/status", CommonOptions.ConfigParameter(context.Parse, api)), context.Cancel));
            return new Look(context.Time.GetUtcNow(), counts, status, null);
        }
        catch (ProblemException problem) when (problem.Problems[0].Kind != ProblemKind.Failed)
        {
            // No project, or one with errors just now: what the server does can be shown all the same.
            return new Look(context.Time.GetUtcNow(), counts, null, problem.Problems[0]);
        }
    }

    private static string Draw(Look look, ServerCounts? before, TimeSpan since)
    {
        using var text = new Utf8Writer();
        text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{look.Status?.Project ?? "headroom"}  {look.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"));
        text.WriteLine(look.Counts.Line(before, since));
        text.WriteLine();
        if (look.Status is { } status) StatusTable.Write(TerminalConsole.Create(text, !Console.IsOutputRedirected, TerminalTraits.UsesColour, TerminalTraits.Width), status);
        else ProblemWriter.Write(text, [look.Problem!]);
        return text.ToString();
    }

    // Each line clears what stood behind it; lines that the window has no room for would make it scroll.
    private static string Fitted(string screen, int height)
    {
        string[] lines = screen.TrimEnd().ReplaceLineEndings("\n").Split('\n');
        if (lines.Length >= height && height > 1) lines = [.. lines[..(height - 2)], $"… {lines.Length - height + 2} more lines"];
        return string.Join(EndOfLine + "\n", lines) + EndOfLine + "\n";
    }

    private sealed record Look(DateTimeOffset At, ServerCounts Counts, StatusReport? Status, Problem? Problem);

    private sealed class Utf8Writer : StringWriter
    {
        public Utf8Writer() : base(CultureInfo.InvariantCulture) { }

        public override System.Text.Encoding Encoding => Console.OutputEncoding;
    }
}
