using Headroom.Configuration.Diagnostics;

namespace Headroom.Runs;

/// <summary>
/// A valid plan in the shape the engine works on: steps and limits as numbers, dependents as one flat array, priorities
/// computed. Immutable; several engines may share it.
/// </summary>
public sealed class PreparedPlan
{
    private readonly Dictionary<string, int> _index;

    private PreparedPlan(RunPlan plan)
    {
        Plan = plan;
        int n = plan.Steps.Count;
        _index = new Dictionary<string, int>(n, StringComparer.Ordinal);
        for (int i = 0; i < n; i++) _index.Add(plan.Steps[i].Id, i);
        Needs = new Adjacency(n, i => plan.Steps[i].Needs.Select(need => _index[need]).Distinct());
        Dependents = Needs.Reversed();
        Order = Needs.TopologicalOrder(Dependents);
        (LimitNames, LimitSpecs) = ListLimits(plan);
        (Classes, ExecuteClass, CheckClass) = LimitClasses.Group(plan, LimitNames);
        (Rank, Place) = CriticalPathPriority.Compute(this);
    }

    /// <summary>The plan itself.</summary>
    public RunPlan Plan { get; }

    /// <summary>Number of steps; steps are numbered as they stand in <see cref="RunPlan.Steps"/>.</summary>
    public int Count => Plan.Steps.Count;

    internal Adjacency Needs { get; }

    internal Adjacency Dependents { get; }

    /// <summary>Steps so that each stands after all it needs.</summary>
    internal int[] Order { get; }

    internal string[] LimitNames { get; }

    internal LimitSpec[] LimitSpecs { get; }

    /// <summary>The distinct sets of units that acting or looking draws.</summary>
    internal LimitUse[][] Classes { get; }

    internal int[] ExecuteClass { get; }

    internal int[] CheckClass { get; }

    /// <summary>Per step, the longest expected time from its start to the end of the run, in ticks.</summary>
    internal long[] Rank { get; }

    /// <summary>Per step, its place when all are sorted by rank: 0 starts first. Unique.</summary>
    internal int[] Place { get; }

    /// <summary>Checks a plan and prepares it.</summary>
    /// <exception cref="ProblemException">The plan is not valid; carries every problem.</exception>
    public static PreparedPlan From(RunPlan plan, PlanPlaces? places = null)
    {
        var problems = PlanValidator.Validate(plan, places);
        if (problems.Count > 0) throw new ProblemException(problems);
        return new PreparedPlan(plan);
    }

    /// <summary>The number of a step, or −1 when the plan has none of that id.</summary>
    public int IndexOf(string id) => _index.GetValueOrDefault(id, -1);

    private static (string[] Names, LimitSpec[] Specs) ListLimits(RunPlan plan)
    {
        var all = new SortedDictionary<string, LimitSpec>(StringComparer.Ordinal);
        foreach (var (name, spec) in plan.Limits) all.Add(name, spec);
        all.TryAdd(RunPlan.WorkersLimit, LimitSpec.Slots(RunPlan.DefaultWorkers));
        return ([.. all.Keys], [.. all.Values]);
    }
}
