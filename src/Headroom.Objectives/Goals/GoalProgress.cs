using Headroom.Objectives.Kpis;

namespace Headroom.Objectives.Goals;

/// <summary>A dated target and how far the KPI is from it.</summary>
/// <param name="Horizon"><c>short</c>, <c>medium</c> or <c>long</c>.</param>
/// <param name="By">The due date, null when the goal has none.</param>
/// <param name="Target">What must hold by then.</param>
/// <param name="Status"><c>reached</c>, <c>open</c>, <c>overdue</c> or <c>no data</c>.</param>
/// <param name="RemainingPercent">How far the value must still move, in percent of the value; 0 when reached, null without data.</param>
public sealed record GoalProgress(string Horizon, DateOnly? By, Bound Target, GoalStatus Status, double? RemainingPercent);

/// <summary>Where a goal stands.</summary>
public enum GoalStatus
{
    /// <summary>The target holds now.</summary>
    Reached,

    /// <summary>Not yet, and it is not due.</summary>
    Open,

    /// <summary>Not yet, and the due date has passed.</summary>
    Overdue,

    /// <summary>The KPI has no data.</summary>
    NoData,
}
