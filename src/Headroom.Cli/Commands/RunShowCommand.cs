using System.CommandLine;
using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;
using Headroom.Cli.Runs;
using Headroom.Runs;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom run show RUN</c>: where a run and its steps stand, and what a person can do.</summary>
internal sealed class RunShowCommand : HeadroomSubcommand
{
    private const int MostRows = 50;

    private readonly Argument<string> _run = new("RUN") { Description = "The run, or the beginning of its name." };
    private readonly Option<bool> _all = new("--all") { Description = $"Show every step, not only the first {MostRows} that are not done." };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public RunShowCommand() : base("show", "Shows where a run and its steps stand; also while it is executed.")
    {
        Add(_run);
        Add(_all);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom run show move-shop", "The run whose name begins so.")];

    public override Task<int> RunAsync(CommandContext context)
    {
        var house = new RunHouse(context);
        var (state, executedBy) = house.Look(house.Catalog.Resolve(context.Parse.GetValue(_run)!));
        string status = RunText.Status(state.Engine, executedBy);
        if (context.Parse.GetValue(_output) == "json")
        {
            context.Output.WriteLine(RunAnswer.Json(state, status, state.Engine.ResultText, executedBy, json => WriteSteps(json, state, executedBy is not null)));
            return Task.FromResult(ExitCodes.Done);
        }
        var progress = RunProgress.Of(state.Engine);
        context.Output.WriteLine(TextTable.Printable($"run {state.Id} ({state.Header.Plan}): {status}{(state.Engine.ResultText is { } why ? ": " + why : "")}"));
        context.Output.WriteLine($"{progress.Succeeded} of {RunText.Count(progress.Total, "step")} done; begun {state.StartedAt:yyyy-MM-dd HH:mm:ss}Z by {state.Header.By ?? "unknown"}, executed for {RunText.Time(progress.Elapsed)}{(executedBy is { } process ? $", now by process {process}" : "")}");
        if (state.Header.RollsBack is { } original) context.Output.WriteLine($"undoes {original}");
        WriteTable(context, state, executedBy is not null);
        RunAnswer.WhatToDo(context, house, state, state.Engine);
        if (state.Engine.Phase != RunPhase.Ended && executedBy is null) context.Error.WriteLine($"continue it with: headroom run resume {state.Id}");
        return Task.FromResult(ExitCodes.Done);
    }

    private void WriteTable(CommandContext context, RunState state, bool executing)
    {
        bool all = context.Parse.GetValue(_all);
        var steps = Enumerable.Range(0, state.Plan.Count).Where(step => all || state.Engine.View(step).State != StepState.Succeeded).ToList();
        if (steps.Count == 0) return;
        var table = new TextTable(("STEP", false), ("STATE", false), ("ATTEMPTS", true), ("WHY", false));
        foreach (int step in all ? steps : steps.Take(MostRows))
        {
            var view = state.Engine.View(step);
            table.Add(state.Plan.Plan.Steps[step].Id, RunText.Word(view.State, executing), view.Attempts.ToString(System.Globalization.CultureInfo.InvariantCulture), view.Text ?? "");
        }
        table.WriteTo(context.Output);
        if (!all && steps.Count > MostRows) context.Output.WriteLine($"and {steps.Count - MostRows} more that are not done; see them with --all");
    }

    private static void WriteSteps(Utf8JsonWriter json, RunState state, bool executing)
    {
        json.WriteStartArray("stepList");
        for (int step = 0; step < state.Plan.Count; step++)
        {
            var view = state.Engine.View(step);
            json.WriteStartObject();
            json.WriteString("step", state.Plan.Plan.Steps[step].Id);
            json.WriteString("state", RunText.Word(view.State, executing).Replace(' ', '-'));
            json.WriteNumber("attempts", view.Attempts);
            json.WriteString("text", view.Text);
            json.WriteString("output", view.Output);
            json.WriteString("idempotencyKey", state.Plan.Plan.Steps[step].UndoesKey ?? IdempotencyKey.Of(state.Id, state.Plan.Plan.Steps[step].Id));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
