namespace Headroom.Runs;

/// <summary>
/// Turns what a run did into the plan of another run that undoes it: every step that may have left an effect and can be
/// undone, each after all that was built on it.
/// </summary>
public static class RollbackPlan
{
    /// <summary>Time a rollback may take unless asked otherwise.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromHours(2);

    // Up to this many successors an order through a step that is not undone is written out; beyond, the step stays as a join.
    private const int MaxWrittenOut = 8;

    /// <summary>The plan that undoes a run; null when there is nothing to undo.</summary>
    /// <param name="plan">What was run.</param>
    /// <param name="views">Where each of its steps stands.</param>
    /// <param name="run">The run's id.</param>
    /// <param name="deadline">Time the rollback may take; null for <see cref="DefaultDeadline"/>.</param>
    /// <param name="only">Steps to undo, by number; what was built on them is undone too. Null for all.</param>
    public static RunPlan? Build(PreparedPlan plan, Func<int, StepView> views, string run, TimeSpan? deadline = null, Func<int, bool>? only = null)
    {
        var included = Include(plan, views, only);
        var steps = new List<StepSpec>();
        // What must be undone, or passed, before something that this step needs is undone.
        var before = new string[plan.Count][];
        for (int i = plan.Order.Length - 1; i >= 0; i--)
        {
            int step = plan.Order[i];
            var later = new SortedSet<string>(StringComparer.Ordinal);
            foreach (int dependent in plan.Dependents[step]) later.UnionWith(before[dependent]);
            var spec = plan.Plan.Steps[step];
            if (included[step])
            {
                AddUndo(steps, spec, views(step), run, later, plan);
                before[step] = [spec.Id];
            }
            else if (later.Count <= MaxWrittenOut)
            {
                before[step] = [.. later];
            }
            else
            {
                steps.Add(new StepSpec { Id = spec.Id, Needs = [.. later] });
                before[step] = [spec.Id];
            }
        }
        if (!included.Contains(true)) return null;
        return new RunPlan
        {
            Name = $"rollback of {plan.Plan.Name}",
            Steps = steps,
            Limits = plan.Plan.Limits,
            Deadline = deadline ?? DefaultDeadline,
            RatesStartEmpty = true,
        };
    }

    /// <summary>Steps that may have left something behind that nobody knows how to undo.</summary>
    public static IEnumerable<int> NotUndone(PreparedPlan plan, Func<int, StepView> views) =>
        Enumerable.Range(0, plan.Count).Where(step => views(step).Touched && !plan.Plan.Steps[step].CanUndo);

    private static bool[] Include(PreparedPlan plan, Func<int, StepView> views, Func<int, bool>? only)
    {
        var wanted = new bool[plan.Count];
        foreach (int step in plan.Order)
        {
            wanted[step] = only is null || only(step);
            foreach (int need in plan.Needs[step]) wanted[step] |= wanted[need];
        }
        var included = new bool[plan.Count];
        for (int step = 0; step < plan.Count; step++)
            included[step] = wanted[step] && views(step).Touched && plan.Plan.Steps[step].CanUndo;
        return included;
    }

    private static void AddUndo(List<StepSpec> steps, StepSpec spec, StepView view, string run, IEnumerable<string> needs, PreparedPlan plan)
    {
        bool underWay = view.State is StepState.Unknown or StepState.Looking or StepState.Running or StepState.Starting;
        if (underWay && spec.Settle > TimeSpan.Zero)
        {
            // What was asked for and not answered may still come true, and must not do so after it was undone.
            string settle = Unused(spec.Id + "/settle", plan);
            steps.Add(new StepSpec { Id = settle, Wait = new WaitSpec { For = spec.Settle } });
            needs = needs.Append(settle);
        }
        steps.Add(spec with
        {
            Needs = [.. needs],
            UndoesKey = IdempotencyKey.Of(run, spec.Id),
            Repeatable = true,
            CanUndo = false,
            NeedsApproval = false,
            Wait = null,
            Retry = spec.Retry.Attempts >= RetryPolicy.Default.Attempts ? spec.Retry : spec.Retry with { Attempts = RetryPolicy.Default.Attempts },
        });
    }

    private static string Unused(string id, PreparedPlan plan)
    {
        while (plan.IndexOf(id) >= 0) id += "-";
        return id;
    }
}
