namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>What <c>@</c> pins a selector to.</summary>
internal enum AtKind
{
    None,
    Time,
    Start,
    End,
}

/// <summary>How samples at the borders of a range are found (Prometheus's extended range selectors).</summary>
internal enum RangeMode
{
    Plain,
    Anchored,
    Smoothed,
}

/// <summary>The modifiers <c>offset</c> and <c>@</c> of a selector or sub-query, in whichever order they were written.</summary>
internal readonly record struct TimeModifiers(DurationExpr? Offset, AtKind At, long AtTime)
{
    public bool IsPinned => At != AtKind.None;
}

/// <summary>Picks series by matchers, and of each the newest sample.</summary>
internal sealed class VectorSelector(Span span, string name, IReadOnlyList<LabelMatcher> matchers, TimeModifiers time, RangeMode mode = RangeMode.Plain) : Expr(span)
{
    /// <summary>The metric's name as written before the braces or alone within them; empty when there is none.</summary>
    public string Name { get; } = name;

    /// <summary>All conditions, the one for <see cref="Name"/> last.</summary>
    public IReadOnlyList<LabelMatcher> Matchers { get; } = matchers;

    public TimeModifiers Time { get; } = time;

    public RangeMode Mode { get; } = mode;

    public override ValueKind Kind => ValueKind.Vector;

    public override bool StepInvariant => Time.IsPinned;

    public VectorSelector With(Span span, TimeModifiers time, RangeMode mode) => new(span, Name, Matchers, time, mode);
}

/// <summary>Picks series by matchers, and of each all samples of a window.</summary>
internal sealed class MatrixSelector : Expr
{
    public MatrixSelector(Span span, VectorSelector selector, DurationExpr range) : base(span)
    {
        Selector = selector;
        Range = range;
        Depth = 2;
    }

    /// <summary>The series; modifiers of the whole stand in it.</summary>
    public VectorSelector Selector { get; }

    public DurationExpr Range { get; }

    public override ValueKind Kind => ValueKind.Matrix;

    public override bool StepInvariant => Selector.StepInvariant;
}

/// <summary>Evaluates an expression over a window at a resolution.</summary>
internal sealed class SubqueryExpr : Expr
{
    public SubqueryExpr(Span span, Expr inner, DurationExpr range, DurationExpr? step, TimeModifiers time) : base(span)
    {
        Inner = inner;
        Range = range;
        Step = step;
        Time = time;
        Depth = inner.Depth + 1;
    }

    public Expr Inner { get; }

    public DurationExpr Range { get; }

    /// <summary>Null for the default resolution.</summary>
    public DurationExpr? Step { get; }

    public TimeModifiers Time { get; }

    public override ValueKind Kind => ValueKind.Matrix;

    public override bool StepInvariant => Time.IsPinned;

    public SubqueryExpr With(Span span, TimeModifiers time) => new(span, Inner, Range, Step, time);
}
