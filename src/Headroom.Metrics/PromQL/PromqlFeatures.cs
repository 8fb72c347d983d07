namespace Headroom.Metrics.PromQL;

/// <summary>
/// The parts of PromQL that Prometheus calls experimental and turns on one by one with <c>--enable-feature</c>. They are
/// off here too unless asked for, under the same names.
/// </summary>
[Flags]
public enum PromqlFeatures
{
    /// <summary>The stable language.</summary>
    None = 0,

    /// <summary><c>promql-experimental-functions</c>: the functions marked so in docs/promql.md, <c>limitk</c> and <c>limit_ratio</c>.</summary>
    ExperimentalFunctions = 1,

    /// <summary><c>promql-duration-expr</c>: arithmetic in ranges, offsets and resolutions.</summary>
    DurationExpressions = 2,

    /// <summary><c>promql-extended-range-selectors</c>: <c>anchored</c> and <c>smoothed</c>.</summary>
    ExtendedRangeSelectors = 4,

    /// <summary><c>promql-binop-fill-modifiers</c>: <c>fill</c>, <c>fill_left</c> and <c>fill_right</c>.</summary>
    FillModifiers = 8,

    /// <summary><c>promql-delayed-name-removal</c>: metric names go at the end of the evaluation instead of at each function.</summary>
    DelayedNameRemoval = 16,

    /// <summary>All of them that only add to the language.</summary>
    AllSyntax = ExperimentalFunctions | DurationExpressions | ExtendedRangeSelectors | FillModifiers,
}

/// <summary>The names of features, as Prometheus's <c>--enable-feature</c> and headroom.yaml write them.</summary>
public static class PromqlFeatureNames
{
    /// <summary>Every feature that can be turned on, with its name.</summary>
    public static IReadOnlyList<(PromqlFeatures Feature, string Name, string Meaning)> All { get; } =
    [
        (PromqlFeatures.ExperimentalFunctions, "promql-experimental-functions", "Experimental functions, limitk and limit_ratio."),
        (PromqlFeatures.DurationExpressions, "promql-duration-expr", "Arithmetic in ranges, offsets and resolutions."),
        (PromqlFeatures.ExtendedRangeSelectors, "promql-extended-range-selectors", "The modifiers anchored and smoothed."),
        (PromqlFeatures.FillModifiers, "promql-binop-fill-modifiers", "The modifiers fill, fill_left and fill_right."),
        (PromqlFeatures.DelayedNameRemoval, "promql-delayed-name-removal", "Metric names are removed at the end of an evaluation."),
    ];

    /// <summary>The name of one feature.</summary>
    public static string Of(PromqlFeatures feature) => All.First(f => f.Feature == feature).Name;
}
