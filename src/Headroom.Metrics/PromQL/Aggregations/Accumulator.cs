using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Histograms;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Aggregations;

/// <summary>
/// The state of one group of an aggregation at all steps. Series are added one after the other, whole columns at a time,
/// and may be forgotten then.
/// </summary>
internal abstract class Accumulator(QueryContext context, int steps)
{
    /// <summary>Result so far; what the values mean until <see cref="Finish"/> is up to the aggregation.</summary>
    protected Column Result { get; } = context.Rent(0, steps);

    protected QueryContext Context => context;

    public abstract void Add(Column column, Labels labels);

    /// <summary>Called once, after the last series.</summary>
    public virtual Column Finish() => Result;

    public static Accumulator For(AggregateExpr expr, QueryContext context, int steps) => expr.Op switch
    {
        TokenKind.Sum => new SumAccumulator(context, steps, expr.Inner.Span),
        TokenKind.Avg => new AverageAccumulator(context, steps, expr.Inner.Span),
        TokenKind.Count => new CountAccumulator(context, steps),
        TokenKind.Group => new GroupAccumulator(context, steps),
        TokenKind.Min => new ExtremeAccumulator(context, steps, expr.Inner.Span, max: false),
        TokenKind.Max => new ExtremeAccumulator(context, steps, expr.Inner.Span, max: true),
        TokenKind.Stddev => new SpreadAccumulator(context, steps, expr.Inner.Span, root: true),
        _ => new SpreadAccumulator(context, steps, expr.Inner.Span, root: false),
    };
}

/// <summary><c>count</c></summary>
internal sealed class CountAccumulator(QueryContext context, int steps) : Accumulator(context, steps)
{
    public override void Add(Column column, Labels labels)
    {
        for (int i = 0, at = column.Start; i < column.Length; i++, at++)
        {
            if (!column.Has[i]) continue;
            Result.Values[at] = Result.Has[at] ? Result.Values[at] + 1 : 1;
            Result.Has[at] = true;
        }
    }
}

/// <summary><c>group</c></summary>
internal sealed class GroupAccumulator(QueryContext context, int steps) : Accumulator(context, steps)
{
    public override void Add(Column column, Labels labels)
    {
        for (int i = 0, at = column.Start; i < column.Length; i++, at++)
            if (column.Has[i]) Result.Set(at, 1);
    }
}

/// <summary><c>min</c> and <c>max</c>; NaN only when there is nothing else.</summary>
internal sealed class ExtremeAccumulator(QueryContext context, int steps, Span place, bool max) : Accumulator(context, steps)
{
    public override void Add(Column column, Labels labels)
    {
        var (values, has) = (Result.Values, Result.Has);
        for (int i = 0, at = column.Start; i < column.Length; i++, at++)
        {
            if (!column.Has[i]) continue;
            if (column.Histograms?[i] is not null)
            {
                Context.Annotations.HistogramIgnoredInAggregation(max ? "max" : "min", place);
                continue;
            }
            double value = column.Values[i];
            if (!has[at] || (max ? value > values[at] : value < values[at]) || double.IsNaN(values[at])) values[at] = value;
            has[at] = true;
        }
    }
}

/// <summary><c>stddev</c> and <c>stdvar</c> of a population, by Welford's method.</summary>
internal sealed class SpreadAccumulator(QueryContext context, int steps, Span place, bool root) : Accumulator(context, steps)
{
    private readonly double[] _means = new double[steps];
    private readonly int[] _counts = new int[steps];

    public override void Add(Column column, Labels labels)
    {
        for (int i = 0, at = column.Start; i < column.Length; i++, at++)
        {
            if (!column.Has[i]) continue;
            if (column.Histograms?[i] is not null)
            {
                Context.Annotations.HistogramIgnoredInAggregation(root ? "stddev" : "stdvar", place);
                continue;
            }
            double value = column.Values[i];
            if (_counts[at]++ == 0)
            {
                _means[at] = value;
                Result.Set(at, double.IsFinite(value) ? 0 : double.NaN);
                continue;
            }
            double delta = value - _means[at];
            _means[at] += delta / _counts[at];
            Result.Values[at] += delta * (value - _means[at]);
        }
    }

    public override Column Finish()
    {
        for (int i = 0; i < Result.Length; i++)
        {
            if (!Result.Has[i]) continue;
            double variance = Result.Values[i] / _counts[i];
            Result.Values[i] = root ? Math.Sqrt(variance) : variance;
        }
        return Result;
    }
}

