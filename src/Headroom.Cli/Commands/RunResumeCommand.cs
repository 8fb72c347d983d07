using System.CommandLine;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;
using Headroom.Cli.Runs;
using Headroom.Configuration.Diagnostics;
using Headroom.Runs;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom run resume [RUN]</c>: goes on with one run, or with every run that is not over.</summary>
internal sealed class RunResumeCommand : HeadroomSubcommand
{
    private readonly Argument<string?> _run = new("RUN") { Description = "The run, or the beginning of its name [default: every run that is not over].", Arity = ArgumentArity.ZeroOrOne };
    private readonly (Option<string[]> Option, StepDecision Decision)[] _decisions =
    [
        (Steps("--approve", "Let a step start that needs approval."), StepDecision.Approve),
        (Steps("--reject", "Refuse a step that needs approval: it fails."), StepDecision.Reject),
        (Steps("--done", "Say that an interrupted or failed step was done."), StepDecision.Done),
        (Steps("--not-done", "Say that an interrupted step was not done: it is run again."), StepDecision.NotDone),
        (Steps("--retry", "Try a failed step again."), StepDecision.Retry),
    ];
    private readonly Option<bool> _retryFailed = new("--retry-failed") { Description = "Try every failed step again." };
    private readonly Option<bool> _keepPlan = new("--keep-plan") { Description = "Go on with the stored plan although its file was changed." };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public RunResumeCommand() : base("resume", "Goes on with a run that was paused or interrupted, or answers what it waits for.")
    {
        Add(_run);
        foreach (var (option, _) in _decisions) Add(option);
        foreach (Option option in (ReadOnlySpan<Option>)[_retryFailed, _keepPlan, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom run resume", "Go on with every run that is not over; exit 0 when all are done."),
        ("headroom run resume move-shop --done shop/deploy", "Say what became of a step, and go on."),
        ("headroom run resume move-shop --retry-failed", "Try what failed again."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var house = new RunHouse(context);
        bool json = context.Parse.GetValue(_output) == "json";
        if (context.Parse.GetValue(_run) is { } name) return await OneAsync(context, house, house.Catalog.Resolve(name), json);
        if (_decisions.Any(d => context.Parse.GetValue(d.Option) is { Length: > 0 }) || context.Parse.GetValue(_retryFailed))
            throw new ProblemException(new Problem("usage", "A decision is about a step of one run.", "headroom run resume", "Name the run: headroom run resume RUN --done STEP."));
        return await AllAsync(context, house, json);
    }

    private async Task<int> OneAsync(CommandContext context, RunHouse house, string run, bool json)
    {
        var (state, executedBy) = house.Look(run);
        var decisions = Decisions(context, state).ToList();
        if (executedBy is not null && decisions.Count > 0) return Ask(context, house, state, decisions);
        if (state.Engine.Phase == RunPhase.Ended && decisions.Count == 0)
        {
            string how = RunText.Word(state.Engine.Result!.Value);
            if (json) context.Output.WriteLine(RunAnswer.Json(state, how, state.Engine.ResultText, null));
            else context.Output.WriteLine($"run {run} is over: {how}");
            RunAnswer.WhatToDo(context, house, state, state.Engine);
            return state.Engine.Result == RunResult.Succeeded ? ExitCodes.Done : ExitCodes.Failed;
        }
        if (!context.Parse.GetValue(_keepPlan)) RunHouse.CheckSource(state);
        return await RunExecution.TakeUpAsync(context, house, run, json, session =>
        {
            foreach (var (step, decision) in decisions) session.Decide(step, decision, RunHouse.By);
        });
    }

    // All at once: one that waits for an approval must not hold up the others.
    private async Task<int> AllAsync(CommandContext context, RunHouse house, bool json)
    {
        var resumed = new List<Task<int>>();
        foreach (string run in house.Catalog.Ids()) resumed.Add(Task.Run(() => ResumeAsync(run)));
        int[] codes = await Task.WhenAll(resumed);
        if (codes.All(code => code < 0) && !json) context.Output.WriteLine("every run is over");
        return codes.Contains(ExitCodes.Interrupted) ? ExitCodes.Interrupted : codes.Any(code => code > 0) ? ExitCodes.Failed : ExitCodes.Done;

        async Task<int> ResumeAsync(string run)
        {
            const int wasOver = -1;
            try
            {
                var (state, executedBy) = house.Look(run);
                if (state.Engine.Phase == RunPhase.Ended)
                {
                    // The process may have died between the failure and the rollback that the plan asks for.
                    bool owed = RunExecution.AsksForRollback(state) && !house.Catalog.Ids().Contains($"{run}.rollback");
                    return owed ? await RunExecution.RollBackAsync(context, house, run, null, json) : wasOver;
                }
                if (executedBy is { } process)
                {
                    context.Error.WriteLine($"run {run} is being executed by process {process}");
                    return ExitCodes.Failed;
                }
                if (!context.Parse.GetValue(_keepPlan)) RunHouse.CheckSource(state);
                return await RunExecution.TakeUpAsync(context, house, run, json);
            }
            catch (ProblemException refused)
            {
                ProblemWriter.Write(context.Error, refused.Problems);
                return ExitCodes.Failed;
            }
        }
    }

    private static int Ask(CommandContext context, RunHouse house, RunState state, List<(string Step, StepDecision Decision)> decisions)
    {
        foreach (var (step, decision) in decisions)
        {
            if (state.Plan.IndexOf(step) < 0) throw new ProblemException(new Problem("run-no-such-step", $"run '{state.Id}' has no step '{step}'.", null, "'headroom run show' lists its steps.") { Kind = ProblemKind.NotFound });
            house.Catalog.Ask(state.Id, new RunRequest { Kind = RunEventKind.Decide, Step = step, Decision = decision, By = RunHouse.By });
        }
        context.Output.WriteLine($"run {state.Id}: told the process that executes it; see: headroom run events {state.Id}");
        return ExitCodes.Done;
    }

    private IEnumerable<(string Step, StepDecision Decision)> Decisions(CommandContext context, RunState state)
    {
        foreach (var (option, decision) in _decisions)
            foreach (string step in context.Parse.GetValue(option) ?? []) yield return (step, decision);
        if (!context.Parse.GetValue(_retryFailed)) yield break;
        for (int step = 0; step < state.Plan.Count; step++)
            if (state.Engine.View(step).State == StepState.Failed) yield return (state.Plan.Plan.Steps[step].Id, StepDecision.Retry);
    }

    private static Option<string[]> Steps(string name, string description) => new(name) { Description = description, HelpName = "STEP", AllowMultipleArgumentsPerToken = true };
}
