namespace Headroom.Metrics.PromQL;

/// <summary>What a <see cref="PromqlEngine"/> allows and assumes. The defaults are Prometheus's.</summary>
public sealed record PromqlOptions
{
    /// <summary>How far back an instant selector looks for a sample, in milliseconds. Default 5 minutes.</summary>
    public long LookbackMilliseconds { get; init; } = 300_000;

    /// <summary>Resolution of a sub-query that gives none, in milliseconds. Default 1 minute.</summary>
    public long SubqueryStepMilliseconds { get; init; } = 60_000;

    /// <summary>Samples a query may hold in memory at a time. Default 50,000,000.</summary>
    public long MaxSamples { get; init; } = 50_000_000;

    /// <summary>Points per series a range query may ask for. Default 11,000.</summary>
    public int MaxPoints { get; init; } = 11_000;

    /// <summary>Time after which a query is given up. Default 2 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The experimental parts of the language that are turned on. Default none, as in Prometheus.</summary>
    public PromqlFeatures Features { get; init; }

    /// <summary>Whether metric names are removed at the end of the evaluation instead of at each function.</summary>
    public bool DelayedNameRemoval => (Features & PromqlFeatures.DelayedNameRemoval) != 0;
}
