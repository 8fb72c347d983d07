using Headroom.Objectives.Kpis;

namespace Headroom.Objectives.Goals;

/// <summary>Says where a KPI's goals stand.</summary>
public static class GoalTracking
{
    /// <summary>Judges one goal against the KPI's value.</summary>
    /// <param name="goal">The goal.</param>
    /// <param name="value">The KPI's value, or null when there is no data.</param>
    /// <param name="at">The instant judged; its day in UTC decides whether the goal is overdue.</param>
    public static GoalProgress Judge(GoalDefinition goal, double? value, DateTimeOffset at)
    {
        if (value is not { } now) return new GoalProgress(goal.Horizon, goal.By, goal.Target, GoalStatus.NoData, null);
        if (goal.Target.Holds(now)) return new GoalProgress(goal.Horizon, goal.By, goal.Target, GoalStatus.Reached, 0);
        bool overdue = goal.By is { } due && DateOnly.FromDateTime(at.UtcDateTime) > due;
        double distance = Math.Min(Math.Abs(now - goal.Target.Low), Math.Abs(now - goal.Target.High));
        double remaining = distance / Math.Abs(now) * 100;
        return new GoalProgress(goal.Horizon, goal.By, goal.Target, overdue ? GoalStatus.Overdue : GoalStatus.Open, double.IsFinite(remaining) ? remaining : null);
    }
}
