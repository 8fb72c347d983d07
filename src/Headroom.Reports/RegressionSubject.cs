using Headroom.Objectives.Regressions;
using Headroom.Reports.Wording;

namespace Headroom.Reports;

/// <summary>What a regression finding is about, in the words of the KPI whose query it compared.</summary>
/// <param name="Name">The KPI's name or the query, and what tells the series from its siblings.</param>
/// <param name="Unit">The KPI's unit; null when no KPI has this query.</param>
public sealed record RegressionSubject(string Name, string? Unit)
{
    private const int LongestQuery = 90;

    /// <summary>Names a finding after the KPI or chart of the report that has the same query.</summary>
    public static RegressionSubject Of(RegressionFinding finding, ReportModel model)
    {
        var kpi = model.Status.Kpis.FirstOrDefault(k => k.Query == finding.Query);
        var chart = model.Charts.FirstOrDefault(c => c.Query == finding.Query);
        string? name = kpi?.Name ?? chart?.Name;
        string series = finding.Labels.Count == 0 ? "" : SeriesNames.Full(finding.Labels);
        string subject = PlainText.OneLine(name ?? "");
        // Of a plain metric the labels say everything; of an expression the metric's name is gone.
        if (name is null && finding.Labels.Name.Length > 0) return new RegressionSubject(PlainText.Shorten(PlainText.OneLine(finding.Labels.ToString()), LongestQuery), null);
        if (name is null) subject = PlainText.Shorten(PlainText.OneLine(finding.Query), LongestQuery);
        return new RegressionSubject(series.Length == 0 ? subject : $"{subject} ({series})", kpi?.Unit ?? chart?.Unit);
    }
}
