using Headroom.Metrics.PromQL.Functions;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>A series under a range selector or sub-query: its samples are loaded, then looked at through windows.</summary>
internal sealed class RangeSeries(Labels labels, Func<RangeSamples, Action?> load, bool namePending = false)
{
    public Labels Labels { get; } = labels;

    public bool NamePending { get; } = namePending;

    /// <summary>Loads the samples; the result, when not null, is to be called once they are no longer needed.</summary>
    public Action? Load(RangeSamples into) => load(into);
}

/// <summary>A range vector: the window (t - <paramref name="Range"/>, t] for each t of <paramref name="Reference"/>.</summary>
/// <param name="Series">The series.</param>
/// <param name="Reference">Ends of the windows.</param>
/// <param name="Range">Width in milliseconds.</param>
/// <param name="Mode">How the borders are treated.</param>
/// <param name="Widths">The width at each step where it is not <paramref name="Range"/> everywhere (<see cref="Widening"/>).</param>
internal sealed record RangeVector(List<RangeSeries> Series, Steps Reference, long Range, RangeMode Mode = RangeMode.Plain, long[]? Widths = null)
{
    public long WidthAt(int step) => Widths is null ? Range : Widths[step];
}

/// <summary>Range selectors, sub-queries, and the functions that slide over them.</summary>
internal sealed partial class Evaluator
{
    /// <summary>The value of an expression of type range vector.</summary>
    public RangeVector Range(Expr expr) => expr.Unwrap() switch
    {
        MatrixSelector matrix => Range(matrix, SampleAggregate.None),
        SubqueryExpr subquery => Range(subquery),
        var other => throw new InvalidOperationException($"{other.GetType().Name} is not a range vector"),
    };

    private RangeVector Range(MatrixSelector matrix, SampleAggregate aggregate)
    {
        var reference = Reference(matrix.Selector.Time);
        long range = context.Milliseconds(matrix.Range, positive: true);
        var mode = matrix.Selector.Mode;
        long lookback = context.Options.LookbackMilliseconds;
        long[]? widths = mode == RangeMode.Plain ? Widening.Widths(context, reference, range, Widening.OfRange, matrix.Span) : null;
        long from = reference.Start - (widths?[0] ?? range) + 1 - (mode == RangeMode.Plain ? 0 : lookback);
        long to = reference.End + (mode == RangeMode.Smoothed ? lookback : 0);
        var found = context.Source.Select(matrix.Selector.Matchers, from, to);
        var series = new List<RangeSeries>(found.Count);
        foreach (var one in found)
        {
            context.Check();
            series.Add(new RangeSeries(one.Labels, samples =>
            {
                var buffer = context.Read(one, from, to, aggregate);
                samples.Load(buffer);
                return () => context.Return(buffer);
            }));
        }
        return new RangeVector(series, reference, range, mode, widths);
    }

    private RangeVector Range(SubqueryExpr subquery)
    {
        var reference = Reference(subquery.Time);
        long range = context.Milliseconds(subquery.Range, positive: true);
        long step = subquery.Step is null ? context.Options.SubqueryStepMilliseconds : context.Milliseconds(subquery.Step, positive: true);
        if (step <= 0) throw QueryContext.Failed("the resolution of a subquery must be at least one millisecond");
        // Steps stand at multiples of the resolution, whenever the query runs; the window is open on the left.
        long after = reference.Start - range;
        long first = (FloorDivide(after, step) + 1) * step;
        long count = reference.End < first ? 0 : ((reference.End - first) / step) + 1;
        if (count > context.Options.MaxSamples) throw QueryContext.TooManySamples();
        if (count == 0) return new RangeVector([], reference, range);

        var inner = new Evaluator(context, new Steps(first, step, (int)count));
        var vector = inner.Vector(subquery.Inner);
        var series = new List<RangeSeries>(vector.Series.Count);
        foreach (var one in vector.Series)
        {
            series.Add(new RangeSeries(one.Labels, samples =>
            {
                samples.Clear();
                var column = one.Take();
                if (column is null) return null;
                samples.Load(column, inner.Steps);
                context.Return(column);
                return null;
            }, one.NamePending));
        }
        return new RangeVector(series, reference, range);
    }

    private static long FloorDivide(long a, long b)
    {
        long quotient = a / b;
        return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
    }

