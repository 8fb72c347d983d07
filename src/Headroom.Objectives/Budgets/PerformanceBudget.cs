using Headroom.Objectives.Kpis;

namespace Headroom.Objectives.Budgets;

/// <summary>How much of a performance budget is used, as the metrics-tracking document reckons it ("Budget Utilization").</summary>
public static class PerformanceBudget
{
    /// <summary>Judges a value against a budget.</summary>
    /// <param name="limit">The budget, above 0.</param>
    /// <param name="value">The KPI's value, or null when there is no data.</param>
    /// <param name="preference">Which way is better.</param>
    public static BudgetUse Use(double limit, double? value, Preference preference) => (preference.Direction, value) switch
    {
        (BetterDirection.Inside, _) => new BudgetUse(limit, null, "The target is a range, where a budget does not apply."),
        (BetterDirection.Unknown, _) => new BudgetUse(limit, null, "Neither a target nor a critical bound says which way is better."),
        (_, null) => new BudgetUse(limit, null, "There is no data."),
        (BetterDirection.Lower, { } used) => new BudgetUse(limit, used / limit * 100, null),
        (_, > 0) => limit / value.Value * 100 is var percent && double.IsFinite(percent)
            ? new BudgetUse(limit, percent, null)
            : new BudgetUse(limit, null, "The value is too close to 0 for a share."),
        _ => new BudgetUse(limit, null, "Higher is better and the value is not above 0, so the budget is exceeded without measure."),
    };
}
