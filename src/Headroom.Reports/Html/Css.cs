using Headroom.Objectives.Kpis;

namespace Headroom.Reports.Html;

/// <summary>Class names of judgements in the style sheet.</summary>
internal static class Css
{
    public static string Of(KpiVerdict verdict) => verdict switch
    {
        KpiVerdict.Met => "met",
        KpiVerdict.Missed => "missed",
        KpiVerdict.Critical => "critical",
        _ => "nodata",
    };
}
