using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Regressions;

namespace Headroom.Reports;

/// <summary>Everything a report shows, already measured and judged; faces only draw it.</summary>
public sealed record ReportModel
{
    /// <summary>Headline, for example <c>Daily report</c>.</summary>
    public required string Title { get; init; }

    /// <summary>Start of the window the charts cover.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End of the window the charts cover.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Every KPI as judged at <see cref="To"/>.</summary>
    public required StatusReport Status { get; init; }

    /// <summary>The same KPIs at an earlier instant to compare with; null when there is none.</summary>
    public StatusReport? Before { get; init; }

    /// <summary>One chart per KPI, in the order of <see cref="Status"/>.</summary>
    public IReadOnlyList<KpiChart> Charts { get; init; } = [];

    /// <summary>What was compared between two windows, regressions first; empty when nothing was.</summary>
    public IReadOnlyList<RegressionFinding> Regressions { get; init; } = [];

    /// <summary>What the comparison has to say besides its findings: queries that failed, series that were left out.</summary>
    public IReadOnlyList<string> ComparisonNotes { get; init; } = [];

    /// <summary>Names and units of compared queries that are no KPI's; without an entry they are read off the query.</summary>
    public IReadOnlyList<ComparedQuery> Compared { get; init; } = [];

    /// <summary>When the report was written; null leaves it out.</summary>
    public DateTimeOffset? GeneratedAt { get; init; }

    /// <summary>The program's version, shown at the end; by default that of this assembly.</summary>
    public string Version { get; init; } = typeof(ReportModel).Assembly.GetName().Version?.ToString(3) ?? "";
}

/// <summary>One KPI over the report's window.</summary>
/// <param name="Name">The KPI's name.</param>
/// <param name="Query">The expression drawn.</param>
/// <param name="Unit">Unit of the values; null when none is stated.</param>
/// <param name="Target">Drawn as a line or band; null when there is none.</param>
/// <param name="Critical">Drawn as a line; null when there is none.</param>
/// <param name="Series">What the query gave over the window; gaps stay gaps.</param>
/// <param name="Markers">Instants worth a vertical line, for example a deployment.</param>
public sealed record KpiChart(
    string Name, string Query, string? Unit, Bound? Target, Bound? Critical, IReadOnlyList<MatrixSeries> Series, IReadOnlyList<ChartMarker> Markers);

/// <summary>What a compared query measures, in words.</summary>
/// <param name="Query">As in <see cref="RegressionFinding.Query"/>.</param>
/// <param name="Name">For example <c>Median response time</c>.</param>
/// <param name="Unit">Unit of its values; null when there is none.</param>
public sealed record ComparedQuery(string Query, string Name, string? Unit);

/// <summary>A labelled instant on a chart.</summary>
public sealed record ChartMarker(DateTimeOffset At, string Label);
