namespace Headroom.Runs;

/// <summary>A directed graph as two flat arrays: the neighbours of node i are the slice that starts at its offset.</summary>
internal sealed class Adjacency
{
    private readonly int[] _start;
    private readonly int[] _to;

    public Adjacency(int nodes, Func<int, IEnumerable<int>> neighbours)
    {
        _start = new int[nodes + 1];
        var to = new List<int>(nodes);
        for (int i = 0; i < nodes; i++)
        {
            to.AddRange(neighbours(i));
            _start[i + 1] = to.Count;
        }
        _to = [.. to];
    }

    private Adjacency(int[] start, int[] to) => (_start, _to) = (start, to);

    public int Nodes => _start.Length - 1;

    public ReadOnlySpan<int> this[int node] => _to.AsSpan(_start[node].._start[node + 1]);

    public Adjacency Reversed()
    {
        var start = new int[_start.Length];
        foreach (int node in _to) start[node + 1]++;
        for (int i = 1; i < start.Length; i++) start[i] += start[i - 1];
        var next = start.ToArray();
        var to = new int[_to.Length];
        for (int i = 0; i < Nodes; i++)
            foreach (int node in this[i]) to[next[node]++] = i;
        return new Adjacency(start, to);
    }

    /// <summary>Nodes so that each comes after all its neighbours (Kahn 1962); the graph has no cycle.</summary>
    public int[] TopologicalOrder(Adjacency reversed)
    {
        var order = new int[Nodes];
        var left = new int[Nodes];
        int end = 0;
        for (int i = 0; i < Nodes; i++)
        {
            left[i] = this[i].Length;
            if (left[i] == 0) order[end++] = i;
        }
        for (int at = 0; at < end; at++)
            foreach (int node in reversed[order[at]])
                if (--left[node] == 0) order[end++] = node;
        return order;
    }
}
