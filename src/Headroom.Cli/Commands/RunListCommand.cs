using System.CommandLine;
using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;
using Headroom.Cli.Runs;
using Headroom.Configuration.Diagnostics;
using Headroom.Runs;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom run list</c>: the runs of the data directory, newest last.</summary>
internal sealed class RunListCommand : HeadroomSubcommand
{
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public RunListCommand() : base("list", "Shows the runs of the data directory and where each stands.") => Add(_output);

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom run list", "Every run, newest last.")];

    public override Task<int> RunAsync(CommandContext context)
    {
        var house = new RunHouse(context);
        var runs = new List<(RunState State, int? ExecutedBy)>();
        var unreadable = new List<(string Run, Problem Problem)>();
        foreach (string run in house.Catalog.Ids())
        {
            try
            {
                runs.Add(house.Look(run));
            }
            catch (ProblemException refused)
            {
                unreadable.Add((run, refused.Problems[0]));
            }
        }
        runs.Sort((a, b) => a.State.StartedAt.CompareTo(b.State.StartedAt));
        if (context.Parse.GetValue(_output) == "json")
        {
            var all = runs.Select(r => RunAnswer.Json(r.State, RunText.Status(r.State.Engine, r.ExecutedBy), r.State.Engine.ResultText, r.ExecutedBy))
                .Concat(unreadable.Select(u => $$"""{"run":{{Quoted(u.Run)}},"status":"unreadable","text":{{Quoted(u.Problem.ToString())}}}"""));
            context.Output.WriteLine($$"""{"runs":[{{string.Join(',', all)}}]}""");
        }
        else if (runs.Count + unreadable.Count == 0)
        {
            context.Output.WriteLine("there are no runs; start one with: headroom run start PLAN.yaml");
        }
        else
        {
            var table = new TextTable(("RUN", false), ("PLAN", false), ("STATUS", false), ("DONE", true), ("STARTED", false), ("EXECUTED FOR", true));
            foreach (var (state, executedBy) in runs)
            {
                var progress = RunProgress.Of(state.Engine);
                table.Add(state.Id, state.Header.Plan, RunText.Status(state.Engine, executedBy) + (executedBy is { } process ? $" ({process})" : ""),
                    $"{progress.Succeeded}/{progress.Total}", $"{state.StartedAt:yyyy-MM-dd HH:mm:ss}Z", RunText.Time(progress.Elapsed));
            }
            foreach (var (run, _) in unreadable) table.Add(run, "", "unreadable", "", "", "");
            table.WriteTo(context.Output);
            ProblemWriter.Write(context.Error, unreadable.Select(u => u.Problem));
        }
        return Task.FromResult(unreadable.Count == 0 ? ExitCodes.Done : ExitCodes.Failed);
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
