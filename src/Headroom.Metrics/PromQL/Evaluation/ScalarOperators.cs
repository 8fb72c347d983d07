using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL.Histograms;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>What an operator made of two samples.</summary>
internal enum Verdict
{
    /// <summary>No result: the types do not fit.</summary>
    None,

    /// <summary>The comparison does not hold.</summary>
    False,

    /// <summary>A result; of a comparison, that it holds.</summary>
    True,
}

/// <summary>Operators on single values, following IEEE 754.</summary>
internal static class ScalarOperators
{
    /// <summary>The operator as a function; comparisons give 0 or 1.</summary>
    public static Func<double, double, double> For(TokenKind op) => op switch
    {
        TokenKind.Add => static (a, b) => a + b,
        TokenKind.Sub => static (a, b) => a - b,
        TokenKind.Mul => static (a, b) => a * b,
        TokenKind.Div => static (a, b) => a / b,
        TokenKind.Mod => static (a, b) => a % b,
        TokenKind.Pow => Math.Pow,
        TokenKind.Atan2 => Math.Atan2,
        TokenKind.Equal => static (a, b) => a == b ? 1 : 0,
        TokenKind.NotEqual => static (a, b) => a != b ? 1 : 0,
        TokenKind.Less => static (a, b) => a < b ? 1 : 0,
        TokenKind.LessOrEqual => static (a, b) => a <= b ? 1 : 0,
        TokenKind.Greater => static (a, b) => a > b ? 1 : 0,
        TokenKind.GreaterOrEqual => static (a, b) => a >= b ? 1 : 0,
        // Trimming needs a histogram.
        _ => static (_, _) => double.NaN,
    };

    /// <summary>
    /// Applies an operator when at least one operand is a histogram (the float of an operand counts when its histogram
    /// is null). Of a comparison that holds, the result is the left operand.
    /// </summary>
    public static Verdict OnHistograms(
        TokenKind op, double left, Histogram? leftHistogram, double right, Histogram? rightHistogram,
        Annotations annotations, Span place, out Histogram? result)
    {
        result = null;
        switch (op)
        {
            case TokenKind.Add or TokenKind.Sub when leftHistogram is not null && rightHistogram is not null:
                bool add = op == TokenKind.Add;
                var combined = add
                    ? HistogramArithmetic.Add(leftHistogram, rightHistogram, out var outcome)
                    : HistogramArithmetic.Subtract(leftHistogram, rightHistogram, out outcome);
                if (outcome.HasFlag(CombineOutcome.ResetsCollide)) annotations.ResetsCollide(add ? "addition" : "subtraction", place);
                if (outcome.HasFlag(CombineOutcome.BoundsReconciled)) annotations.BoundsReconciled(add ? "addition" : "subtraction", place);
                if (combined is null)
                {
                    annotations.IncompatibleBuckets(Operators.Spell(op), place);
                    return Verdict.None;
                }
                result = combined.Compact();
                return Verdict.True;
            case TokenKind.Equal or TokenKind.NotEqual when leftHistogram is not null && rightHistogram is not null:
                result = leftHistogram;
                return HistogramArithmetic.AreEqual(leftHistogram, rightHistogram) == (op == TokenKind.Equal) ? Verdict.True : Verdict.False;
            case TokenKind.Mul when leftHistogram is null || rightHistogram is null:
                result = HistogramArithmetic.Multiply(leftHistogram ?? rightHistogram!, leftHistogram is null ? left : right).Compact();
                return Verdict.True;
            case TokenKind.Div when leftHistogram is not null && rightHistogram is null:
                result = HistogramArithmetic.Divide(leftHistogram, right).Compact();
                return Verdict.True;
            case TokenKind.TrimUpper or TokenKind.TrimLower when leftHistogram is not null && rightHistogram is null:
                result = HistogramTrim.Trim(leftHistogram, right, upper: op == TokenKind.TrimUpper);
                return Verdict.True;
            default:
                Incompatible(op, leftHistogram, rightHistogram, annotations, place);
                return Verdict.None;
        }
    }

    public static void Incompatible(TokenKind op, Histogram? left, Histogram? right, Annotations annotations, Span place) =>
        annotations.IncompatibleTypes(Operators.Spell(op), left is null ? "float" : "histogram", right is null ? "float" : "histogram", place);
}
