using System.Text;
using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;
using Headroom.Runs;

namespace Headroom.Cli.Runs;

/// <summary>How a command that executed a run answers: on standard output, by exit code, and with what to do next.</summary>
internal static class RunAnswer
{
    /// <summary>Says how a run was left.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static int Give(CommandContext context, RunHouse house, RunSession session, RunReport report, bool json)
    {
        var engine = session.State.Engine;
        if (json) context.Output.WriteLine(Json(session.State, Status(report), report.Text, null));
        else context.Output.WriteLine(TextTable.Printable(Sentence(session, report)));
        if (report.Problem is { } problem) ProblemWriter.Write(context.Error, [problem]);
        WhatToDo(context, house, session.State, engine);
        return report switch
        {
            { Rest: RunRest.Ended, Result: RunResult.Succeeded } => ExitCodes.Done,
            { Rest: RunRest.Paused } => ExitCodes.Interrupted,
            _ => ExitCodes.Failed,
        };
    }

    /// <summary>A run as JSON: <c>run, plan, status, text, rollsBack, startedAt, elapsedSeconds, process, steps</c> (counts).</summary>
    public static string Json(RunState state, string status, string? text, int? executedBy, Action<Utf8JsonWriter>? more = null)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("run", state.Id);
            json.WriteString("plan", state.Header.Plan);
            json.WriteString("status", status.Replace(' ', '-'));
            json.WriteString("text", text);
            json.WriteString("rollsBack", state.Header.RollsBack);
            json.WriteString("startedBy", state.Header.By);
            json.WriteString("startedAt", state.StartedAt);
            json.WriteString("lastRecordAt", state.LastAt);
            json.WriteNumber("elapsedSeconds", Math.Round(state.Engine.Now.TotalSeconds, 3));
            if (executedBy is { } process) json.WriteNumber("process", process);
            else json.WriteNull("process");
            WriteCounts(json, RunProgress.Of(state.Engine));
            more?.Invoke(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>Says, for each step that waits for a person, what the person can do.</summary>
    public static void WhatToDo(CommandContext context, RunHouse house, RunState state, RunEngine engine)
    {
        for (int step = 0; step < engine.Plan.Count; step++)
        {
            string id = engine.Plan.Plan.Steps[step].Id;
            var view = engine.View(step);
            string log = CommandProcessLog(house, state.Id, id);
            if (view.State == StepState.NeedsPerson)
                context.Error.WriteLine(TextTable.Printable($"{id}: {view.Text}. Look yourself whether it was done ({log}), then say so: headroom run resume {state.Id} --done {id}, or --not-done {id} to run it again"));
            else if (view.State == StepState.Failed)
                context.Error.WriteLine(TextTable.Printable($"{id}: failed after {RunText.Count(view.Attempts, "attempt")}: {view.Text} ({log}). When the cause is mended: headroom run resume {state.Id} --retry {id}"));
        }
    }

    private static string CommandProcessLog(RunHouse house, string run, string step) =>
        Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(house.Catalog.DirectoryOf(run), "output", step.Replace('/', '~')));

    private static string Status(RunReport report) => report.Rest switch
    {
        RunRest.Ended => RunText.Word(report.Result!.Value),
        RunRest.Paused => "paused",
        RunRest.NeedsPerson => "needs a person",
        _ => "halted",
    };

    private static string Sentence(RunSession session, RunReport report)
    {
        var progress = RunProgress.Of(session.State.Engine);
        string how = report.Rest switch
        {
            RunRest.Ended when report.Result == RunResult.Succeeded => $"succeeded: {RunText.Count(progress.Total, "step")} in {RunText.Time(progress.Elapsed)}",
            RunRest.Ended => RunText.Word(report.Result!.Value),
            RunRest.Paused => $"is paused with {progress.Succeeded} of {progress.Total} steps done; continue it with: headroom run resume {session.Id}",
            RunRest.NeedsPerson => $"needs a person: {progress.Succeeded} of {progress.Total} steps are done, and what became of {RunText.Count(progress.NeedsPerson, "other")} cannot be told",
            _ => $"was halted with {progress.Succeeded} of {progress.Total} steps done",
        };
        bool saysWhy = report.Text is not null && report.Result != RunResult.Succeeded;
        return $"run {session.Id} {how}{(saysWhy ? ": " + report.Text : "")}";
    }

    private static void WriteCounts(Utf8JsonWriter json, RunProgress progress)
    {
        json.WriteStartObject("steps");
        json.WriteNumber("total", progress.Total);
        json.WriteNumber("succeeded", progress.Succeeded);
        json.WriteNumber("running", progress.Running);
        json.WriteNumber("waiting", progress.Waiting);
        json.WriteNumber("retrying", progress.Retrying);
        json.WriteNumber("unknown", progress.Unknown);
        json.WriteNumber("needsPerson", progress.NeedsPerson);
        json.WriteNumber("failed", progress.Failed);
        json.WriteNumber("heldBack", progress.Quarantined);
        json.WriteEndObject();
    }
}
