using Headroom.Configuration.Diagnostics;

namespace Headroom.Runs;

/// <summary>
/// Rolls runs back. A rollback is a run of its own, named after the one it undoes, so it is durable, can be interrupted and
/// taken up, and has its own audit trail. What one rollback did not achieve, the next one tries again.
/// </summary>
public static class RunRollback
{
    /// <summary>
    /// The run that undoes another: one that was begun and is not over, or a new one for all that is not undone yet.
    /// </summary>
    /// <param name="catalog">Where the runs are.</param>
    /// <param name="run">The run to undo; it must be over.</param>
    /// <param name="deadline">Time the rollback may take; null for <see cref="RollbackPlan.DefaultDeadline"/>.</param>
    /// <param name="start">Who asks; its name and source are not used.</param>
    /// <returns>The id of the rollback, or null when there is nothing left to undo.</returns>
    /// <exception cref="ProblemException">The run is not over, is itself a rollback, or cannot be read.</exception>
    public static async Task<string?> PrepareAsync(RunCatalog catalog, string run, TimeSpan? deadline, RunStart start)
    {
        var state = catalog.Load(run);
        if (state.Header.RollsBack is { } original)
            throw new ProblemException(new Problem("run-is-rollback", $"'{run}' is itself the rollback of '{original}'.", null, "Start a new run to do it again.") { Kind = ProblemKind.Unprocessable });
        if (state.Engine.Phase != RunPhase.Ended)
            throw new ProblemException(new Problem("run-not-over", $"run '{run}' is not over.", null, $"Stop it first: 'headroom run stop {run}'.") { Kind = ProblemKind.Unprocessable });

        var undone = new HashSet<string>(StringComparer.Ordinal);
        var ids = catalog.Ids();
        for (int number = 1; ; number++)
        {
            string name = number == 1 ? $"{run}.rollback" : $"{run}.rollback-{number}";
            if (!ids.Contains(name))
            {
                var plan = RollbackPlan.Build(state.Plan, step => View(state, step, undone), run, deadline);
                return plan is null ? null : await catalog.CreateAsync(plan, start with { Name = name, Source = null, RollsBack = run }).ConfigureAwait(false);
            }
            var earlier = catalog.Load(name);
            if (earlier.Engine.Phase != RunPhase.Ended) return name;
            for (int step = 0; step < earlier.Plan.Count; step++)
            {
                var spec = earlier.Plan.Plan.Steps[step];
                if (spec.UndoesKey is not null && earlier.Engine.View(step).State == StepState.Succeeded) undone.Add(spec.Id);
            }
        }
    }

    private static StepView View(RunState state, int step, HashSet<string> undone)
    {
        var view = state.Engine.View(step);
        return undone.Contains(state.Plan.Plan.Steps[step].Id) ? view with { Touched = false } : view;
    }
}
