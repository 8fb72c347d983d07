using System.Collections;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL.Evaluation;

namespace Headroom.Metrics.PromQL.Output;

/// <summary>
/// The points of a result's series as columns: a third of the memory of a list of <see cref="Point"/>s, and none at all
/// for times, which follow from the steps.
/// </summary>
internal sealed class ColumnPoints : IReadOnlyList<Point>
{
    private readonly Steps _steps;
    private readonly int _first;
    private readonly int[]? _at;
    private readonly double[] _values;
    private readonly Histogram?[]? _histograms;

    private ColumnPoints(Steps steps, int first, int[]? at, double[] values, Histogram?[]? histograms) =>
        (_steps, _first, _at, _values, _histograms) = (steps, first, at, values, histograms);

    /// <summary>Copies what a column holds; null when that is nothing.</summary>
    public static ColumnPoints? Of(Column column, Steps steps)
    {
        var has = column.Has.AsSpan(0, column.Length);
        int first = has.IndexOf(true);
        if (first < 0) return null;
        int end = has.LastIndexOf(true) + 1;
        if (!has[first..end].Contains(false))
            return new ColumnPoints(steps, column.Start + first, null, column.Values[first..end], column.Histograms?[first..end]);

        int count = has.Count(true), n = 0;
        var at = new int[count];
        var values = new double[count];
        var histograms = column.Histograms is null ? null : new Histogram?[count];
        for (int i = first; i < end; i++)
        {
            if (!has[i]) continue;
            at[n] = column.Start + i;
            values[n] = column.Values[i];
            if (histograms is not null) histograms[n] = column.Histograms![i];
            n++;
        }
        return new ColumnPoints(steps, 0, at, values, histograms);
    }

    public int Count => _values.Length;

    public bool AnyHistogram => _histograms is not null;

    public Point this[int index] => new(TimeAt(index), _values[index], _histograms?[index]);

    /// <summary>The steps of the query.</summary>
    public Steps Steps => _steps;

    /// <summary>Which of the query's steps a point stands at.</summary>
    public int StepAt(int index) => _at is null ? _first + index : _at[index];

    public long TimeAt(int index) => _steps[StepAt(index)];

    public double ValueAt(int index) => _values[index];

    public IEnumerator<Point> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
