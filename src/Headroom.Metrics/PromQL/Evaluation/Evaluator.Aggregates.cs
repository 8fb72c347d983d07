using Headroom.Metrics.PromQL.Aggregations;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>Aggregations. The group of a series is worked out once, not at every step.</summary>
internal sealed partial class Evaluator
{
    private Vector Aggregate(AggregateExpr expr)
    {
        var inner = Vector(expr.Inner);
        return expr.Op switch
        {
            TokenKind.TopK or TokenKind.BottomK or TokenKind.LimitK or TokenKind.LimitRatio => new Selection(this, expr).Apply(inner),
            TokenKind.Quantile => QuantileOf(expr, inner),
            TokenKind.CountValues => new ValueCounting(this, expr).Apply(inner),
            _ => Accumulate(expr, inner),
        };
    }

    /// <summary>The labels that tell the groups of an aggregation apart.</summary>
    public static Labels GroupKey(AggregateExpr expr, Labels labels)
    {
        var grouping = expr.Grouping;
        if (expr.Without) return labels.Without(name => name == Labels.MetricName || grouping.Contains(name));
        return grouping.Count == 0 ? Labels.Empty : labels.Without(name => !grouping.Contains(name));
    }

    private Vector Accumulate(AggregateExpr expr, Vector inner)
    {
        // Group by group, so that only one group's sums are under way at a time.
        var results = new List<Series>();
        foreach (var (key, members) in Grouped(expr, inner))
        {
            Accumulator? state = null;
            bool pending = false;
            foreach (var series in members)
            {
                context.Check();
                if (series.Take() is not { } column) continue;
                state ??= Accumulator.For(expr, context, steps.Count);
                pending |= series.NamePending;
                state.Add(column, series.Labels);
                context.Return(column);
            }
            if (state?.Finish() is not { } sum) continue;
            if (sum.IsEmpty) context.Return(sum);
            else results.Add(new ReadySeries(key, sum, pending));
        }
        return new Vector(results);
    }

    /// <summary>The series of a vector by the group they belong to, groups in the order in which they first appear.</summary>
    private static List<(Labels Key, List<Series> Members)> Grouped(AggregateExpr expr, Vector inner)
    {
        var groups = new Dictionary<Labels, List<Series>>();
        var order = new List<(Labels, List<Series>)>();
        foreach (var series in inner.Series)
        {
            var key = GroupKey(expr, series.Labels);
            if (!groups.TryGetValue(key, out var members))
            {
                groups.Add(key, members = []);
                order.Add((key, members));
            }
            members.Add(series);
        }
        return order;
    }

    private Vector QuantileOf(AggregateExpr expr, Vector inner)
    {
        var q = Scalar(expr.Parameter!);
        for (int i = 0; i < (q.IsConstant ? 1 : steps.Count); i++)
            if (!(q[i] >= 0 && q[i] <= 1)) context.Annotations.QuantileOutOfRange(q[i], expr.Parameter!.Span);

        var groups = new Dictionary<Labels, List<Column>>();
        var pending = new HashSet<Labels>();
        foreach (var series in inner.Series)
        {
            context.Check();
            if (series.Take() is not { } column) continue;
            var key = GroupKey(expr, series.Labels);
            if (!groups.TryGetValue(key, out var columns)) groups.Add(key, columns = []);
            if (series.NamePending) pending.Add(key);
            columns.Add(column);
        }
        var results = new List<Series>(groups.Count);
        foreach (var (key, columns) in groups)
        {
            var result = context.Rent(0, steps.Count);
            var values = new double[columns.Count];
            bool any = false;
            for (int step = 0; step < steps.Count; step++)
            {
                int n = 0;
                foreach (var column in columns)
                {
                    if (!column.At(step)) continue;
                    if (column.HistogramAt(step) is not null) context.Annotations.HistogramIgnoredInAggregation("quantile", expr.Inner.Span);
                    else values[n++] = column.ValueAt(step);
                }
                if (n == 0) continue;
                // .NET too sorts NaN before everything else.
                values.AsSpan(0, n).Sort();
                result.Set(step, Quantiles.OfSorted(q[step], values.AsSpan(0, n)));
                any = true;
            }
            foreach (var column in columns) context.Return(column);
            if (any) results.Add(new ReadySeries(key, result, pending.Contains(key)));
            else context.Return(result);
        }
        return new Vector(results);
    }
}
