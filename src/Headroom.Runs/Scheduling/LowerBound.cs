namespace Headroom.Runs;

/// <summary>The time below which no schedule can finish, and what sets it.</summary>
/// <param name="Time">max(critical path; for each concurrency, work / units; for each rate, least head + (calls − burst) / rate + least tail).</param>
/// <param name="Binding">What binds: <c>critical path</c>, or the name of a limit.</param>
/// <param name="Parts">Every candidate, longest first: how far the next one is says what raising the first would bring.</param>
public sealed record LowerBound(TimeSpan Time, string Binding, IReadOnlyList<KeyValuePair<string, TimeSpan>> Parts)
{
    /// <summary>Name of the part that is not a limit.</summary>
    public const string CriticalPath = "critical path";

    /// <summary>The bound for given times per step.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="act">Time in which each step acts and holds its limits, in ticks.</param>
    /// <param name="wait">Time each step waits afterwards, in ticks.</param>
    public static LowerBound Of(PreparedPlan plan, ReadOnlySpan<long> act, ReadOnlySpan<long> wait)
    {
        // Head: the longest path before a step starts. Tail: the longest from its start to the end.
        var head = new long[plan.Count];
        var tail = new long[plan.Count];
        foreach (int step in plan.Order)
            foreach (int need in plan.Needs[step]) head[step] = Math.Max(head[step], head[need] + act[need] + wait[need]);
        for (int i = plan.Order.Length - 1; i >= 0; i--)
        {
            int step = plan.Order[i];
            foreach (int dependent in plan.Dependents[step]) tail[step] = Math.Max(tail[step], tail[dependent]);
            tail[step] += act[step] + wait[step];
        }
        long path = 0;
        foreach (long length in tail) path = Math.Max(path, length);
        var parts = new List<KeyValuePair<string, TimeSpan>> { new(CriticalPath, TimeSpan.FromTicks(path)) };

        for (int limit = 0; limit < plan.LimitSpecs.Length; limit++)
        {
            double units = 0, work = 0;
            long leastHead = long.MaxValue, leastTail = long.MaxValue;
            for (int step = 0; step < plan.Count; step++)
            {
                foreach (var use in plan.Classes[plan.ExecuteClass[step]])
                {
                    if (use.Limit != limit) continue;
                    units += use.Units;
                    work += (double)use.Units * act[step];
                    leastHead = Math.Min(leastHead, head[step]);
                    leastTail = Math.Min(leastTail, tail[step]);
                }
            }
            if (units == 0) continue;
            var spec = plan.LimitSpecs[limit];
            double ticks = spec.RatePerSecond is { } rate
                ? leastHead + Math.Max(0, units - spec.Burst) / rate * TimeSpan.TicksPerSecond + leastTail
                : work / spec.Concurrency!.Value;
            parts.Add(new(plan.LimitNames[limit], TimeSpan.FromTicks((long)ticks)));
        }
        parts.Sort((a, b) => b.Value.CompareTo(a.Value));
        return new LowerBound(parts[0].Value, parts[0].Key, parts);
    }
}
