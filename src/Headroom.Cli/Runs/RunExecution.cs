using Headroom.Cli.CommandLine;
using Headroom.Configuration.Diagnostics;
using Headroom.Runs;

namespace Headroom.Cli.Runs;

/// <summary>Executes runs from the command line, each to where it can be left, and rolls back those whose plan asks for it.</summary>
internal static class RunExecution
{
    /// <summary>Takes a run up and executes it.</summary>
    /// <param name="context">The command.</param>
    /// <param name="house">Where the runs are.</param>
    /// <param name="run">Which run.</param>
    /// <param name="json">Whether the answer is JSON.</param>
    /// <param name="prepare">What to say to the run before it goes on.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> TakeUpAsync(CommandContext context, RunHouse house, string run, bool json, Action<RunSession>? prepare = null)
    {
        int code;
        bool rollBack;
        await using (var session = house.Catalog.Open(run))
        {
            prepare?.Invoke(session);
            var report = await house.ExecuteAsync(session);
            code = RunAnswer.Give(context, house, session, report, json);
            rollBack = report.Result == RunResult.Failed && AsksForRollback(session.State);
        }
        if (rollBack) await RollBackAsync(context, house, run, null, json);
        return code;
    }

    /// <summary>Whether a run is to be undone because it failed.</summary>
    public static bool AsksForRollback(RunState state) =>
        state.Engine.Result == RunResult.Failed && state.Plan.Plan.OnFailure == FailurePolicy.RollBack && state.Header.RollsBack is null;

    /// <summary>Undoes a run that is over.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RollBackAsync(CommandContext context, RunHouse house, string run, TimeSpan? deadline, bool json)
    {
        string? rollback = await RunRollback.PrepareAsync(house.Catalog, run, deadline, RunHouse.Start);
        var state = house.Catalog.Load(run);
        string[] stays = [.. RollbackPlan.NotUndone(state.Plan, state.Engine.View).Select(step => state.Plan.Plan.Steps[step].Id)];
        if (stays.Length > 0)
            context.Error.WriteLine($"without an 'undo', what these did stays: {string.Join(", ", stays.Take(20))}{(stays.Length > 20 ? $" and {stays.Length - 20} more" : "")}");
        if (rollback is null)
        {
            if (json) context.Output.WriteLine(RunAnswer.Json(state, "nothing to undo", null, null));
            else context.Output.WriteLine($"run {run}: there is nothing to undo");
            return ExitCodes.Done;
        }
        context.Error.WriteLine($"run {rollback}: undoes {run}");
        return await TakeUpAsync(context, house, rollback, json);
    }

    /// <summary>Asks the process that executes a run for its end, or ends the run here when none does.</summary>
    public static async Task<RunState> StopAsync(CommandContext context, RunHouse house, string run)
    {
        var (state, executedBy) = house.Look(run);
        if (state.Engine.Phase == RunPhase.Ended) return state;
        if (executedBy is { } process)
        {
            house.Catalog.Ask(run, new RunRequest { Kind = RunEventKind.Stop, By = RunHouse.By });
            context.Error.WriteLine($"run {run}: asked process {process} to stop; waiting for what runs to end");
            state = await house.WaitForEndAsync(run);
            if (state.Engine.Phase == RunPhase.Ended) return state;
            // It died or was left before it took the request; the request is taken here.
        }
        await using var session = house.Catalog.Open(run);
        session.Stop(RunHouse.By);
        var report = await house.ExecuteAsync(session);
        if (report.Problem is { } problem) throw new ProblemException(problem);
        return house.Catalog.Load(run);
    }
}
