using Headroom.Metrics;

namespace Headroom.Objectives.Slos;

/// <summary>Where an SLO stands.</summary>
public enum SloVerdict
{
    /// <summary>The share of good events is at least the objective.</summary>
    Met,

    /// <summary>There was nothing to judge; never counted as met.</summary>
    NoData,

    /// <summary>The share of good events is below the objective.</summary>
    Missed,
}

/// <summary>SLOs at an instant.</summary>
/// <param name="Project">The project's name.</param>
/// <param name="At">The instant.</param>
/// <param name="Slos">By SLO in the file's order, within one by labels.</param>
public sealed record SloReport(string Project, DateTimeOffset At, IReadOnlyList<SloStatus> Slos);

/// <summary>One SLO, or one series of it, over its window.</summary>
public sealed record SloStatus
{
    /// <summary>What it must come to.</summary>
    public required SloDefinition Slo { get; init; }

    /// <summary>The series; empty when the SLI gives one figure.</summary>
    public required Labels Labels { get; init; }

    /// <summary>Start of the window.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End of the window: the instant judged.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Name and end of the calendar period; null for a rolling window.</summary>
    public CalendarPeriod? Period { get; init; }

    /// <summary>What was counted.</summary>
    public required SliCounts Counts { get; init; }

    /// <summary>Met, missed, or no data.</summary>
    public SloVerdict Verdict => !Counts.HasData ? SloVerdict.NoData : Counts.Bad <= AllowedBad ? SloVerdict.Met : SloVerdict.Missed;

    /// <summary>Share of good events; null without data.</summary>
    public double? Sli => Counts.HasData ? 1 - Counts.ErrorRate : null;

    /// <summary>Bad events that the events so far allow: (1 − objective) · total. A millionth of a millionth of rounding is forgiven.</summary>
    public double AllowedBad => Slo.Budget * Counts.Total * (1 + 1e-12);

    /// <summary>Share of the error budget left; null without data and for an objective of 100%.</summary>
    public double? BudgetRemaining => Counts.HasData ? ErrorBudget.Remaining(Counts.Bad, Counts.Total, Slo.Objective) : null;

    /// <summary>How many times faster than allowed the budget was spent over the whole window; null without data.</summary>
    public double? BurnRate => Counts.HasData ? ErrorBudget.BurnRate(Counts.ErrorRate, Slo.Objective) : null;

    /// <summary>The rules of the multi-window table with what they see.</summary>
    public required IReadOnlyList<BurnReading> Burn { get; init; }

    /// <summary>When the budget is used up at the present rate; null when it is not, or when nothing can be said.</summary>
    public BudgetForecast? Forecast { get; init; }

    /// <summary>Whether one bad event more or less would decide: the window allows less than one.</summary>
    public bool LowTraffic => Counts.HasData && Slo.Slices is null && (Counts.Total < Slo.MinimumEvents || (Slo.Objective < 1 && Slo.Budget * Counts.Total < 1));

    /// <summary>What a reader should know.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Each number's query, window, samples and result; empty unless asked for.</summary>
    public IReadOnlyList<SloTrace> Traces { get; init; } = [];
}

/// <summary>One rule of the multi-window table with the burn rates it compares.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="LongRate">Burn rate over the long window; null without data.</param>
/// <param name="ShortRate">Burn rate over the short window; null without data.</param>
/// <param name="LongEvents">Events in the long window.</param>
/// <param name="LowTraffic">Whether the long window holds too few events for the rule to count.</param>
/// <param name="Fires">Whether both windows burn faster than the factor, with enough events.</param>
public sealed record BurnReading(BurnRateRule Rule, double? LongRate, double? ShortRate, double LongEvents, bool LowTraffic, bool Fires);

/// <summary>When an error budget ends if it burns on as now.</summary>
/// <param name="Rate">The present burn rate.</param>
/// <param name="Over">The window it was measured over.</param>
/// <param name="ExhaustedAt">When nothing is left; the instant judged when that is already so; null when it lasts.</param>
public sealed record BudgetForecast(double Rate, TimeSpan Over, DateTimeOffset? ExhaustedAt);

/// <summary>One query behind a number.</summary>
/// <param name="Role"><c>total</c>, <c>good</c>, <c>bad</c> or <c>value</c>.</param>
/// <param name="Query">As it was evaluated.</param>
/// <param name="From">Start of what it looked at.</param>
/// <param name="To">End of what it looked at.</param>
/// <param name="Values">What it gave, by series; the sum over slices when there are several.</param>
/// <param name="Samples">Raw samples in its ranges; null when that cannot be told.</param>
public sealed record SloTrace(string Role, string Query, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<(Labels Labels, double Value)> Values, long? Samples)
{
    /// <summary>Slices of time it was evaluated for; null for one evaluation.</summary>
    public int? Slices { get; init; }
}

/// <summary>An SLO in one calendar period.</summary>
/// <param name="Period">The period.</param>
/// <param name="Complete">Whether it is over.</param>
/// <param name="Status">How the SLO did.</param>
public sealed record SloPeriod(CalendarPeriod Period, bool Complete, SloStatus Status);
