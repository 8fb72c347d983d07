namespace Headroom.Resilience.Failures;

/// <summary>What an outcome means to whoever might try again.</summary>
public enum FailureKind
{
    /// <summary>A success, or nothing that says anything about the dependency (the caller gave up).</summary>
    None,

    /// <summary>Failed in a way that may pass by itself: worth another try; counts against the dependency.</summary>
    Transient,

    /// <summary>The dependency lives and asks for less: worth another try later; no reason to open a circuit.</summary>
    Throttled,

    /// <summary>Failed in a way that another try would not change, such as a malformed request.</summary>
    Permanent,
}

/// <summary>The kind of an outcome, and when the dependency asks to be called again.</summary>
/// <param name="Kind">What the outcome means.</param>
/// <param name="RetryAfter">The earliest time from now for another try, when the dependency gave one.</param>
public readonly record struct FailureVerdict(FailureKind Kind, TimeSpan? RetryAfter = null)
{
    /// <summary>A success, or an outcome that says nothing.</summary>
    public static FailureVerdict None => default;

    /// <summary>Worth another try.</summary>
    public static FailureVerdict Transient => new(FailureKind.Transient);

    /// <summary>Not worth another try.</summary>
    public static FailureVerdict Permanent => new(FailureKind.Permanent);

    /// <summary>Worth another try later, no earlier than the dependency said, if it said.</summary>
    public static FailureVerdict Throttled(TimeSpan? retryAfter = null) => new(FailureKind.Throttled, retryAfter);
}
