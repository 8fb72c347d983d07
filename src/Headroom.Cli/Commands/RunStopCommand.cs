using System.CommandLine;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Runs;
using Headroom.Configuration.Diagnostics;
using Headroom.Runs;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom run stop RUN</c>: ends a run for good.</summary>
internal sealed class RunStopCommand : HeadroomSubcommand
{
    private readonly Argument<string> _run = new("RUN") { Description = "The run, or the beginning of its name." };
    private readonly Option<bool> _pause = new("--pause") { Description = "Only pause it: ask the process that executes it to leave it in good order, so that it can be resumed." };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public RunStopCommand() : base("stop", "Ends a run: nothing more starts, what runs may end. It can then be rolled back, not resumed.")
    {
        Add(_run);
        Add(_pause);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom run stop move-shop", "End the run."),
        ("headroom run stop move-shop --pause", "Pause a run that another process executes."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var house = new RunHouse(context);
        string run = house.Catalog.Resolve(context.Parse.GetValue(_run)!);
        var state = context.Parse.GetValue(_pause) ? await PauseAsync(context, house, run) : await RunExecution.StopAsync(context, house, run);
        string status = RunText.Status(state.Engine, house.Catalog.ExecutedBy(run));
        if (context.Parse.GetValue(_output) == "json") context.Output.WriteLine(RunAnswer.Json(state, status, state.Engine.ResultText, null));
        else context.Output.WriteLine($"run {run}: {status}{(state.Engine.ResultText is { } why ? ": " + why : "")}");
        var unknown = Enumerable.Range(0, state.Plan.Count).Where(step => state.Engine.View(step).State is StepState.Unknown or StepState.NeedsPerson).ToList();
        foreach (int step in unknown) context.Error.WriteLine($"{state.Plan.Plan.Steps[step].Id}: nobody knows whether it was done; a rollback will undo it in any case");
        return ExitCodes.Done;
    }

    private static async Task<RunState> PauseAsync(CommandContext context, RunHouse house, string run)
    {
        var (state, executedBy) = house.Look(run);
        if (state.Engine.Phase == RunPhase.Ended)
            throw new ProblemException(new Problem("run-over", $"run '{run}' is over: {RunText.Word(state.Engine.Result!.Value)}.", null, "There is nothing to pause.") { Kind = ProblemKind.Unprocessable });
        if (executedBy is null) return state;
        house.Catalog.Ask(run, new RunRequest { Kind = RunEventKind.Pause, By = RunHouse.By });
        context.Error.WriteLine($"run {run}: asked process {executedBy} to leave it");
        return await house.WaitForEndAsync(run);
    }
}
