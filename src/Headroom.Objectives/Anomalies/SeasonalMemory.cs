using Headroom.Objectives.Statistics;

namespace Headroom.Objectives.Anomalies;

/// <summary>What one and more cycles ago suggests for the next point. The cycle comes from the distance of points, or is looked for as points come in.</summary>
internal sealed class SeasonalMemory(IReadOnlyList<int> likely)
{
    // Enough for three weeks of five-minute points.
    private const int Capacity = 6_100;
    private const int Cycles = 3;

    private readonly double[] _values = new double[Capacity];
    private int _count;
    private int _nextLook = 200;

    /// <summary>Points in a cycle; 0 for none.</summary>
    public int Period { get; private set; }

    /// <summary>The value <paramref name="back"/> points before the next one.</summary>
    private double Back(int back) => _values[(_count - back) % Capacity];

    /// <summary>The median of the last cycles at the next point's place and beside it, or NaN.</summary>
    public double Expected()
    {
        if (Period == 0) return double.NaN;
        Span<double> near = stackalloc double[Cycles * 3];
        int count = 0;
        for (int cycle = 1; cycle <= Cycles; cycle++)
            for (int beside = -1; beside <= 1; beside++)
            {
                int back = (cycle * Period) + beside;
                if (back >= 1 && back <= Math.Min(_count, Capacity - 1)) near[count++] = Back(back);
            }
        return count == 0 ? double.NaN : Order.MedianInPlace(near[..count]);
    }

    /// <summary>Keeps the cycle's place over a point that is missing.</summary>
    public void Skip()
    {
        if (_count == 0) return;
        double expected = Expected();
        Add(double.IsNaN(expected) ? Back(1) : expected);
    }

    /// <summary>Adds a finite value.</summary>
    public void Add(double value)
    {
        _values[_count % Capacity] = value;
        _count++;
        if (_count < _nextLook) return;
        _nextLook = _count + Math.Max(200, _count / 4);
        int n = Math.Min(_count, Capacity - 1);
        var last = new double[n];
        for (int i = 0; i < n; i++) last[i] = Back(n - i);
        Period = Season.Find(last, likely is int[] array ? array : [.. likely])?.Period ?? 0;
    }
}
