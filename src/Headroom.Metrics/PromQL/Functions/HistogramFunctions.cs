using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Histograms;
using Headroom.Metrics.PromQL.Output;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Functions;

/// <summary>Functions that read histograms: native ones a sample each, classic ones a group of series told apart by <c>le</c>.</summary>
internal static class HistogramFunctions
{
    private const string BucketLabel = "le";

    public static IEnumerable<(string Name, VectorFunction Function)> All =>
    [
        Native("histogram_count", static h => h.Count),
        Native("histogram_sum", static h => h.Sum),
        Native("histogram_avg", static h => h.Sum / h.Count),
        Native("histogram_stdvar", HistogramStatistics.Variance),
        Native("histogram_stddev", static h => Math.Sqrt(HistogramStatistics.Variance(h))),
        ("histogram_quantile", Quantile),
        ("histogram_quantiles", Quantiles),
        ("histogram_fraction", Fraction),
    ];

    private static (string, VectorFunction) Native(string name, Func<Histogram, double> function) => (name, (evaluator, call) =>
        evaluator.MapDroppingName(evaluator.Vector(call.Arguments[0]), column =>
        {
            for (int i = 0; i < column.Length; i++)
            {
                if (!column.Has[i]) continue;
                if (column.Histograms?[i] is { } histogram) column.Values[i] = function(histogram);
                else column.Has[i] = false;
            }
            column.Histograms = null;
        }));

    private static Vector Quantile(Evaluator evaluator, CallExpr call)
    {
        var q = evaluator.Scalar(call.Arguments[0]);
        var annotations = evaluator.Context.Annotations;
        CheckQuantile(q, evaluator, call.Arguments[0].Span);
        var place = call.Arguments[1].Span;
        return Estimate(evaluator, evaluator.Vector(call.Arguments[1]), place,
            (step, histogram, metric) =>
            {
                double value = HistogramStatistics.Quantile(q[step], histogram, out var effect);
                if (effect != HistogramStatistics.NaNEffect.None)
                    annotations.QuantileOfNaN("histogram_quantile", effect == HistogramStatistics.NaNEffect.NoResult, metric, place);
                return value;
            },
            (step, buckets, metric) =>
            {
                double value = ClassicHistogram.Quantile(q[step], buckets, out bool forced);
                if (forced) annotations.ForcedMonotonic("histogram_quantile", metric, place);
                return value;
            });
    }

    private static void CheckQuantile(Scalar q, Evaluator evaluator, Span place)
    {
        for (int i = 0; i < (q.IsConstant ? 1 : evaluator.Steps.Count); i++)
            if (!(q[i] >= 0 && q[i] <= 1)) evaluator.Context.Annotations.QuantileOutOfRange(q[i], place);
    }

    // Several quantiles at once; a label says which.
    private static Vector Quantiles(Evaluator evaluator, CallExpr call)
    {
        string label = Evaluator.Text(call.Arguments[1]);
        if (!LabelFunctions.IsLabelName(label)) throw QueryContext.Failed($"invalid label name in histogram_quantiles(): {label}");
        var results = new List<Series>();
        foreach (var argument in call.Arguments.Skip(2))
        {
            var single = new CallExpr(call.Span, FunctionSignatures.Find("histogram_quantile")!, [argument, call.Arguments[0]]);
            var q = evaluator.Scalar(argument);
            // A quantile that varies from step to step makes other labels at each.
            var spread = new SortedDictionary<double, List<int>>();
            for (int i = 0; i < evaluator.Steps.Count; i++)
            {
                if (!spread.TryGetValue(q[i], out var at)) spread.Add(q[i], at = []);
                at.Add(i);
            }
            foreach (var (value, at) in spread)
            {
                var there = new HashSet<int>(at);
                foreach (var series in Quantile(evaluator, single).Series)
                {
                    results.Add(new LazySeries(series.Labels.With(label, GoFloat.Plain(value)), () =>
                    {
                        var column = series.Take();
                        if (column is not null && there.Count < evaluator.Steps.Count)
                            for (int i = 0; i < column.Length; i++) column.Has[i] &= there.Contains(column.Start + i);
                        return column;
                    }, series.NamePending));
                }
            }
        }
        return evaluator.Distinct(new Vector(results));
    }

