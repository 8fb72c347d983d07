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
    private const int Fewest = 20;

    // Values that hardly differ would make the least new one look unheard-of. Alerts on perfect repetition fall from 4 to 3 in 1,000 points and on noise from 1.3 to
    // 0.8 against 0.01 (bench/detectors).
    private const double SmallestExcess = 0.02;
    private const double SmallestOffset = 0.05;
    private const double SmallestChance = 1e-100;

    private readonly List<double> _sorted = [];
    private readonly Queue<double> _order = new();

    /// <summary>Whether enough was added to rank against.</summary>
    public bool IsReady => _sorted.Count >= Fewest;

    /// <summary>The chance of a value at least as large, from what was added before; 1 while there are too few.</summary>
    public double Exceedance(double value)
    {
        int n = _sorted.Count;
        if (n < Fewest || double.IsNaN(value)) return 1;
        int tail = Math.Max(SmallestTail, (int)(TailShare * n));
        double threshold = _sorted[n - tail - 1];
        if (value <= threshold) return (n - FirstNotBelow(value) + 1.0) / (n + 1);
        // The scale moves the tail's start away from zero, where logarithms would exaggerate.
        double offset = Math.Max(_sorted[n / 2], SmallestOffset);
        double excess = 0;
        for (int i = n - tail; i < n; i++) excess += Math.Log((_sorted[i] + offset) / (threshold + offset));
        excess = (excess / tail) + SmallestExcess;
        return Math.Max(SmallestChance, (double)tail / n * Math.Exp(-Math.Log((value + offset) / (threshold + offset)) / excess));
    }

    /// <summary>Adds a value; what is no number is left out.</summary>
    public void Add(double value)
    {
        if (double.IsNaN(value)) return;
        int at = _sorted.BinarySearch(value);
        _sorted.Insert(at < 0 ? ~at : at, value);
        _order.Enqueue(value);
        if (_order.Count <= Capacity) return;
        _sorted.RemoveAt(_sorted.BinarySearch(_order.Dequeue()));
    }

    private int FirstNotBelow(double value)
    {
        int low = 0, high = _sorted.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_sorted[middle] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
