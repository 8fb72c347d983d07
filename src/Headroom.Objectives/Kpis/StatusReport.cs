using Headroom.Metrics;
using Headroom.Objectives.Budgets;
using Headroom.Objectives.Goals;
using Headroom.Objectives.Trends;

namespace Headroom.Objectives.Kpis;

/// <summary>Every KPI of a project, judged at one instant. What <c>headroom status</c> shows.</summary>
/// <param name="Project">The project's name in headroom.yaml.</param>
/// <param name="At">The instant judged.</param>
/// <param name="Kpis">One entry per KPI and series, in the file's order, worst series of a KPI first.</param>
public sealed record StatusReport(string Project, DateTimeOffset At, IReadOnlyList<KpiStatus> Kpis);

/// <summary>One KPI, or one series of a KPI whose query returns several, judged at one instant.</summary>
public sealed record KpiStatus
{
    /// <summary>The KPI's name.</summary>
    public required string Name { get; init; }

    /// <summary>The series' labels; empty when the query returns one series without labels, or none.</summary>
    public required Labels Labels { get; init; }

    /// <summary>The query, as it was evaluated.</summary>
    public required string Query { get; init; }

    /// <summary>The value in <see cref="Unit"/>; null when there is no data (also for NaN).</summary>
    public double? Value { get; init; }

    /// <summary>The unit as the file states it, for example <c>s</c> or <c>%</c>; null when it states none.</summary>
    public string? Unit { get; init; }

    /// <summary>The judgement.</summary>
    public required KpiVerdict Status { get; init; }

    /// <summary>Where it started: a number or a range; null when the file gives none.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>What it must satisfy; null when the file gives none.</summary>
    public Bound? Target { get; init; }

    /// <summary>What must never hold; null when the file gives none.</summary>
    public Bound? Critical { get; init; }

    /// <summary>(value − baseline) / |baseline| in percent, against the middle of a range; null without both or with a zero baseline.</summary>
    public double? ChangeFromBaselinePercent { get; init; }

    /// <summary>Trend over the 7 days up to the instant; null when there are too few data to say.</summary>
    public Trend? Trend7d { get; init; }

    /// <summary>Trend over the 30 days up to the instant; null when there are too few data to say.</summary>
    public Trend? Trend30d { get; init; }

    /// <summary>How much of the budget is used; null when the file gives none.</summary>
    public BudgetUse? Budget { get; init; }

    /// <summary>Progress towards each goal, in the file's order.</summary>
    public IReadOnlyList<GoalProgress> Goals { get; init; } = [];

    /// <summary>Why there is no data, or what the query's annotations say; empty when there is nothing to say.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>The judgement of a KPI, in rising order of badness, so that the worst of several is their maximum.</summary>
public enum KpiVerdict
{
    /// <summary>The target holds.</summary>
    Met,

    /// <summary>The query gave nothing, or NaN. Never silently met.</summary>
    NoData,

    /// <summary>The target does not hold.</summary>
    Missed,

    /// <summary>The critical bound holds.</summary>
    Critical,
}
