namespace Headroom.Runs;

/// <summary>
/// One cycle for each group of steps that need each other. Groups are the strongly connected components of the graph
/// (Tarjan 1972), found with a stack of its own: a chain of 100,000 steps must not end the process.
/// </summary>
internal static class CycleFinder
{
    /// <summary>Each cycle as indices of steps in the order of need: each needs the next, the last needs the first.</summary>
    public static List<List<int>> Find(IReadOnlyList<StepSpec> steps, Dictionary<string, int> index)
    {
        int n = steps.Count;
        var needs = new int[n][];
        for (int i = 0; i < n; i++)
        {
            // A step that needs itself and needs that do not exist have been reported by their own names.
            needs[i] = [.. steps[i].Needs.Select(need => index.GetValueOrDefault(need, -1)).Where(j => j >= 0 && j != i)];
        }

        var cycles = new List<List<int>>();
        var order = new int[n];
        var low = new int[n];
        var component = new int[n];
        Array.Fill(component, -1);
        var open = new Stack<int>();
        var path = new Stack<(int Step, int Next)>();
        int counter = 0;
        for (int root = 0; root < n; root++)
        {
            if (order[root] != 0) continue;
            path.Push((root, 0));
            while (path.Count > 0)
            {
                var (step, next) = path.Pop();
                if (next == 0)
                {
                    order[step] = low[step] = ++counter;
                    open.Push(step);
                }
                bool descended = false;
                while (next < needs[step].Length)
                {
                    int need = needs[step][next++];
                    if (order[need] == 0)
                    {
                        path.Push((step, next));
                        path.Push((need, 0));
                        descended = true;
                        break;
                    }
                    if (component[need] < 0) low[step] = Math.Min(low[step], order[need]);
                }
                if (descended) continue;
                if (path.TryPeek(out var parent)) low[parent.Step] = Math.Min(low[parent.Step], low[step]);
                if (low[step] != order[step]) continue;
                int size = 0;
                int member;
                do
                {
                    member = open.Pop();
                    component[member] = step;
                    size++;
                } while (member != step);
                if (size > 1) cycles.Add(Walk(step, needs, component));
            }
        }
        return cycles;
    }

    // Within a component every step has a need that is also in it: walking along them must come back to a step seen.
    private static List<int> Walk(int start, int[][] needs, int[] component)
    {
        var at = new Dictionary<int, int>();
        var walk = new List<int>();
        int step = start;
        while (at.TryAdd(step, walk.Count))
        {
            walk.Add(step);
            step = needs[step].First(need => component[need] == component[start]);
        }
        return walk[at[step]..];
    }
}
