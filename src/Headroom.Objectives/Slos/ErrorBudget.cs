namespace Headroom.Objectives.Slos;

/// <summary>The arithmetic of error budgets (Google, <em>The Site Reliability Workbook</em>, chapters 2 and 5).</summary>
public static class ErrorBudget
{
    /// <summary>
    /// How many times faster than allowed the budget is spent: error rate / (1 − objective). At 1 the budget lasts exactly the
    /// window. With an objective of 100% any error burns infinitely fast; without errors the rate is 0.
    /// </summary>
    /// <param name="errorRate">Bad events / all events, 0 to 1.</param>
    /// <param name="objective">Above 0, at most 1.</param>
    public static double BurnRate(double errorRate, double objective) => errorRate == 0 ? 0 : objective >= 1 ? double.PositiveInfinity : errorRate / (1 - objective);

    /// <summary>
    /// Share of the budget that is left: 1 − bad / ((1 − objective) · total); negative when more than all is spent. Null for an objective
    /// of 100%, which has no budget.
    /// </summary>
    public static double? Remaining(double bad, double total, double objective) => objective >= 1 ? null : 1 - (bad / total / (1 - objective));

    /// <summary>
    /// When the budget of a window is used up if it burns on at a rate, counted from now; null when it is not: it burns no
    /// faster than a rolling window forgives, or lasts to the calendar period's end.
    /// </summary>
    /// <param name="remaining">Share left of what the events so far allow.</param>
    /// <param name="burnRate">The present burn rate.</param>
    /// <param name="elapsed">How much of the window has passed; all of a rolling one.</param>
    /// <param name="length">The whole window.</param>
    /// <param name="rolling">Whether the window moves on with time.</param>
    /// <remarks>
    /// With steady traffic the budget already used is (1 − remaining) · elapsed / length of the whole, and each length / burn rate of time
    /// uses one whole budget. What leaves a rolling window meanwhile is not counted, so the answer is the earliest.
    /// </remarks>
    public static TimeSpan? ExhaustedIn(double remaining, double burnRate, TimeSpan elapsed, TimeSpan length, bool rolling)
    {
        double used = (1 - remaining) * (elapsed / length);
        if (used >= 1) return TimeSpan.Zero;
        if (!(burnRate > 0) || (rolling && burnRate <= 1)) return null;
        if (double.IsInfinity(burnRate)) return TimeSpan.Zero;
        double fraction = (1 - used) / burnRate;
        if (!rolling && fraction > (length - elapsed) / length) return null;
        double ticks = fraction * length.Ticks;
        return ticks < TimeSpan.MaxValue.Ticks ? TimeSpan.FromTicks((long)ticks) : null;
    }
}
