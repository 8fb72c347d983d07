using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>Operators between a vector and a scalar, and what operators between two vectors share with them.</summary>
internal sealed partial class Evaluator
{
    private Vector WithScalar(BinaryExpr binary)
    {
        bool vectorLeft = binary.Left.Kind == ValueKind.Vector;
        var vector = Vector(vectorLeft ? binary.Left : binary.Right);
        var scalar = Scalar(vectorLeft ? binary.Right : binary.Left);
        void Change(Column column) => ApplyScalar(binary, column, scalar, vectorLeft);
        if (Operators.DropsName(binary.Op) || binary.ReturnBool) return MapDroppingName(vector, Change);

        var kept = new List<Series>(vector.Series.Count);
        foreach (var series in vector.Series)
        {
            kept.Add(new LazySeries(series.Labels, () =>
            {
                var column = series.Take();
                if (column is not null) Change(column);
                return column;
            }, series.NamePending));
        }
        return vector with { Series = kept };
    }

    private void ApplyScalar(BinaryExpr binary, Column column, Scalar scalar, bool vectorLeft)
    {
        var op = binary.Op;
        var apply = ScalarOperators.For(op);
        bool filter = Operators.IsComparison(op) && !binary.ReturnBool;
        bool trim = op is TokenKind.TrimUpper or TokenKind.TrimLower;
        var values = column.Values;
        for (int i = 0; i < column.Length; i++)
        {
            if (!column.Has[i]) continue;
            double number = scalar[column.Start + i];
            if (column.Histograms?[i] is { } histogram)
            {
                var verdict = vectorLeft
                    ? ScalarOperators.OnHistograms(op, 0, histogram, number, null, context.Annotations, binary.Span, out var result)
                    : ScalarOperators.OnHistograms(op, number, null, 0, histogram, context.Annotations, binary.Span, out result);
                column.Histograms[i] = result;
                column.Has[i] = verdict == Verdict.True;
                continue;
            }
            if (trim)
            {
                ScalarOperators.Incompatible(op, null, null, context.Annotations, binary.Span);
                column.Has[i] = false;
                continue;
            }
            double outcome = vectorLeft ? apply(values[i], number) : apply(number, values[i]);
            if (filter) column.Has[i] = outcome != 0;
            else values[i] = outcome;
        }
    }

    /// <summary>
    /// Applies the operator where both columns have a sample and <paramref name="allowed"/> does not say no. Null for a column means
    /// the fill value, present everywhere.
    /// </summary>
    private Column? Combine(BinaryExpr binary, Column? left, double leftFill, Column? right, double rightFill, Func<int, bool>? allowed, Action<int>? onResult)
    {
        int start = Math.Max(left?.Start ?? 0, right?.Start ?? 0), end = Math.Min(left?.End ?? steps.Count, right?.End ?? steps.Count);
        if (start >= end) return null;
        var op = binary.Op;
        var apply = ScalarOperators.For(op);
        bool comparison = Operators.IsComparison(op), trim = op is TokenKind.TrimUpper or TokenKind.TrimLower;
        var result = context.Rent(start, end - start);
        bool any = false;
        for (int step = start; step < end; step++)
        {
            if (left?.At(step) == false || right?.At(step) == false || allowed?.Invoke(step) == false) continue;
            double a = left?.ValueAt(step) ?? leftFill, b = right?.ValueAt(step) ?? rightFill;
            var ah = left?.HistogramAt(step);
            var bh = right?.HistogramAt(step);
            if (ah is not null || bh is not null)
            {
                var verdict = ScalarOperators.OnHistograms(op, a, ah, b, bh, context.Annotations, binary.Span, out var histogram);
                if (verdict == Verdict.None || (verdict == Verdict.False && !binary.ReturnBool)) continue;
                if (binary.ReturnBool) result.Set(step, verdict == Verdict.True ? 1 : 0);
                else result.Set(step, histogram!);
            }
            else if (trim)
            {
                ScalarOperators.Incompatible(op, null, null, context.Annotations, binary.Span);
                continue;
            }
            else
            {
                double value = apply(a, b);
                if (comparison && !binary.ReturnBool)
                {
                    if (value == 0) continue;
                    value = a;
                }
                result.Set(step, value);
            }
            onResult?.Invoke(step);
            any = true;
        }
        if (any) return result;
        context.Return(result);
        return null;
    }
}
