namespace Headroom.Objectives.Kpis;

/// <summary>
/// A condition on a value as headroom.yaml writes it: <c>&lt; 0.1</c>, <c>&lt;= 5</c>, <c>&gt; 99.9</c>,
/// <c>&gt;= 1</c>, or a range <c>70..80</c>, which a value misses on either side.
/// </summary>
/// <param name="Text">As written.</param>
/// <param name="Operator">The comparison; <see cref="BoundOperator.Within"/> for a range.</param>
/// <param name="Low">The bound, or a range's lower end.</param>
/// <param name="High">The same bound again, or a range's upper end.</param>
public sealed record Bound(string Text, BoundOperator Operator, double Low, double High)
{
    /// <summary>Whether a value satisfies the condition. NaN never does.</summary>
    public bool Holds(double value) => Operator switch
    {
        BoundOperator.Less => value < High,
        BoundOperator.LessOrEqual => value <= High,
        BoundOperator.Greater => value > Low,
        BoundOperator.GreaterOrEqual => value >= Low,
        _ => value >= Low && value <= High,
    };
}

/// <summary>The comparisons a <see cref="Bound"/> can make.</summary>
public enum BoundOperator
{
    /// <summary>Below the bound.</summary>
    Less,

    /// <summary>At or below the bound.</summary>
    LessOrEqual,

    /// <summary>Above the bound.</summary>
    Greater,

    /// <summary>At or above the bound.</summary>
    GreaterOrEqual,

    /// <summary>Inside a range, both ends included.</summary>
    Within,
}

/// <summary>Where a KPI started: a number (then both ends are equal) or a range such as <c>40..50</c>.</summary>
public sealed record Baseline(double Low, double High)
{
    /// <summary>The number, or the middle of the range.</summary>
    public double Middle => Low + ((High - Low) / 2);
}
