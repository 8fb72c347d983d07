using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;

namespace Headroom.Objectives.Alarms.Rules;

/// <summary>Which alarms depend on which. A circle is refused, with its path named.</summary>
public static class AlarmGraph
{
    /// <summary>Everything that is wrong between alarms, SLOs and maintenance windows.</summary>
    /// <param name="alarms">The alarms, in the file's order.</param>
    /// <param name="slos">Names of the SLOs.</param>
    /// <param name="windows">Names of the maintenance windows; a rule may name one, which is in ALARM while it is open.</param>
    public static IReadOnlyList<Problem> Check(IReadOnlyList<AlarmDefinition> alarms, IReadOnlyCollection<string> slos, IReadOnlyCollection<string> windows)
    {
        var problems = new List<Problem>();
        var known = alarms.Select(a => a.Name).Concat(windows).ToHashSet(StringComparer.Ordinal);
        foreach (var alarm in alarms)
        {
            if (windows.Contains(alarm.Name, StringComparer.Ordinal))
                problems.Add(new Problem("alarm-defined-twice", $"'{alarm.Name}' is the name of an alarm and of a maintenance window.", alarm.Where, "Rename one: rules could mean either."));
            if (alarm.Condition is BurnRateCondition { Slo: var slo } && !slos.Contains(slo, StringComparer.Ordinal))
                problems.Add(new Problem("alarm-unknown-slo", $"The alarm '{alarm.Name}' watches the SLO '{slo}', which does not exist.", alarm.Where, Near(slo, slos)));
            if (alarm.Condition is not CompositeCondition composite) continue;
            foreach (string child in composite.Rule.Children.Concat(composite.Suppressor is { } suppressor ? [suppressor.Alarm] : []).Distinct(StringComparer.Ordinal))
                if (!known.Contains(child))
                    problems.Add(new Problem("alarm-unknown", $"The alarm '{alarm.Name}' depends on '{child}', which does not exist.", alarm.Where, Near(child, known)));
            if (composite.Suppressor?.Alarm == alarm.Name)
                problems.Add(new Problem("alarm-circle", $"The alarm '{alarm.Name}' suppresses itself.", alarm.Where, "Name another alarm as its suppressor."));
        }
        if (FindCircle(alarms) is { } circle)
            problems.Add(new Problem("alarm-circle", $"Alarms depend on each other in a circle: {string.Join(" -> ", circle.Select(a => a.Name))}.", circle[0].Where, "Take one of these names out of the rule before it."));
        return problems;
    }

    /// <summary>The composite alarms in an order in which each comes after those it depends on. There must be no circle.</summary>
    public static IReadOnlyList<AlarmDefinition> Ordered(IReadOnlyList<AlarmDefinition> alarms)
    {
        var byName = alarms.ToDictionary(a => a.Name, StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var order = new List<AlarmDefinition>();
        // Depth first with a stack of its own: a chain of alarms may be as long as the file.
        foreach (var root in alarms)
        {
            var open = new Stack<(AlarmDefinition Alarm, int Next)>();
            if (done.Add(root.Name)) open.Push((root, 0));
            while (open.TryPop(out var top))
            {
                var children = ChildrenOf(top.Alarm);
                if (top.Next < children.Count)
                {
                    open.Push((top.Alarm, top.Next + 1));
                    if (byName.TryGetValue(children[top.Next], out var child) && done.Add(child.Name)) open.Push((child, 0));
                }
                else if (top.Alarm.Condition is CompositeCondition)
                {
                    order.Add(top.Alarm);
                }
            }
        }
        return order;
    }

    private static List<AlarmDefinition>? FindCircle(IReadOnlyList<AlarmDefinition> alarms)
    {
        var byName = new Dictionary<string, AlarmDefinition>(StringComparer.Ordinal);
        foreach (var alarm in alarms) byName.TryAdd(alarm.Name, alarm);
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var root in alarms)
        {
            var path = new List<(AlarmDefinition Alarm, int Next)> { (root, 0) };
            while (path.Count > 0)
            {
                var (alarm, next) = path[^1];
                var children = ChildrenOf(alarm);
                if (next >= children.Count || done.Contains(alarm.Name))
                {
                    done.Add(alarm.Name);
                    path.RemoveAt(path.Count - 1);
                    continue;
                }
                path[^1] = (alarm, next + 1);
                if (!byName.TryGetValue(children[next], out var child) || done.Contains(child.Name)) continue;
                int at = path.FindIndex(p => p.Alarm.Name == child.Name);
                if (at >= 0) return [.. path[at..].Select(p => p.Alarm), child];
                path.Add((child, 0));
            }
        }
        return null;
    }

    private static IReadOnlyList<string> ChildrenOf(AlarmDefinition alarm) => alarm.Condition is CompositeCondition composite ? composite.Rule.Children : [];

    private static string? Near(string name, IEnumerable<string> known) => NearestName.Of(name, known) is { } near ? $"Did you mean '{near}'?" : "Define it, or take the name out.";
}
