namespace Headroom.Objectives.Slos;

/// <summary>Who should hear of a burning budget.</summary>
public enum BurnSeverity
{
    /// <summary>Somebody, now.</summary>
    Page,

    /// <summary>Somebody, in working hours.</summary>
    Ticket,
}

/// <summary>One row of the multi-window, multi-burn-rate table.</summary>
/// <param name="Severity">Who should hear.</param>
/// <param name="Budget">Share of the budget that is spent when the rule fires.</param>
/// <param name="Long">The window that decides.</param>
/// <param name="Short">The window that ends the alarm soon after the burning stopped; a twelfth of the long one.</param>
/// <param name="Factor">The burn rate above which both windows must be.</param>
public sealed record BurnRateRule(BurnSeverity Severity, double Budget, TimeSpan Long, TimeSpan Short, double Factor)
{
    /// <summary>Whether any error rate can reach the factor: an SLI of 0 burns 1 / (1 − objective) times.</summary>
    public bool CanFire(double objective) => ErrorBudget.BurnRate(1, objective) > Factor;

    /// <summary>
    /// Fewest events in the long window for the rule to count: so many that one bad event alone does not fire it, unless the SLO
    /// sets its own number.
    /// </summary>
    public double MinimumEvents(SloDefinition slo) => slo.MinimumEvents ?? (slo.Objective >= 1 ? 0 : 1 / (Factor * slo.Budget));
}

/// <summary>
/// The multi-window, multi-burn-rate table (Google, <em>The Site Reliability Workbook</em>, chapter 5; the row of one day as in its
/// example rules and in Sloth): 2% of the budget in 1 h, 5% in 6 h, 10% in 1 d, 10% in 3 d. Factor = share × period / long
/// window, which is 14.4, 6, 3 and 1 for 30 days.
/// </summary>
public static class BurnRatePolicy
{
    private static readonly (BurnSeverity Severity, double Budget, TimeSpan Long)[] Table =
    [
        (BurnSeverity.Page, 0.02, TimeSpan.FromHours(1)),
        (BurnSeverity.Page, 0.05, TimeSpan.FromHours(6)),
        (BurnSeverity.Ticket, 0.10, TimeSpan.FromDays(1)),
        (BurnSeverity.Ticket, 0.10, TimeSpan.FromDays(3)),
    ];

    /// <summary>The rules for a period. Rows whose long window is longer than the period are left out.</summary>
    public static IReadOnlyList<BurnRateRule> For(TimeSpan period) =>
    [
        .. from row in Table
           where row.Long <= period
           select new BurnRateRule(row.Severity, row.Budget, row.Long, row.Long / 12, Math.Round(row.Budget * (period / row.Long), 9)),
    ];

    /// <summary>The rules for an SLO's window; a calendar unit counts with its usual length (30 days a month, 90 a quarter).</summary>
    public static IReadOnlyList<BurnRateRule> For(SloWindow window) => For(PeriodOf(window));

    /// <summary>The length by which an SLO's window is reckoned.</summary>
    public static TimeSpan PeriodOf(SloWindow window) => window switch
    {
        RollingWindow rolling => rolling.Length,
        CalendarWindow calendar => TimeSpan.FromDays(calendar.Unit switch
        {
            CalendarUnit.Day => 1,
            CalendarUnit.Week => 7,
            CalendarUnit.Month => 30,
            CalendarUnit.Quarter => 90,
            _ => 365,
        }),
        _ => throw new ArgumentOutOfRangeException(nameof(window)),
    };

    /// <summary>
    /// The window whose burn rate counts as the present one for a forecast: the longest of the table up to a thirtieth of the period, at
    /// least an hour.
    /// </summary>
    public static TimeSpan PresentWindow(TimeSpan period) =>
        Table.Select(row => row.Long).Where(length => length <= period / 30).DefaultIfEmpty(Table[0].Long).Max();
}
