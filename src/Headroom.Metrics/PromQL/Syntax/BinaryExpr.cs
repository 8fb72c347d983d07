namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>How many elements of each side may belong to one match.</summary>
internal enum Cardinality
{
    OneToOne,
    ManyToOne,
    OneToMany,
    ManyToMany,
}

/// <summary>How elements of two vectors find each other.</summary>
/// <param name="Cardinality">Which side may have several elements.</param>
/// <param name="On">Whether <paramref name="Labels"/> are those compared, or those left out.</param>
/// <param name="Labels">The list of <c>on</c> or <c>ignoring</c>.</param>
/// <param name="Include">Labels taken from the one side.</param>
/// <param name="FillLeft">Value for a missing left element; null leaves it missing.</param>
/// <param name="FillRight">Value for a missing right element; null leaves it missing.</param>
internal sealed record VectorMatching(
    Cardinality Cardinality, bool On, IReadOnlyList<string> Labels, IReadOnlyList<string> Include, double? FillLeft, double? FillRight)
{
    public static readonly VectorMatching Default = new(Cardinality.OneToOne, false, [], [], null, null);

    /// <summary>Whether anything about matching was written.</summary>
    public bool IsDefault => Cardinality is Cardinality.OneToOne or Cardinality.ManyToMany && !On && Labels.Count == 0 && FillLeft is null && FillRight is null;
}

/// <summary>An operator between two expressions.</summary>
internal sealed class BinaryExpr : Expr
{
    public BinaryExpr(Span span, TokenKind op, Expr left, Expr right, bool returnBool, VectorMatching matching) : base(span)
    {
        Op = op;
        Left = left;
        Right = right;
        ReturnBool = returnBool;
        Matching = matching;
        Depth = Math.Max(left.Depth, right.Depth) + 1;
        Kind = left.Kind == ValueKind.Scalar && right.Kind == ValueKind.Scalar ? ValueKind.Scalar : ValueKind.Vector;
        StepInvariant = left.StepInvariant && right.StepInvariant;
    }

    public TokenKind Op { get; }

    public Expr Left { get; }

    public Expr Right { get; }

    public bool ReturnBool { get; }

    /// <summary>Only used when both sides are vectors.</summary>
    public VectorMatching Matching { get; }

    public override ValueKind Kind { get; }

    public override bool StepInvariant { get; }
}

/// <summary>What is fixed about operators: spelling, binding strength and class.</summary>
internal static class Operators
{
    public const int PowerPrecedence = 6;

    /// <summary>How strongly an operator binds; 0 when the token is none.</summary>
    public static int Precedence(TokenKind op) => op switch
    {
        TokenKind.Or => 1,
        TokenKind.And or TokenKind.Unless => 2,
        TokenKind.Equal or TokenKind.NotEqual or TokenKind.Less or TokenKind.LessOrEqual or TokenKind.Greater or TokenKind.GreaterOrEqual
            or TokenKind.TrimUpper or TokenKind.TrimLower => 3,
        TokenKind.Add or TokenKind.Sub => 4,
        TokenKind.Mul or TokenKind.Div or TokenKind.Mod or TokenKind.Atan2 => 5,
        TokenKind.Pow => PowerPrecedence,
        _ => 0,
    };

    public static bool IsComparison(TokenKind op) => op is TokenKind.Equal or TokenKind.NotEqual
        or TokenKind.Less or TokenKind.LessOrEqual or TokenKind.Greater or TokenKind.GreaterOrEqual;

    public static bool IsSet(TokenKind op) => op is TokenKind.And or TokenKind.Or or TokenKind.Unless;

    /// <summary>Whether the result is a new quantity, so that the metric's name no longer fits it.</summary>
    public static bool DropsName(TokenKind op) => op is TokenKind.Add or TokenKind.Sub or TokenKind.Mul or TokenKind.Div
        or TokenKind.Mod or TokenKind.Pow or TokenKind.Atan2;

    public static string Spell(TokenKind op) => op switch
    {
        TokenKind.Add => "+",
        TokenKind.Sub => "-",
        TokenKind.Mul => "*",
        TokenKind.Div => "/",
        TokenKind.Mod => "%",
        TokenKind.Pow => "^",
        TokenKind.Atan2 => "atan2",
        TokenKind.Equal => "==",
        TokenKind.NotEqual => "!=",
        TokenKind.Less => "<",
        TokenKind.LessOrEqual => "<=",
        TokenKind.Greater => ">",
        TokenKind.GreaterOrEqual => ">=",
        TokenKind.TrimUpper => "</",
        TokenKind.TrimLower => ">/",
        TokenKind.And => "and",
        TokenKind.Or => "or",
        TokenKind.Unless => "unless",
        TokenKind.Sum => "sum",
        TokenKind.Avg => "avg",
        TokenKind.Count => "count",
        TokenKind.Min => "min",
        TokenKind.Max => "max",
        TokenKind.Group => "group",
        TokenKind.Stddev => "stddev",
        TokenKind.Stdvar => "stdvar",
        TokenKind.TopK => "topk",
        TokenKind.BottomK => "bottomk",
        TokenKind.CountValues => "count_values",
        TokenKind.Quantile => "quantile",
        TokenKind.LimitK => "limitk",
        TokenKind.LimitRatio => "limit_ratio",
        _ => op.ToString(),
    };

    /// <summary>Whether an aggregation takes a parameter before its vector, and of which type.</summary>
    public static ValueKind? ParameterOf(TokenKind aggregation) => aggregation switch
    {
        TokenKind.TopK or TokenKind.BottomK or TokenKind.Quantile or TokenKind.LimitK or TokenKind.LimitRatio => ValueKind.Scalar,
        TokenKind.CountValues => ValueKind.Text,
        _ => null,
    };
}
