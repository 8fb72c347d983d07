using System.Diagnostics.Metrics;
using Polly.CircuitBreaker;

namespace Headroom.Resilience.CircuitBreaking;

/// <summary>What one circuit tells the meter. Circuits of one name are one series.</summary>
internal sealed class CircuitBreakerMetrics
{
    private static readonly LiveInstances<AdaptiveCircuitBreaker> s_live = new();

    private static readonly Counter<long> s_calls = ResilienceMeter.Meter.CreateCounter<long>(
        "headroom.resilience.circuit_breaker.calls", "{call}", "Calls by result: success, failure, ignored, refused.");

    private static readonly Counter<long> s_changes = ResilienceMeter.Meter.CreateCounter<long>(
        "headroom.resilience.circuit_breaker.transitions", "{transition}", "Changes of state, by new state and reason.");

    private static readonly KeyValuePair<string, object?>[] s_results =
        [new("result", "success"), new("result", "failure"), new("result", "ignored")];

    private static readonly KeyValuePair<string, object?> s_refusedResult = new("result", "refused");

    private readonly KeyValuePair<string, object?> _tag;

    static CircuitBreakerMetrics()
    {
        ResilienceMeter.Meter.CreateObservableGauge("headroom.resilience.circuit_breaker.state",
            () => Observe(circuits => circuits.Max(circuit => Number(circuit.State))),
            "{state}", "0 closed, 1 half open, 2 open, 3 isolated; the worst of the circuits of a name.");
        ResilienceMeter.Meter.CreateObservableGauge("headroom.resilience.circuit_breaker.efficiency",
            () => Observe(Efficiency),
            "%", "Of the calls let through that ended in the window, the percentage that succeeded; nothing when none ended.");
        ResilienceMeter.Meter.CreateObservableGauge("headroom.resilience.circuit_breaker.traffic",
            () => Observe(circuits => circuits.Sum(circuit => circuit.Snapshot().CallsPerSecond)),
            "{call}/s", "Calls per second over the window, refused ones included.");
        ResilienceMeter.Meter.CreateObservableGauge("headroom.resilience.circuit_breaker.failures_to_open",
            () => Observe(circuits => circuits.Min(circuit => (double)circuit.Snapshot().FailuresToOpen)),
            "{failure}", "Failures in a row that would open the circuit at the present traffic.");
    }

    public CircuitBreakerMetrics(AdaptiveCircuitBreaker circuit)
    {
        _tag = new KeyValuePair<string, object?>("circuit", circuit.Name);
        s_live.Add(circuit);
    }

    public void Ended(CallOutcome outcome)
    {
        if (s_calls.Enabled) s_calls.Add(1, _tag, s_results[(int)outcome]);
    }

    public void Refused()
    {
        if (s_calls.Enabled) s_calls.Add(1, _tag, s_refusedResult);
    }

    public void Changed(CircuitTransition transition)
    {
        if (s_changes.Enabled)
        {
            s_changes.Add(1, _tag, new KeyValuePair<string, object?>("state", Name(transition.To)),
                new KeyValuePair<string, object?>("reason", transition.Reason.ToString()));
        }
    }

    internal static string Name(CircuitState state) => state switch
    {
        CircuitState.Closed => "closed",
        CircuitState.HalfOpen => "half-open",
        CircuitState.Open => "open",
        _ => "isolated",
    };

    private static double Number(CircuitState state) => state switch
    {
        CircuitState.Closed => 0,
        CircuitState.HalfOpen => 1,
        CircuitState.Open => 2,
        _ => 3,
    };

    private static double? Efficiency(IEnumerable<AdaptiveCircuitBreaker> circuits)
    {
        long ended = 0;
        long succeeded = 0;
        foreach (AdaptiveCircuitBreaker circuit in circuits)
        {
            CircuitSnapshot snapshot = circuit.Snapshot();
            ended += snapshot.EndedCalls;
            succeeded += snapshot.SucceededCalls;
        }

        return ended == 0 ? null : 100.0 * succeeded / ended;
    }

    private static List<Measurement<double>> Observe(Func<IEnumerable<AdaptiveCircuitBreaker>, double?> value)
    {
        var measurements = new List<Measurement<double>>();
        foreach (IGrouping<string, AdaptiveCircuitBreaker> group in s_live.ToList().GroupBy(circuit => circuit.Name, StringComparer.Ordinal))
        {
            if (value(group) is { } number)
                measurements.Add(new Measurement<double>(number, new KeyValuePair<string, object?>("circuit", group.Key)));
        }

        return measurements;
    }
}
