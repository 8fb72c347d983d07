using Headroom.Objectives.Regressions;
using Headroom.Reports.Wording;

namespace Headroom.Reports;

/// <summary>What a regression finding is about, in words.</summary>
/// <param name="Name">What was measured, and what tells the series from its siblings.</param>
/// <param name="Unit">The unit of its values; null when it is not known.</param>
public sealed record RegressionSubject(string Name, string? Unit)
{
    private const int LongestQuery = 90;

    /// <summary>
    /// Names a finding after what the report says of its query, else after the KPI or chart with the same query, else
    /// after the one metric in the query.
    /// </summary>
    public static RegressionSubject Of(RegressionFinding finding, ReportModel model)
    {
        string series = finding.Labels.Count == 0 ? "" : SeriesNames.Full(finding.Labels);
        if (model.Compared.FirstOrDefault(c => c.Query == finding.Query) is { } compared) return Named(compared.Name, series, compared.Unit);
        if (model.Status.Kpis.FirstOrDefault(k => k.Query == finding.Query) is { } kpi) return Named(kpi.Name, series, kpi.Unit);
        if (model.Charts.FirstOrDefault(c => c.Query == finding.Query) is { } chart) return Named(chart.Name, series, chart.Unit);
        return Of(finding);
    }

    /// <summary>Names a finding that belongs to no report.</summary>
    public static RegressionSubject Of(RegressionFinding finding)
    {
        // Of a plain metric the labels say everything; of an expression the metric's name is gone.
        string? unit = QueryWords.Unit(finding.Query);
        return finding.Labels.Name.Length > 0
            ? new RegressionSubject(PlainText.Shorten(PlainText.OneLine(finding.Labels.ToString()), LongestQuery), unit)
            : Named(QueryWords.Metric(finding.Query) ?? PlainText.Shorten(PlainText.OneLine(finding.Query), LongestQuery), finding.Labels.Count == 0 ? "" : SeriesNames.Full(finding.Labels), unit);
    }

    private static RegressionSubject Named(string name, string series, string? unit) =>
        new(series.Length == 0 ? PlainText.OneLine(name) : $"{PlainText.OneLine(name)} ({series})", unit);
}
