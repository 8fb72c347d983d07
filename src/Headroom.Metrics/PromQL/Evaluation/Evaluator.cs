using System.Runtime.CompilerServices;
using Headroom.Metrics.PromQL.Functions;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>Evaluates syntax trees at a run of steps. A sub-query has its own evaluator with its own steps.</summary>
internal sealed partial class Evaluator(QueryContext context, Steps steps)
{
    public QueryContext Context => context;

    public Steps Steps => steps;

    /// <summary>The value of an expression of type instant vector.</summary>
    public Vector Vector(Expr expr)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        context.Check();
        // 1. What is pinned by @ is computed once and repeated.
        if (steps.Count > 1 && expr.StepInvariant && expr is not ParenExpr) return Repeat(new Evaluator(context, steps with { Count = 1 }).Vector(expr));
        // 2. Everything else by what it is.
        return expr switch
        {
            ParenExpr paren => Vector(paren.Inner),
            VectorSelector selector => Select(selector),
            UnaryExpr unary => Negate(unary),
            BinaryExpr { Left.Kind: ValueKind.Vector, Right.Kind: ValueKind.Vector } binary =>
                Operators.IsSet(binary.Op) ? SetOperation(binary) : Match(binary),
            BinaryExpr binary => WithScalar(binary),
            AggregateExpr aggregate => Aggregate(aggregate),
            CallExpr call => VectorFunctions.Apply(this, call),
            _ => throw new InvalidOperationException($"{expr.GetType().Name} is not a vector"),
        };
    }

    /// <summary>The value of an expression of type scalar.</summary>
    public Scalar Scalar(Expr expr)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (expr)
        {
            case NumberLiteral number: return new Scalar(number.Value);
            case ParenExpr paren: return Scalar(paren.Inner);
            case UnaryExpr unary:
                var inner = Scalar(unary.Inner);
                return unary.Negative ? inner.Map(v => -v) : inner;
            case BinaryExpr binary:
                return PromQL.Evaluation.Scalar.Combine(Scalar(binary.Left), Scalar(binary.Right), steps.Count, ScalarOperators.For(binary.Op));
            case CallExpr call: return ScalarFunctions.Apply(this, call);
            default: throw new InvalidOperationException($"{expr.GetType().Name} is not a scalar");
        }
    }

    /// <summary>The text of a string argument.</summary>
    public static string Text(Expr expr) => ((StringLiteral)expr.Unwrap()).Value;

    private Vector Repeat(Vector once)
    {
        var repeated = new List<Series>(once.Series.Count);
        foreach (var series in once.Series)
        {
            repeated.Add(new LazySeries(series.Labels, () =>
            {
                var column = series.Take();
                if (column is null || !column.At(0))
                {
                    context.Return(column);
                    return null;
                }
                var all = context.Rent(0, steps.Count);
                all.Values.AsSpan(0, steps.Count).Fill(column.ValueAt(0));
                all.Has.AsSpan(0, steps.Count).Fill(true);
                if (column.HistogramAt(0) is { } histogram)
                {
                    all.Histograms = new Metrics.Histograms.Histogram?[steps.Count];
                    Array.Fill(all.Histograms, histogram);
                }
                context.Return(column);
                return all;
            }, series.NamePending));
        }
        return once with { Series = repeated };
    }

    private Vector Negate(UnaryExpr unary)
    {
        var inner = Vector(unary.Inner);
        if (!unary.Negative) return inner;
        return MapDroppingName(inner, column =>
        {
            for (int i = 0; i < column.Length; i++) column.Values[i] = -column.Values[i];
            if (column.Histograms is not { } histograms) return;
            for (int i = 0; i < column.Length; i++)
                if (histograms[i] is { } h) histograms[i] = Histograms.HistogramArithmetic.Negate(h);
        });
    }

    /// <summary>Applies a change to every series; the metric's name no longer fits the result.</summary>
    public Vector MapDroppingName(Vector vector, Action<Column> change)
    {
        var mapped = new List<Series>(vector.Series.Count);
        foreach (var series in vector.Series)
        {
            mapped.Add(new LazySeries(Unnamed(series.Labels), () =>
            {
                var column = series.Take();
                if (column is not null) change(column);
                return column;
            }, namePending: context.Options.DelayedNameRemoval));
        }
        return Distinct(vector with { Series = mapped });
    }

    /// <summary>Labels without the metric's name, unless names are removed at the end only.</summary>
    public Labels Unnamed(Labels labels) =>
        context.Options.DelayedNameRemoval || labels.Count == 0 ? labels : labels.Without(static name => name == Labels.MetricName);

    /// <summary>
    /// Joins series that have come to the same labels. That they have values at different steps is legal; two values at
    /// the same step are an error.
    /// </summary>
    public Vector Distinct(Vector vector)
    {
        if (context.Options.DelayedNameRemoval) return vector;
        return Merge(vector, QueryContext.SameLabelset);
    }

    private Vector Merge(Vector vector, Func<PromqlException> collision)
    {
        if (vector.Series.Count < 2) return vector;
        var byLabels = new Dictionary<Labels, List<Series>>(vector.Series.Count);
        var order = new List<List<Series>>(vector.Series.Count);
        foreach (var series in vector.Series)
        {
            if (byLabels.TryGetValue(series.Labels, out var same)) same.Add(series);
            else
            {
                byLabels.Add(series.Labels, same = [series]);
                order.Add(same);
            }
        }
        if (order.Count == vector.Series.Count) return vector;
        // At once, not when taken: a collision is an error even where nobody asks for the series.
        var merged = new List<Series>(order.Count);
        foreach (var same in order)
        {
            if (same.Count == 1) merged.Add(same[0]);
            else if (Merge(same, collision) is { } column) merged.Add(new ReadySeries(same[0].Labels, column, same[0].NamePending));
        }
        return vector with { Series = merged };
    }

    private Column? Merge(List<Series> same, Func<PromqlException> collision)
    {
        Column? all = null;
        foreach (var series in same)
        {
            var column = series.Take();
            if (column is null) continue;
            all ??= context.Rent(0, steps.Count);
            for (int step = column.Start; step < column.End; step++)
            {
                if (!column.At(step)) continue;
                if (all.At(step)) throw collision();
                if (column.HistogramAt(step) is { } histogram) all.Set(step, histogram);
                else all.Set(step, column.ValueAt(step));
            }
            context.Return(column);
        }
        return all;
    }

    /// <summary>The last act with delayed name removal: names go, and what collides then is an error.</summary>
    public Vector RemovePendingNames(Vector vector)
    {
        if (!context.Options.DelayedNameRemoval) return vector;
        var named = new List<Series>(vector.Series.Count);
        foreach (var series in vector.Series)
            named.Add(series.NamePending ? new LazySeries(series.Labels.Without(static name => name == Labels.MetricName), series.Take) : series);
        return Merge(vector with { Series = named }, QueryContext.SameLabelset);
    }
}
