namespace Headroom.Objectives.Kpis;

/// <summary>One entry of <c>kpis</c> in headroom.yaml: what is measured, and what it must come to. Immutable.</summary>
public sealed record KpiDefinition
{
    /// <summary>The name shown; unique in the project.</summary>
    public required string Name { get; init; }

    /// <summary>A PromQL expression that gives a scalar or a vector.</summary>
    public required string Query { get; init; }

    /// <summary>Unit of the value, only shown; null when the file states none.</summary>
    public string? Unit { get; init; }

    /// <summary>Where the KPI started; null when unknown.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>What must hold; null when the file states none.</summary>
    public Bound? Target { get; init; }

    /// <summary>What must never hold; null when the file states none.</summary>
    public Bound? Critical { get; init; }

    /// <summary>The performance budget in the KPI's unit, above 0; null when there is none.</summary>
    public double? Budget { get; init; }

    /// <summary>Dated targets, in the file's order.</summary>
    public IReadOnlyList<GoalDefinition> Goals { get; init; } = [];

    /// <summary>How far apart the instants are at which trends look; null for 15 minutes over 7 days and 1 hour over 30 days.</summary>
    public TimeSpan? TrendStep { get; init; }

    /// <summary>Which way the KPI gets better.</summary>
    public Preference Preference => Preference.Of(Target, Critical);
}

/// <summary>A target to be reached by a date.</summary>
/// <param name="Horizon"><c>short</c>, <c>medium</c> or <c>long</c>.</param>
/// <param name="By">The last day on which it counts as in time (UTC); null when there is no date.</param>
/// <param name="Target">What must hold by then.</param>
public sealed record GoalDefinition(string Horizon, DateOnly? By, Bound Target);
