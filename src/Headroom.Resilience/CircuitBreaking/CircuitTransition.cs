using Polly.CircuitBreaker;

namespace Headroom.Resilience.CircuitBreaking;

/// <summary>What came of a call, as far as the dependency is concerned.</summary>
public enum CallOutcome
{
    /// <summary>The dependency answered, be it with an error of the caller.</summary>
    Success,

    /// <summary>The dependency failed.</summary>
    Failure,

    /// <summary>The call says nothing about the dependency: the caller gave up, or was asked to slow down.</summary>
    Ignored,
}

/// <summary>Why a circuit changed its state.</summary>
public enum CircuitReason
{
    /// <summary>As many failures in a row as the present traffic allows.</summary>
    ConsecutiveFailures,

    /// <summary>The share of failed calls in the window.</summary>
    FailureRatio,

    /// <summary>The share of slow calls in the window.</summary>
    SlowCalls,

    /// <summary>A probe failed or was slow.</summary>
    ProbeFailed,

    /// <summary>A probe did not return in time.</summary>
    ProbeTimedOut,

    /// <summary>The break is over and the next call is a probe.</summary>
    BreakOver,

    /// <summary>Enough probes succeeded.</summary>
    Recovered,

    /// <summary>Somebody closed or isolated the circuit.</summary>
    Manual,
}

/// <summary>A change of a circuit's state.</summary>
/// <param name="From">The state before.</param>
/// <param name="To">The state after.</param>
/// <param name="Reason">Why.</param>
/// <param name="Break">How long the circuit will stay open; zero unless it opened.</param>
/// <param name="Number">1 for a circuit's first change, and so on: tells the order when several threads report changes.</param>
public readonly record struct CircuitTransition(
    CircuitState From, CircuitState To, CircuitReason Reason, TimeSpan Break, long Number);

/// <summary>
/// The right to make one call, given by a circuit that lets it through. Its outcome counts only as long as the circuit
/// has not changed state since: a call from before a break says nothing about the time after it.
/// </summary>
/// <param name="Generation">Number of the circuit's last change when the call entered.</param>
/// <param name="EnteredAt">Timestamp of entering, from which the call's duration counts.</param>
public readonly record struct CircuitTicket(long Generation, long EnteredAt);

/// <summary>A circuit at one moment.</summary>
public readonly record struct CircuitSnapshot
{
    /// <summary>The state.</summary>
    public CircuitState State { get; init; }

    /// <summary>Calls per second over the window, refused ones included.</summary>
    public double CallsPerSecond { get; init; }

    /// <summary>Failures in a row that would open the circuit at this traffic.</summary>
    public int FailuresToOpen { get; init; }

    /// <summary>Failures in a row so far.</summary>
    public int ConsecutiveFailures { get; init; }

    /// <summary>Calls in the window that count towards the ratios.</summary>
    public int Calls { get; init; }

    /// <summary>Share of failed calls in the window, 0 to 1; 0 without calls.</summary>
    public double FailureRatio { get; init; }

    /// <summary>Share of slow calls in the window, 0 to 1; 0 without calls.</summary>
    public double SlowCallRatio { get; init; }

    /// <summary>
    /// Document 2's <c>circuit_breaker_success_rate</c>, published there as <c>CircuitBreakerEfficiency</c>: of the calls
    /// the circuit let through and that ended in the window, the percentage that succeeded. Null when none ended.
    /// </summary>
    public double? EfficiencyPercent => EndedCalls == 0 ? null : 100.0 * SucceededCalls / EndedCalls;

    /// <summary>Calls let through that ended in the window, in whatever state; ignored ones are not in it.</summary>
    public int EndedCalls { get; init; }

    /// <summary>Those of <see cref="EndedCalls"/> that succeeded.</summary>
    public int SucceededCalls { get; init; }

    /// <summary>Time until the next call is let through as a probe; zero unless the circuit is open.</summary>
    public TimeSpan RetryAfter { get; init; }
}