    /// <summary>Applies a function over windows to every series of its range vector.</summary>
    /// <param name="vector">The range vector.</param>
    /// <param name="function">The function; one object serves all series in turn.</param>
    /// <param name="keepName">Whether the result is a sample as it was stored, so that the metric's name still fits.</param>
    public Vector Slide(RangeVector vector, RangeFunction function, bool keepName = false)
    {
        var samples = new RangeSamples();
        var results = new List<Series>(vector.Series.Count);
        foreach (var series in vector.Series)
        {
            var labels = keepName ? series.Labels : Unnamed(series.Labels);
            results.Add(new LazySeries(labels, () =>
            {
                context.Check();
                var release = series.Load(samples);
                var column = Slide(vector, samples, function, series.Labels);
                release?.Invoke();
                return column;
            }, series.NamePending || (!keepName && context.Options.DelayedNameRemoval)));
        }
        var all = new Vector(results);
        return keepName ? all : Distinct(all);
    }

    private Column? Slide(RangeVector vector, RangeSamples samples, RangeFunction function, Labels labels)
    {
        var reference = vector.Reference;
        var times = samples.Times;
        var histogramTimes = samples.HistogramTimes;
        if (times.Length == 0 && histogramTimes.Length == 0) return null;
        long earliest = Math.Min(times.Length > 0 ? times[0] : long.MaxValue, histogramTimes.Length > 0 ? histogramTimes[0] : long.MaxValue);
        long latest = Math.Max(times.Length > 0 ? times[^1] : long.MinValue, histogramTimes.Length > 0 ? histogramTimes[^1] : long.MinValue);
        int first = 0, end = reference.Count;
        if (reference.Interval > 0 && vector.Mode == RangeMode.Plain)
        {
            first = reference.FirstFrom(earliest);
            end = reference.FirstFrom(latest + (vector.Widths?[0] ?? vector.Range));
        }
        if (end <= first) return null;

        function.Begin(samples, labels);
        var column = context.Rent(first, end - first);
        bool any = false;
        int low = 0, high = 0, histogramLow = 0, histogramHigh = 0;
        for (int i = 0; i < column.Length; i++)
        {
            if ((i & 1023) == 1023) context.CheckNow();
            long to = reference[first + i], from = to - vector.WidthAt(first + i);
            while (high < times.Length && times[high] <= to) high++;
            while (low < high && times[low] <= from) low++;
            while (histogramHigh < histogramTimes.Length && histogramTimes[histogramHigh] <= to) histogramHigh++;
            while (histogramLow < histogramHigh && histogramTimes[histogramLow] <= from) histogramLow++;
            if (low == high && histogramLow == histogramHigh && vector.Mode != RangeMode.Smoothed) continue;
            var window = new Window(samples, low, high, histogramLow, histogramHigh, from, to, steps[first + i], first + i);
            if (!function.Evaluate(in window, out var result)) continue;
            if (result.Histogram is { } histogram) column.Set(first + i, histogram);
            else column.Set(first + i, result.Value);
            any = true;
        }
        if (any) return column;
        context.Return(column);
        return null;
    }

    /// <summary>The samples themselves of a range vector at a single instant.</summary>
    public List<MatrixSeries> RawSamples(RangeVector vector)
    {
        var samples = new RangeSamples();
        var all = new List<MatrixSeries>();
        foreach (var series in vector.Series)
        {
            var release = series.Load(samples);
            var points = new List<Point>();
            int i = 0, j = 0;
            long to = vector.Reference.Start, from = to - vector.WidthAt(0);
            while (i < samples.Times.Length || j < samples.HistogramTimes.Length)
            {
                bool isFloat = j >= samples.HistogramTimes.Length || (i < samples.Times.Length && samples.Times[i] < samples.HistogramTimes[j]);
                var point = isFloat ? new Point(samples.Times[i], samples.Values[i++]) : new Point(samples.HistogramTimes[j], 0, samples.Histograms[j++]);
                if (point.Time > from && point.Time <= to) points.Add(point);
            }
            release?.Invoke();
            if (points.Count == 0) continue;
            context.Hold(points.Count);
            bool unnamed = series.NamePending;
            all.Add(new MatrixSeries(unnamed ? series.Labels.Without(static name => name == Labels.MetricName) : series.Labels, points));
        }
        return all;
    }
}
