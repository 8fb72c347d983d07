namespace Headroom.Runs;

/// <summary>So many units of one limit.</summary>
internal readonly record struct LimitUse(int Limit, int Units);

/// <summary>
/// Groups steps by what they draw on. Steps of one class compete for exactly the same units, so only the first of each
/// class can ever be the next to start, and a class that cannot start is set aside as a whole.
/// </summary>
internal static class LimitClasses
{
    public static (LimitUse[][] Classes, int[] Execute, int[] Check) Group(RunPlan plan, string[] limitNames)
    {
        var limitIndex = limitNames.Index().ToDictionary(pair => pair.Item, pair => pair.Index, StringComparer.Ordinal);
        var classes = new List<LimitUse[]>();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var execute = new int[plan.Steps.Count];
        var check = new int[plan.Steps.Count];
        for (int i = 0; i < execute.Length; i++)
        {
            var step = plan.Steps[i];
            execute[i] = ClassOf(step.Limits, impliedWorker: step.Action is not null && !step.Limits.ContainsKey(RunPlan.WorkersLimit));
            check[i] = ClassOf(step.CheckLimits, impliedWorker: false);
        }
        return ([.. classes], execute, check);

        int ClassOf(IReadOnlyDictionary<string, int> uses, bool impliedWorker)
        {
            var all = uses.Where(use => use.Value > 0).Select(use => new LimitUse(limitIndex[use.Key], use.Value));
            if (impliedWorker) all = all.Append(new LimitUse(limitIndex[RunPlan.WorkersLimit], 1));
            LimitUse[] sorted = [.. all.OrderBy(use => use.Limit)];
            string key = string.Join(',', sorted);
            if (known.TryGetValue(key, out int found)) return found;
            known.Add(key, classes.Count);
            classes.Add(sorted);
            return classes.Count - 1;
        }
    }
}
