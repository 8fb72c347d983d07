using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>
/// How far selectors look back where only summaries of intervals are kept: a range of fewer than four intervals is widened to
/// four, a look-back of fewer than two to two, so that it holds samples whenever there were any. Recent steps of the
/// same query keep their width.
/// </summary>
internal static class Widening
{
    /// <summary>Intervals a range holds at least: <c>rate</c> needs two samples, and a scrape may fail.</summary>
    public const int OfRange = 4;

    /// <summary>Intervals a look-back holds at least.</summary>
    public const int OfLookback = 2;

    /// <summary>The width at each step; null where all keep theirs.</summary>
    public static long[]? Widths(QueryContext context, Steps reference, long width, int intervals, Span place)
    {
        if (context.Source.ResolutionAt(reference.Start - width) == 0) return null;
        long[] widths = new long[reference.Count];
        long coarsest = 0;
        for (int i = 0; i < widths.Length; i++)
        {
            widths[i] = width;
            // A wider window may reach further back, to where intervals are longer still.
            while (context.Source.ResolutionAt(reference[i] - widths[i]) is var resolution && resolution * intervals > widths[i])
            {
                widths[i] = resolution * intervals;
                coarsest = Math.Max(coarsest, resolution);
            }
        }
        if (coarsest == 0) return null;
        context.Annotations.Widened(coarsest, coarsest * intervals, isRange: intervals == OfRange, place);
        return widths;
    }
}

/// <summary>Functions over windows that roll-ups keep an answer to.</summary>
internal sealed partial class Evaluator
{
    /// <summary>The value of an expression of type range vector, with an aggregate in the place of samples that were rolled up.</summary>
    public RangeVector Range(Expr expr, SampleAggregate aggregate) =>
        expr.Unwrap() is MatrixSelector matrix ? Range(matrix, aggregate) : Range(expr);

    /// <summary>Whether any sample a range may look at was rolled up.</summary>
    public bool IsRolledUp(Expr expr) => expr.Unwrap() is MatrixSelector matrix
        && context.Source.ResolutionAt(Reference(matrix.Selector.Time).Start - context.Milliseconds(matrix.Range, positive: true)) > 0;

    /// <summary>Applies to each series a function to the samples and, where the result is a float, another to two aggregates.</summary>
    public Vector SlideAggregates(Expr argument, Func<RangeFunction> plain, Func<RangeFunction> sum)
    {
        var all = Slide(Range(argument), plain());
        var sums = Slide(Range(argument, SampleAggregate.Sum), sum());
        var counts = Slide(Range(argument, SampleAggregate.Count), sum());
        var results = new List<Series>(all.Series.Count);
        for (int i = 0; i < all.Series.Count; i++)
        {
            var (each, total, count) = (all.Series[i], sums.Series[i], counts.Series[i]);
            results.Add(new LazySeries(each.Labels, () =>
            {
                var column = each.Take();
                var (totals, numbers) = (total.Take(), count.Take());
                for (int step = column?.Start ?? 0; step < (column?.End ?? 0); step++)
                {
                    if (!column!.At(step) || column.HistogramAt(step) is not null) continue;
                    if (totals?.At(step) == true && numbers?.At(step) == true) column.Set(step, totals.ValueAt(step) / numbers.ValueAt(step));
                }
                context.Return(totals);
                context.Return(numbers);
                return column;
            }, each.NamePending));
        }
        return all with { Series = results };
    }
}
