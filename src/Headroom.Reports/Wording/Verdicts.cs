using Headroom.Objectives.Kpis;
using Headroom.Objectives.Regressions;
using Headroom.Objectives.Trends;

namespace Headroom.Reports.Wording;

/// <summary>The words and signs for judgements, the same in every face.</summary>
internal static class Verdicts
{
    /// <summary>The verdicts in the order summaries list them.</summary>
    public static readonly KpiVerdict[] All = [KpiVerdict.Met, KpiVerdict.Missed, KpiVerdict.Critical, KpiVerdict.NoData];

    public static string Word(this KpiVerdict verdict) => verdict switch
    {
        KpiVerdict.Met => "met",
        KpiVerdict.Missed => "missed",
        KpiVerdict.Critical => "critical",
        _ => "no data",
    };

    public static string Sign(this KpiVerdict verdict) => verdict switch
    {
        KpiVerdict.Met => "✓",
        KpiVerdict.Missed => "!",
        KpiVerdict.Critical => "✗",
        _ => "?",
    };

    public static string Word(this RegressionVerdict verdict) => verdict switch
    {
        RegressionVerdict.Regression => "worse",
        RegressionVerdict.Improvement => "better",
        RegressionVerdict.Unchanged => "unchanged",
        _ => "no data",
    };

    public static string Word(this TrendDirection direction) => direction switch
    {
        TrendDirection.Improving => "improving",
        TrendDirection.Degrading => "degrading",
        TrendDirection.Unjudged => "moving",
        _ => "stable",
    };

    /// <summary>An arrow for where the value goes, not for whether that is good.</summary>
    public static string Arrow(this Trend trend) => trend.Direction == TrendDirection.Stable ? "→" : trend.To >= trend.From ? "↗" : "↘";
}
