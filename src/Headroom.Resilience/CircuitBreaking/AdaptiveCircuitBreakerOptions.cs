namespace Headroom.Resilience.CircuitBreaking;

/// <summary>
/// When a circuit opens, how long, and what closes it again. The defaults come from document 2's adaptive circuit
/// breaker; where it gives none, from the libraries named. Immutable.
/// </summary>
public sealed record AdaptiveCircuitBreakerOptions
{
    /// <summary>Failures in a row that open the circuit while traffic is low. Default 3 (document 2).</summary>
    public int LowTrafficFailures { get; init; } = 3;

    /// <summary>Failures in a row that open the circuit at normal traffic. Default 5 (document 2).</summary>
    public int NormalTrafficFailures { get; init; } = 5;

    /// <summary>Failures in a row that open the circuit while traffic is high. Default 10 (document 2).</summary>
    public int HighTrafficFailures { get; init; } = 10;

    /// <summary>Calls per second below which traffic is low. Default 10 (document 2).</summary>
    public double LowTrafficBelow { get; init; } = 10;

    /// <summary>Calls per second above which traffic is high. Default 100 (document 2).</summary>
    public double HighTrafficAbove { get; init; } = 100;

    /// <summary>
    /// How far back traffic, failure ratio and slow calls are counted, in ten steps. Default 10 s (Hystrix's rolling
    /// window).
    /// </summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Calls the window must hold before a ratio means anything. Default 20 (Hystrix's request volume).</summary>
    public int MinimumCalls { get; init; } = 20;

    /// <summary>Share of failed calls in the window that opens the circuit, above 0 to 1. Default 0.5 (Hystrix, resilience4j).</summary>
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>
    /// A call that takes this long or longer is slow, whether it succeeds or fails. Default 60 s (resilience4j): set it
    /// to what your callers can bear.
    /// </summary>
    public TimeSpan SlowCallDuration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Share of slow calls in the window that opens the circuit, above 0 to 1. Default 1 (resilience4j).</summary>
    public double SlowCallRatio { get; init; } = 1;

    /// <summary>How long the circuit first stays open. Doubles each time a probe fails. Default 5 s (Hystrix, Polly).</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The longest time the circuit stays open at once, at most 60 s. Default 30 s, so that a dependency that comes back
    /// at the worst moment, just after a failed probe, is in use again within document 2's 60 s: at most 30 s until the
    /// next probe, and 30 s for the probes.
    /// </summary>
    public TimeSpan MaxBreakDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Share of a break taken off at random, 0 to 1, so that many clients do not probe at the same moment. Default 0.1.
    /// </summary>
    public double BreakJitter { get; init; } = 0.1;

    /// <summary>Successful probes in a row that close the circuit. Default 3 (document 2).</summary>
    public int SuccessThreshold { get; init; } = 3;

    /// <summary>Probes under way at once while half open. Default 1 (document 2's <c>half_open_threshold</c>).</summary>
    public int MaxProbes { get; init; } = 1;

    /// <summary>
    /// When this long no probe has answered and none may start, the missing probe counts as failed, so that a call that
    /// never returns cannot keep the circuit half open for ever. Default 10 s.
    /// </summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Failures in a row that open the circuit at a traffic, in calls per second.</summary>
    public int FailuresToOpen(double callsPerSecond) =>
        callsPerSecond < LowTrafficBelow ? LowTrafficFailures
        : callsPerSecond > HighTrafficAbove ? HighTrafficFailures
        : NormalTrafficFailures;

    /// <summary>Everything that is wrong with these options, one sentence each; empty when they can be used.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new List<string>();
        AtLeastOne(nameof(LowTrafficFailures), LowTrafficFailures);
        AtLeastOne(nameof(NormalTrafficFailures), NormalTrafficFailures);
        AtLeastOne(nameof(HighTrafficFailures), HighTrafficFailures);
        AtLeastOne(nameof(MinimumCalls), MinimumCalls);
        AtLeastOne(nameof(SuccessThreshold), SuccessThreshold);
        AtLeastOne(nameof(MaxProbes), MaxProbes);
        Share(nameof(FailureRatio), FailureRatio);
        Share(nameof(SlowCallRatio), SlowCallRatio);
        if (!(LowTrafficBelow >= 0 && LowTrafficBelow <= HighTrafficAbove))
            errors.Add($"LowTrafficBelow is {LowTrafficBelow}; it must be from 0 to HighTrafficAbove ({HighTrafficAbove}).");
        Between(nameof(Window), Window, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        Between(nameof(SlowCallDuration), SlowCallDuration, TimeSpan.FromTicks(1), TimeSpan.FromDays(1));
        Between(nameof(BreakDuration), BreakDuration, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(60));
        Between(nameof(MaxBreakDuration), MaxBreakDuration, BreakDuration, TimeSpan.FromSeconds(60));
        Between(nameof(ProbeTimeout), ProbeTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        if (!(BreakJitter is >= 0 and <= 1)) errors.Add($"BreakJitter is {BreakJitter}; it must be from 0 to 1.");
        return errors;

        void AtLeastOne(string name, int value)
        {
            if (value < 1) errors.Add($"{name} is {value}; it must be 1 or more.");
        }

        void Share(string name, double value)
        {
            if (!(value is > 0 and <= 1)) errors.Add($"{name} is {value}; it must be above 0 and at most 1.");
        }

        void Between(string name, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most) errors.Add($"{name} is {value:c}; it must be from {least:c} to {most:c}.");
        }
    }
}
