namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>The four types an expression can have.</summary>
internal enum ValueKind
{
    Scalar,
    Text,
    Vector,
    Matrix,
}

/// <summary>A node of the syntax tree. Immutable.</summary>
internal abstract class Expr(Span span)
{
    /// <summary>The characters it was read from.</summary>
    public Span Span { get; } = span;

    public abstract ValueKind Kind { get; }

    /// <summary>
    /// Whether it comes to the same at every step of a range query, because everything it reads is pinned by
    /// <c>@</c>. Such a node is evaluated once.
    /// </summary>
    public abstract bool StepInvariant { get; }

    /// <summary>Longest path to a leaf; bounded, so that walking the tree never exhausts the stack.</summary>
    public int Depth { get; protected init; } = 1;

    /// <summary>The node without the parentheses around it.</summary>
    public Expr Unwrap()
    {
        var expr = this;
        while (expr is ParenExpr paren) expr = paren.Inner;
        return expr;
    }

    /// <summary>The words Prometheus uses for a type in its messages.</summary>
    public static string Describe(ValueKind kind) => kind switch
    {
        ValueKind.Scalar => "scalar",
        ValueKind.Text => "string",
        ValueKind.Vector => "instant vector",
        _ => "range vector",
    };
}

internal sealed class NumberLiteral(Span span, double value, bool isDuration = false) : Expr(span)
{
    public double Value { get; } = value;

    /// <summary>Written as <c>5m</c>; printed back that way.</summary>
    public bool IsDuration { get; } = isDuration;

    public override ValueKind Kind => ValueKind.Scalar;

    public override bool StepInvariant => true;
}

internal sealed class StringLiteral(Span span, string value) : Expr(span)
{
    public string Value { get; } = value;

    public override ValueKind Kind => ValueKind.Text;

    public override bool StepInvariant => true;
}

internal sealed class ParenExpr : Expr
{
    public ParenExpr(Span span, Expr inner) : base(span)
    {
        Inner = inner;
        Depth = inner.Depth + 1;
        Kind = inner.Kind;
        StepInvariant = inner.StepInvariant;
    }

    public Expr Inner { get; }

    public override ValueKind Kind { get; }

    public override bool StepInvariant { get; }
}

/// <summary>Unary minus; a unary plus stands in the tree too, so that printing gives back what was written.</summary>
internal sealed class UnaryExpr : Expr
{
    public UnaryExpr(Span span, bool negative, Expr inner) : base(span)
    {
        Negative = negative;
        Inner = inner;
        Depth = inner.Depth + 1;
        Kind = inner.Kind;
        StepInvariant = inner.StepInvariant;
    }

    public bool Negative { get; }

    public Expr Inner { get; }

    public override ValueKind Kind { get; }

    public override bool StepInvariant { get; }
}

/// <summary>A function applied to its arguments.</summary>
internal sealed class CallExpr : Expr
{
    public CallExpr(Span span, FunctionSignature function, IReadOnlyList<Expr> arguments) : base(span)
    {
        Function = function;
        Arguments = arguments;
        foreach (var argument in arguments) Depth = Math.Max(Depth, argument.Depth + 1);
        StepInvariant = !function.ReadsTheClock && arguments.All(a => a.StepInvariant);
    }

    public FunctionSignature Function { get; }

    public IReadOnlyList<Expr> Arguments { get; }

    public override ValueKind Kind => Function.Returns;

    public override bool StepInvariant { get; }
}

/// <summary>Reduces a vector by groups of labels.</summary>
internal sealed class AggregateExpr : Expr
{
    public AggregateExpr(Span span, TokenKind op, Expr inner, Expr? parameter, IReadOnlyList<string> grouping, bool without) : base(span)
    {
        Op = op;
        Inner = inner;
        Parameter = parameter;
        Grouping = grouping;
        Without = without;
        Depth = Math.Max(inner.Depth, parameter?.Depth ?? 0) + 1;
        StepInvariant = inner.StepInvariant && parameter?.StepInvariant != false;
    }

    public TokenKind Op { get; }

    public Expr Inner { get; }

    /// <summary>The k of <c>topk</c>, the label of <c>count_values</c>…; null where the operator takes none.</summary>
    public Expr? Parameter { get; }

    public IReadOnlyList<string> Grouping { get; }

    public bool Without { get; }

    public override ValueKind Kind => ValueKind.Vector;

    public override bool StepInvariant { get; }
}
