namespace Headroom.Objectives.Anomalies;

/// <summary>
/// How rare a value is among those seen: its share of larger ones, and beyond the largest twentieth a Pareto tail fitted to them
/// (Hill, "A Simple General Approach to Inference About the Tail of a Distribution", 1975), so that a metric with frequent spikes needs a larger one.
/// Keeps the last <see cref="Capacity"/> values; O(capacity) moves a value.
/// </summary>
internal sealed class TailRank
{
    private const int Capacity = 4_000;
    private const double TailShare = 0.05;
    private const int SmallestTail = 10;

    private readonly List<double> _sorted = [];
    private readonly Queue<double> _order = new();

    /// <summary>Values kept.</summary>
    public int Count => _sorted.Count;

    /// <summary>The chance of a value at least as large, from what was added before; 1 while there are fewer than 20.</summary>
    public double Exceedance(double value)
    {
        int n = _sorted.Count;
        if (n < 20) return 1;
        int tail = Math.Max(SmallestTail, (int)(TailShare * n));
        double threshold = _sorted[n - tail - 1];
        if (value <= threshold)
        {
            int at = _sorted.BinarySearch(value);
            if (at < 0) at = ~at;
            return Math.Min(1, (n - at + 1.0) / (n + 1));
        }
        // The scale moves the tail's start away from zero, where logarithms would exaggerate.
        double offset = Math.Max(_sorted[n / 2], 1e-9);
        double excess = 0;
        for (int i = n - tail; i < n; i++) excess += Math.Log((_sorted[i] + offset) / (threshold + offset));
        excess = (excess / tail) + 1e-3;
        return (double)tail / n * Math.Exp(-Math.Log((value + offset) / (threshold + offset)) / excess);
    }

    /// <summary>Adds a value.</summary>
    public void Add(double value)
    {
        int at = _sorted.BinarySearch(value);
        _sorted.Insert(at < 0 ? ~at : at, value);
        _order.Enqueue(value);
        if (_order.Count <= Capacity) return;
        _sorted.RemoveAt(_sorted.BinarySearch(_order.Dequeue()));
    }
}
