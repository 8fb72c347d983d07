namespace Headroom.Objectives.Budgets;

/// <summary>How much of a performance budget a value uses.</summary>
/// <param name="Limit">The budget, in the KPI's unit.</param>
/// <param name="UsedPercent">
/// value / limit where lower is better, limit / value where higher is better, in percent (metrics-tracking document,
/// "Budget Utilization"); null when there is no value or the target is a range, where a budget does not apply.
/// </param>
/// <param name="Note">Why <paramref name="UsedPercent"/> is null; else null.</param>
public sealed record BudgetUse(double Limit, double? UsedPercent, string? Note);