/// <summary>What <c>sum</c> and <c>avg</c> share: histograms, and the removal of groups that mix them with floats.</summary>
internal abstract class MixingAccumulator(QueryContext context, int steps, Span place) : Accumulator(context, steps)
{
    private HistogramSum?[]? _histograms;
    private bool[]? _broken;

    /// <summary>Adds the histograms of a column and reports whether it has any floats besides.</summary>
    protected bool AddHistograms(Column column, Labels labels)
    {
        if (column.Histograms is not { } histograms) return true;
        _histograms ??= new HistogramSum?[Result.Length];
        bool floats = false;
        for (int i = 0, at = column.Start; i < column.Length; i++, at++)
        {
            if (!column.Has[i]) continue;
            if (histograms[i] is not { } histogram) floats = true;
            else if (_histograms[at] is not { } sum) _histograms[at] = new HistogramSum(histogram);
            else if (!sum.Add(histogram))
            {
                Context.Annotations.MixedSchemas(labels.Name, place);
                (_broken ??= new bool[Result.Length])[at] = true;
            }
        }
        return floats;
    }

    /// <summary>Puts the histograms' result beside that of the floats.</summary>
    protected void FinishHistograms(Func<HistogramSum, Histogram> finish)
    {
        if (_histograms is null) return;
        for (int i = 0; i < Result.Length; i++)
        {
            if (_histograms[i] is not { } sum) continue;
            if (sum.Outcome.HasFlag(CombineOutcome.ResetsCollide)) Context.Annotations.ResetsCollide("aggregation", place);
            if (sum.Outcome.HasFlag(CombineOutcome.BoundsReconciled)) Context.Annotations.BoundsReconciled("aggregation", place);
            if (Result.Has[i])
            {
                Context.Annotations.MixedFloatsAndHistogramsInAggregation(place);
                Result.Has[i] = false;
            }
            else if (_broken?[i] != true) Result.Set(i, finish(sum).Compact());
        }
    }
}

/// <summary><c>sum</c>, with compensated summation.</summary>
internal sealed class SumAccumulator(QueryContext context, int steps, Span place) : MixingAccumulator(context, steps, place)
{
    private readonly double[] _lost = new double[steps];

    public override void Add(Column column, Labels labels)
    {
        if (!AddHistograms(column, labels)) return;
        var (from, there, histograms) = (column.Values, column.Has, column.Histograms);
        double[] sums = Result.Values, lost = _lost;
        bool[] has = Result.Has;
        for (int i = 0, at = column.Start; i < column.Length; i++, at++)
        {
            if (!there[i] || histograms?[i] is not null) continue;
            if (has[at]) Kahan.Add(from[i], ref sums[at], ref lost[at]);
            else
            {
                sums[at] = from[i];
                has[at] = true;
            }
        }
    }

    public override Column Finish()
    {
        for (int i = 0; i < Result.Length; i++)
            if (!double.IsInfinity(Result.Values[i])) Result.Values[i] += _lost[i];
        FinishHistograms(static sum => sum.Total());
        return Result;
    }
}

/// <summary>
/// <c>avg</c>: the compensated sum divided by the count; where the sum would overflow, a running mean from there on.
/// </summary>
internal sealed class AverageAccumulator(QueryContext context, int steps, Span place) : MixingAccumulator(context, steps, place)
{
    private readonly double[] _lost = new double[steps];
    private readonly int[] _counts = new int[steps];
    private readonly bool[] _running = new bool[steps];

    public override void Add(Column column, Labels labels)
    {
        if (!AddHistograms(column, labels)) return;
        for (int i = 0, at = column.Start; i < column.Length; i++, at++)
        {
            if (!column.Has[i] || column.Histograms?[i] is not null) continue;
            double value = column.Values[i];
            if (_counts[at]++ == 0)
            {
                Result.Set(at, value);
                continue;
            }
            Mean.Add(value, ref Result.Values[at], ref _lost[at], _counts[at], ref _running[at]);
        }
    }

    public override Column Finish()
    {
        for (int i = 0; i < Result.Length; i++)
            if (Result.Has[i]) Result.Values[i] = Mean.Finish(Result.Values[i], _lost[i], _counts[i], _running[i]);
        FinishHistograms(static sum => HistogramArithmetic.Divide(sum.Total(), sum.Terms));
        return Result;
    }
}
