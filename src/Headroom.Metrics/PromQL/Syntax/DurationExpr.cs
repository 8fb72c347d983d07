namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>
/// A duration of a range, offset or resolution: usually a literal, possibly an arithmetic expression that may use the
/// step and the range of the query (Prometheus's duration expressions).
/// </summary>
internal abstract class DurationExpr(Span span)
{
    public Span Span { get; } = span;

    /// <summary>Longest path to a leaf.</summary>
    public virtual int Depth => 1;

    /// <summary>Its value in seconds for a query of this step and range, both in seconds.</summary>
    /// <exception cref="PromqlException">It divides by zero.</exception>
    public abstract double Seconds(double stepSeconds, double rangeSeconds);

    /// <summary>Whether it is the same in every query.</summary>
    public abstract bool IsConstant { get; }
}

internal sealed class DurationLiteral(Span span, double seconds, bool isDuration) : DurationExpr(span)
{
    public double Value { get; } = seconds;

    /// <summary>Written with units rather than as a plain number of seconds.</summary>
    public bool IsDuration { get; } = isDuration;

    public override bool IsConstant => true;

    public override double Seconds(double stepSeconds, double rangeSeconds) => Value;
}

/// <summary><c>step()</c> or <c>range()</c>.</summary>
internal sealed class DurationOfQuery(Span span, bool step) : DurationExpr(span)
{
    public bool IsStep { get; } = step;

    public override bool IsConstant => false;

    public override double Seconds(double stepSeconds, double rangeSeconds) => IsStep ? stepSeconds : rangeSeconds;
}

internal sealed class DurationUnary(Span span, bool negative, DurationExpr inner) : DurationExpr(span)
{
    public bool Negative { get; } = negative;

    public DurationExpr Inner { get; } = inner;

    public override int Depth { get; } = inner.Depth + 1;

    public override bool IsConstant => Inner.IsConstant;

    public override double Seconds(double stepSeconds, double rangeSeconds) =>
        Negative ? -Inner.Seconds(stepSeconds, rangeSeconds) : Inner.Seconds(stepSeconds, rangeSeconds);
}

internal sealed class DurationParen(Span span, DurationExpr inner) : DurationExpr(span)
{
    public DurationExpr Inner { get; } = inner;

    public override int Depth { get; } = inner.Depth + 1;

    public override bool IsConstant => Inner.IsConstant;

    public override double Seconds(double stepSeconds, double rangeSeconds) => Inner.Seconds(stepSeconds, rangeSeconds);
}

/// <summary>Arithmetic, or <c>min(a, b)</c> and <c>max(a, b)</c>.</summary>
internal sealed class DurationBinary(Span span, TokenKind op, DurationExpr left, DurationExpr right) : DurationExpr(span)
{
    public TokenKind Op { get; } = op;

    public DurationExpr Left { get; } = left;

    public DurationExpr Right { get; } = right;

    public override int Depth { get; } = Math.Max(left.Depth, right.Depth) + 1;

    public override bool IsConstant => Left.IsConstant && Right.IsConstant;

    public override double Seconds(double stepSeconds, double rangeSeconds)
    {
        double left = Left.Seconds(stepSeconds, rangeSeconds);
        double right = Right.Seconds(stepSeconds, rangeSeconds);
        switch (Op)
        {
            case TokenKind.Add: return left + right;
            case TokenKind.Sub: return left - right;
            case TokenKind.Mul: return left * right;
            case TokenKind.Div:
                if (right == 0) throw new PromqlException("division by zero", Span.Start);
                return left / right;
            case TokenKind.Mod:
                if (right == 0) throw new PromqlException("modulo by zero", Span.Start);
                return left % right;
            case TokenKind.Pow: return Math.Pow(left, right);
            case TokenKind.Min: return Math.Min(left, right);
            default: return Math.Max(left, right);
        }
    }
}
