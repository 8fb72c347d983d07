using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Regressions;
using Headroom.Reports;
using Headroom.Server.Projects;

namespace Headroom.Server.Reports;

/// <summary>
/// Measures and judges what a report shows: the KPIs at the end of a window and at its start, a chart of each over it,
/// and what changed against the window before.
/// </summary>
internal sealed class ReportBuilder(IMetricsBackend backend, TimeProvider time)
{
    // Fine enough for a chart of 700 pixels, coarse enough for a day of a hundred KPIs.
    private const int PointsPerChart = 288;
    private const int SlotsPerWindow = 48;

    /// <summary>The report of the 24 hours up to an instant.</summary>
    public ValueTask<ReportModel> DailyAsync(Project project, DateTimeOffset at, CancellationToken cancel) =>
        BuildAsync("Daily report", project, at - TimeSpan.FromDays(1), at, cancel);

    private async ValueTask<ReportModel> BuildAsync(string title, Project project, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        var evaluator = new KpiEvaluator(backend, time);
        var length = to - from;
        var compared = await new BeforeAfter(backend).CompareAsync([.. project.Kpis.Select(Comparison.Of)],
            new TimeWindow(from - length, from), new TimeWindow(from, to), length / SlotsPerWindow, null, cancel);
        return new ReportModel
        {
            Title = title,
            From = from,
            To = to,
            Status = await evaluator.EvaluateAsync(project.Name, project.Kpis, to, cancel),
            Before = await evaluator.EvaluateAsync(project.Name, project.Kpis, from, cancel),
            Charts = await ChartsAsync(project.Kpis, from, to, cancel),
            Regressions = compared.Findings,
            ComparisonNotes = compared.Notes,
            GeneratedAt = time.GetUtcNow(),
        };
    }

    private async ValueTask<IReadOnlyList<KpiChart>> ChartsAsync(IReadOnlyList<KpiDefinition> kpis, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        long start = from.ToUnixTimeMilliseconds();
        long end = to.ToUnixTimeMilliseconds();
        var charts = new List<KpiChart>();
        foreach (var kpi in kpis)
            charts.Add(new KpiChart(kpi.Name, kpi.Query, kpi.Unit, kpi.Target, kpi.Critical, await SeriesAsync(kpi.Query, start, end, (end - start) / PointsPerChart, cancel), []));
        return charts;
    }

    // A KPI whose query fails says so in its status; its chart stays empty.
    private async ValueTask<IReadOnlyList<MatrixSeries>> SeriesAsync(string query, long start, long end, long step, CancellationToken cancel)
    {
        try
        {
            var result = await backend.QueryRangeAsync(query, start, end, Math.Max(1, step), cancel);
            return result.Value is MatrixValue matrix ? matrix.Series : [];
        }
        catch (PromqlException)
        {
            return [];
        }
    }
}
