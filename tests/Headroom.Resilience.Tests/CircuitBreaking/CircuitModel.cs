using Headroom.Resilience.CircuitBreaking;
using Polly.CircuitBreaker;

namespace Headroom.Resilience.Tests.CircuitBreaking;

/// <summary>
/// The circuit's rules once more, as plainly as possible: the whole history is kept and looked through each time. Holds
/// for calls that end at once, one probe at a time, and a window that nothing falls out of.
/// </summary>
internal sealed class CircuitModel(AdaptiveCircuitBreakerOptions options)
{
    private readonly List<CallOutcome> _sinceClosed = [];
    private readonly List<double> _arrivals = [];
    private int _breaks;
    private int _good;
    private double _openUntil;

    public CircuitState State { get; private set; } = CircuitState.Closed;

    /// <summary>A call that ends at once; false when it is refused.</summary>
    public bool Call(CallOutcome outcome, double now)
    {
        _arrivals.Add(now);
        if (State == CircuitState.Open && now >= _openUntil)
        {
            State = CircuitState.HalfOpen;
            _good = 0;
        }

        if (State is CircuitState.Open or CircuitState.Isolated) return false;
        if (outcome == CallOutcome.Ignored) return true;

        if (State == CircuitState.HalfOpen)
        {
            if (outcome == CallOutcome.Failure) Open(now);
            else if (++_good == options.SuccessThreshold) Close();
            return true;
        }

        _sinceClosed.Add(outcome);
        int inARow = _sinceClosed.AsEnumerable().Reverse().TakeWhile(o => o == CallOutcome.Failure).Count();
        double rate = _arrivals.Count / Math.Max(1, now - _arrivals[0]);
        bool tooMany = outcome == CallOutcome.Failure && inARow >= options.FailuresToOpen(rate);
        bool tooLarge = _sinceClosed.Count >= options.MinimumCalls
            && _sinceClosed.Count(o => o == CallOutcome.Failure) >= options.FailureRatio * _sinceClosed.Count;
        if (tooMany || tooLarge) Open(now);
        return true;
    }

    public void Isolate() => State = CircuitState.Isolated;

    public void Close()
    {
        State = CircuitState.Closed;
        _sinceClosed.Clear();
        _breaks = 0;
    }

    private void Open(double now)
    {
        State = CircuitState.Open;
        _openUntil = now + Math.Min(options.BreakDuration.TotalSeconds * Math.Pow(2, _breaks++), options.MaxBreakDuration.TotalSeconds);
    }
}
