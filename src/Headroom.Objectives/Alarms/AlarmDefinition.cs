using Headroom.Objectives.Alarms.Rules;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Slos;

namespace Headroom.Objectives.Alarms;

/// <summary>One entry of <c>alarms</c> in headroom.yaml. Immutable.</summary>
public sealed record AlarmDefinition
{
    /// <summary>The name; unique in the project.</summary>
    public required string Name { get; init; }

    /// <summary>A sentence for whoever is called; null when the file gives none.</summary>
    public string? Description { get; init; }

    /// <summary>When it is in ALARM.</summary>
    public required AlarmCondition Condition { get; init; }

    /// <summary>How far apart its data points are, and how often it is evaluated.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Labels added to those of its series, for routing, silencing and inhibiting.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>What is done when its state changes.</summary>
    public IReadOnlyList<AlarmAction> Actions { get; init; } = [];

    /// <summary>Where the file has it, for messages.</summary>
    public string? Where { get; init; }
}

/// <summary>When an alarm is in ALARM.</summary>
public abstract record AlarmCondition;

/// <summary>A query's value, judged by a bound at the end of each period, M out of N.</summary>
/// <param name="Query">PromQL; each series is an instance of the alarm.</param>
/// <param name="When">What must hold for a point to breach.</param>
/// <param name="For">M out of N.</param>
/// <param name="Missing">How missing points count.</param>
public sealed record ThresholdCondition(string Query, Bound When, DatapointRule For, MissingData Missing) : AlarmCondition;

/// <summary>A query's value that is predicted to breach a bound.</summary>
/// <param name="Query">PromQL; each series is an instance of the alarm.</param>
/// <param name="When">What must not come to hold.</param>
/// <param name="Within">How far ahead it looks.</param>
/// <param name="History">How far back it looks.</param>
/// <param name="Step">How far apart the points of history and forecast are.</param>
/// <param name="Missing">What too little data counts as.</param>
public sealed record ForecastCondition(string Query, Bound When, TimeSpan Within, TimeSpan History, TimeSpan Step, MissingData Missing) : AlarmCondition;

/// <summary>A query's value that is unlike its past.</summary>
/// <param name="Query">PromQL; each series is an instance of the alarm.</param>
/// <param name="History">How far back it looks.</param>
/// <param name="For">M out of N periods must be anomalous.</param>
/// <param name="Missing">How missing points count.</param>
public sealed record AnomalyCondition(string Query, TimeSpan History, DatapointRule For, MissingData Missing) : AlarmCondition;

/// <summary>An SLO whose error budget burns faster than the multi-window table allows.</summary>
/// <param name="Slo">The SLO's name.</param>
/// <param name="Severity">Whose rows count; null for all.</param>
/// <param name="Missing">What no data in any window counts as.</param>
public sealed record BurnRateCondition(string Slo, BurnSeverity? Severity, MissingData Missing) : AlarmCondition;

/// <summary>A rule over the states of other alarms.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Suppressor">What keeps its actions back; null when nothing does.</param>
public sealed record CompositeCondition(CompositeRule Rule, Suppressor? Suppressor) : AlarmCondition;

/// <summary>An alarm that keeps back the actions of a composite one while it is in ALARM.</summary>
/// <param name="Alarm">Its name.</param>
/// <param name="Wait">How long the composite waits, on going into ALARM, for the suppressor to do so too.</param>
/// <param name="Extension">How long the actions stay back after the suppressor has left ALARM.</param>
public sealed record Suppressor(string Alarm, TimeSpan Wait, TimeSpan Extension);

/// <summary>Something done when an alarm's state changes.</summary>
public abstract record AlarmAction
{
    /// <summary>The states on whose arrival it is done.</summary>
    public IReadOnlyList<AlarmState> On { get; init; } = [AlarmState.Alarm, AlarmState.Ok];

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Tells this action from others across restarts, without giving its secrets away: a digest of its target. Alarms whose actions have
    /// the same id share notifications when grouping is on.
    /// </summary>
    public abstract string Id { get; }

    /// <summary>The action for people, without secrets.</summary>
    public abstract string Shown { get; }
}

/// <summary>A POST of JSON.</summary>
/// <param name="Url">Where; may hold a secret.</param>
/// <param name="Headers">Sent with it; may hold secrets.</param>
public sealed record WebhookAction(Uri Url, IReadOnlyDictionary<string, string> Headers) : AlarmAction
{
    /// <inheritdoc/>
    public override string Id => Records.Digest.Of("webhook", Url.AbsoluteUri);

    /// <inheritdoc/>
    public override string Shown => $"webhook {Url.Scheme}://{Url.Authority}";
}

/// <summary>A program that gets the notification on standard input.</summary>
/// <param name="Arguments">The program and its arguments; no shell is between.</param>
public sealed record CommandAction(IReadOnlyList<string> Arguments) : AlarmAction
{
    /// <inheritdoc/>
    public override string Id => Records.Digest.Of([.. Arguments.Prepend("command")]);

    /// <inheritdoc/>
    public override string Shown => $"command {Path.GetFileName(Arguments[0])}";
}
