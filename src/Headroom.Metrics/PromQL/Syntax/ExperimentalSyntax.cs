using System.Collections.Frozen;

namespace Headroom.Metrics.PromQL.Syntax;

/// <summary>
/// Refuses experimental parts of the language that are not turned on. The parser reads all of them, so that formatting
/// and checking a file never depend on what a server has turned on.
/// </summary>
internal static class ExperimentalSyntax
{
    private static readonly FrozenSet<string> Functions = FrozenSet.ToFrozenSet(
        [
            "double_exponential_smoothing", "end", "first_over_time", "histogram_quantiles", "info", "mad_over_time", "max_of", "min_of", "range",
            "sort_by_label", "sort_by_label_desc", "start", "step", "ts_of_first_over_time", "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time",
        ], StringComparer.Ordinal);

    /// <summary>Whether Prometheus calls a function experimental.</summary>
    public static bool IsExperimental(string function) => Functions.Contains(function);

    /// <exception cref="PromqlException">The expression uses something that is not turned on.</exception>
    public static void Check(string input, Expr expr, PromqlFeatures enabled)
    {
        if ((enabled & PromqlFeatures.AllSyntax) == PromqlFeatures.AllSyntax) return;
        foreach (var node in SyntaxWalk.Nodes(expr))
            if (Uses(node) is var (feature, what) && (enabled & feature) == 0)
                throw SourcePosition.ParseError(input, node.Span.Start, $"{what} is experimental and not enabled; headroom.yaml enables it with metrics: {{ promql: [{PromqlFeatureNames.Of(feature)}] }}");
    }

    private static (PromqlFeatures Feature, string What)? Uses(Expr node) => node switch
    {
        VectorSelector { Mode: not RangeMode.Plain and var mode } => (PromqlFeatures.ExtendedRangeSelectors, mode == RangeMode.Anchored ? "anchored" : "smoothed"),
        VectorSelector selector => Arithmetic(selector.Time.Offset),
        MatrixSelector matrix => Arithmetic(matrix.Range),
        SubqueryExpr subquery => Arithmetic(subquery.Range) ?? Arithmetic(subquery.Step) ?? Arithmetic(subquery.Time.Offset),
        CallExpr call when IsExperimental(call.Function.Name) => (PromqlFeatures.ExperimentalFunctions, $"function {Quoting.Quote(call.Function.Name)}"),
        AggregateExpr { Op: TokenKind.LimitK or TokenKind.LimitRatio } aggregate => (PromqlFeatures.ExperimentalFunctions, Operators.Spell(aggregate.Op)),
        BinaryExpr { Matching: { FillLeft: not null } or { FillRight: not null } } => (PromqlFeatures.FillModifiers, "a fill modifier"),
        _ => null,
    };

    private static (PromqlFeatures, string)? Arithmetic(DurationExpr? duration) =>
        duration is null or DurationLiteral or DurationUnary { Inner: DurationLiteral } ? null : (PromqlFeatures.DurationExpressions, "a duration expression");
}