    private static Vector Fraction(Evaluator evaluator, CallExpr call)
    {
        var lower = evaluator.Scalar(call.Arguments[0]);
        var upper = evaluator.Scalar(call.Arguments[1]);
        var place = call.Arguments[2].Span;
        return Estimate(evaluator, evaluator.Vector(call.Arguments[2]), place,
            (step, histogram, metric) =>
            {
                if (double.IsNaN(histogram.Sum)) evaluator.Context.Annotations.FractionOfNaN(metric, place);
                return HistogramStatistics.Fraction(lower[step], upper[step], histogram);
            },
            (step, buckets, _) => ClassicHistogram.Fraction(lower[step], upper[step], buckets));
    }

    private sealed record Classic(Labels Labels, List<(double Upper, Column Column)> Buckets)
    {
        public bool NamePending { get; set; }
    }

    /// <summary>
    /// Applies an estimate to each native histogram and to each group of classic buckets. Where both come to the same
    /// labels at a step, neither counts.
    /// </summary>
    private static Vector Estimate(
        Evaluator evaluator, Vector vector, Span place,
        Func<int, Histogram, string, double> native, Func<int, List<ClassicBucket>, string, double> classic)
    {
        var context = evaluator.Context;
        var groups = new Dictionary<Labels, Classic>();
        var natives = new Dictionary<Labels, Column>();
        var results = new List<Series>();
        foreach (var series in vector.Series)
        {
            context.Check();
            if (series.Take() is not { } column) continue;
            if (column.Histograms is not null)
            {
                var result = context.Rent(column.Start, column.Length);
                for (int step = column.Start; step < column.End; step++)
                {
                    if (!column.At(step) || column.HistogramAt(step) is not { } histogram) continue;
                    result.Set(step, native(step, histogram, series.Labels.Name));
                    column.Has[step - column.Start] = false;
                }
                natives.TryAdd(series.Labels, result);
                results.Add(new ReadySeries(evaluator.Unnamed(series.Labels), result, context.Options.DelayedNameRemoval));
            }
            if (column.IsEmpty)
            {
                context.Return(column);
                continue;
            }
            string le = series.Labels[BucketLabel];
            if (!Bound(le, out double upper))
            {
                context.Annotations.BadBucketLabel(series.Labels.Name, le, place);
                context.Return(column);
                continue;
            }
            var key = series.Labels.Without(static name => name == BucketLabel);
            if (!groups.TryGetValue(key, out var group)) groups.Add(key, group = new Classic(key, []));
            group.Buckets.Add((upper, column));
        }
        foreach (var group in groups.Values)
        {
            natives.TryGetValue(group.Labels, out var same);
            var column = OfClassic(evaluator, group, same, place, classic);
            if (column is not null) results.Add(new ReadySeries(evaluator.Unnamed(group.Labels), column, context.Options.DelayedNameRemoval));
        }
        return evaluator.Distinct(new Vector(results));
    }

    private static Column? OfClassic(Evaluator evaluator, Classic group, Column? native, Span place, Func<int, List<ClassicBucket>, string, double> estimate)
    {
        int start = group.Buckets.Min(b => b.Column.Start), end = group.Buckets.Max(b => b.Column.End);
        var result = evaluator.Context.Rent(start, end - start);
        var buckets = new List<ClassicBucket>(group.Buckets.Count);
        for (int step = start; step < end; step++)
        {
            buckets.Clear();
            foreach (var (upper, column) in group.Buckets)
                if (column.At(step)) buckets.Add(new ClassicBucket(upper, column.ValueAt(step)));
            if (buckets.Count == 0) continue;
            if (native?.At(step) == true)
            {
                evaluator.Context.Annotations.MixedClassicAndNative(group.Labels.Name, place);
                native.Has[step - native.Start] = false;
                continue;
            }
            result.Set(step, estimate(step, buckets, group.Labels.Name));
        }
        foreach (var (_, column) in group.Buckets) evaluator.Context.Return(column);
        if (!result.IsEmpty) return result;
        evaluator.Context.Return(result);
        return null;
    }

    private static bool Bound(string le, out double upper)
    {
        upper = 0;
        var text = le.AsSpan();
        bool negative = text.StartsWith("-");
        if (negative || text.StartsWith("+")) text = text[1..];
        if (text.Equals("infinity", StringComparison.OrdinalIgnoreCase)) text = "inf";
        if (text.IsEmpty || text[0] is '+' or '-') return false;
        bool read = char.IsAsciiDigit(text[0]) && text is not ['0', 'x' or 'X', ..]
            ? double.TryParse(text, System.Globalization.NumberStyles.AllowDecimalPoint | System.Globalization.NumberStyles.AllowExponent, System.Globalization.CultureInfo.InvariantCulture, out upper)
            : NumberSyntax.TryParse(text[0] == '.' ? "0" + text.ToString() : text, out upper);
        if (negative) upper = -upper;
        return read;
    }
}
