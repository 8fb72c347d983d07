using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;
using Headroom.Reports.Wording;

namespace Headroom.Reports;

/// <summary>One row of a KPI table: a KPI, or one series of it.</summary>
/// <param name="Kpi">As judged.</param>
/// <param name="Series">What tells the series from its siblings; empty when the KPI has one series without labels.</param>
/// <param name="IsFirst">Whether it is the KPI's first, and worst, row.</param>
/// <param name="Siblings">Rows of the same KPI, this one included.</param>
/// <param name="Before">The same series earlier; null when nothing is compared or it was not there.</param>
internal sealed record KpiRow(KpiStatus Kpi, string Series, bool IsFirst, int Siblings, KpiStatus? Before)
{
    /// <summary>Rows in the report's order, paired with an earlier report.</summary>
    public static IReadOnlyList<KpiRow> Of(StatusReport status, StatusReport? before)
    {
        var rows = new List<KpiRow>(status.Kpis.Count);
        foreach (var kpi in status.Kpis.GroupBy(k => k.Name, StringComparer.Ordinal))
        {
            var series = kpi.ToList();
            var names = SeriesNames.For([.. series.Select(k => k.Labels)]);
            var earlier = before?.Kpis.Where(k => k.Name == kpi.Key).ToList() ?? [];
            for (int i = 0; i < series.Count; i++)
            {
                var was = earlier.Find(k => k.Labels.Equals(series[i].Labels)) ?? (series.Count == 1 && earlier.Count == 1 ? earlier[0] : null);
                rows.Add(new KpiRow(series[i], names[i], i == 0, series.Count, was));
            }
        }
        return rows;
    }

    /// <summary>The samples behind the row, from the KPI's chart; empty when there are none.</summary>
    public IReadOnlyList<Point> Samples(ReportModel model)
    {
        var chart = model.Charts.FirstOrDefault(c => c.Name == Kpi.Name);
        if (chart is null) return [];
        var series = chart.Series.FirstOrDefault(s => s.Labels.Equals(Kpi.Labels)) ?? (chart.Series.Count == 1 && Siblings == 1 ? chart.Series[0] : null);
        return series?.Points ?? [];
    }
}
