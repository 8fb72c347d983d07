using Polly.CircuitBreaker;

namespace Headroom.Resilience.CircuitBreaking;

/// <summary>
/// The rules of a circuit, without clock, lock or task: every method takes the time as a timestamp. The same calls in the
/// same order give the same states. Not thread-safe; <see cref="AdaptiveCircuitBreaker"/> is the one to use in a program.
/// </summary>
/// <remarks>
/// Closed: calls pass; failures in a row (as many as the traffic allows), the failure ratio or the slow-call ratio open
/// it. Open: calls are refused until the break is over; then the next call is a probe and the circuit is half open.
/// Half open: at most <see cref="AdaptiveCircuitBreakerOptions.MaxProbes"/> calls pass at once; enough successes in a
/// row close it, one failed, slow or lost probe opens it for twice as long. Isolated: refuses until somebody closes it.
/// </remarks>
public sealed class CircuitStateMachine
{
    private const int All = 0, Failed = 1, Slow = 2;
    private const int Arrived = 0, Succeeded = 1, Ended = 2;

    private readonly AdaptiveCircuitBreakerOptions _options;
    private readonly Func<double> _random;
    private readonly long _ticksPerSecond;
    private readonly long _slowTicks;
    private readonly long _probeTicks;
    private readonly SlidingCounts _outcomes;
    private readonly SlidingCounts _traffic;
    private int _consecutiveFailures;
    private int _breaksInARow;
    private long _openUntil;
    private int _probes;
    private int _probeSuccesses;
    private long _lastProbeAt;

    /// <summary>Creates a closed circuit.</summary>
    /// <param name="options">The rules.</param>
    /// <param name="ticksPerSecond">Frequency of the timestamps.</param>
    /// <param name="random">Draws from [0, 1) for the break's jitter; null for none.</param>
    /// <exception cref="ArgumentException">The options are not valid; the message says everything that is wrong.</exception>
    public CircuitStateMachine(AdaptiveCircuitBreakerOptions options, long ticksPerSecond, Func<double>? random = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ticksPerSecond);
        IReadOnlyList<string> errors = options.Errors();
        if (errors.Count > 0) throw new ArgumentException(string.Join(" ", errors), nameof(options));
        _options = options;
        _random = random ?? (static () => 0);
        _ticksPerSecond = ticksPerSecond;
        _slowTicks = ToTicks(options.SlowCallDuration);
        _probeTicks = ToTicks(options.ProbeTimeout);
        _outcomes = new SlidingCounts(ToTicks(options.Window));
        _traffic = new SlidingCounts(ToTicks(options.Window));
    }

    /// <summary>The state.</summary>
    public CircuitState State { get; private set; }

    /// <summary>How often the state has changed.</summary>
    public long Generation { get; private set; }

    /// <summary>Asks to make a call now.</summary>
    /// <param name="now">The current timestamp.</param>
    /// <param name="ticket">To be handed back with the outcome, when the call may be made.</param>
    /// <param name="transition">The change of state the question caused, if any.</param>
    /// <returns>Whether the call may be made.</returns>
    public bool TryEnter(long now, out CircuitTicket ticket, out CircuitTransition? transition)
    {
        transition = null;
        ticket = new CircuitTicket(Generation, now);
        if (State == CircuitState.Closed) return true;

        if (State == CircuitState.Open && now >= _openUntil) transition = Change(CircuitState.HalfOpen, CircuitReason.BreakOver);

        if (State == CircuitState.HalfOpen)
        {
            // No more probes than are still needed to close.
            if (_probes < Math.Min(_options.MaxProbes, _options.SuccessThreshold - _probeSuccesses))
            {
                _probes++;
                _lastProbeAt = now;
                ticket = new CircuitTicket(Generation, now);
                return true;
            }

            if (now - _lastProbeAt >= _probeTicks) transition = Open(CircuitReason.ProbeTimedOut, now);
        }

        Count(Arrived, now);
        return false;
    }

    /// <summary>Tells the outcome of a call that was let through. A ticket counts once; tell each outcome once.</summary>
    /// <param name="ticket">What <see cref="TryEnter"/> gave.</param>
    /// <param name="outcome">What came of the call.</param>
    /// <param name="now">The timestamp of its end.</param>
    /// <returns>The change of state the outcome caused, if any.</returns>
    public CircuitTransition? Record(CircuitTicket ticket, CallOutcome outcome, long now)
    {
        Count(Arrived, now);
        if (outcome != CallOutcome.Ignored)
        {
            _traffic.Add(Ended);
            if (outcome == CallOutcome.Success) _traffic.Add(Succeeded);
        }

        if (ticket.Generation != Generation) return null;
        bool slow = now - ticket.EnteredAt >= _slowTicks;
        return State switch
        {
            CircuitState.Closed => RecordClosed(outcome, slow, now),
            CircuitState.HalfOpen => RecordProbe(outcome, slow, now),
            _ => null,
        };
    }

    /// <summary>Refuses all calls until <see cref="Close"/>. Null when it already does.</summary>
    public CircuitTransition? Isolate() =>
        State == CircuitState.Isolated ? null : Change(CircuitState.Isolated, CircuitReason.Manual);

    /// <summary>Closes the circuit whatever its state, and forgets past failures. Null when it was closed.</summary>
    public CircuitTransition? Close()
    {
        _outcomes.Clear();
        _consecutiveFailures = 0;
        _breaksInARow = 0;
        return State == CircuitState.Closed ? null : Change(CircuitState.Closed, CircuitReason.Manual);
    }

    /// <summary>Time until the next call is let through as a probe; zero unless the circuit is open.</summary>
    public TimeSpan RetryAfter(long now) =>
        State == CircuitState.Open && _openUntil > now
            ? TimeSpan.FromSeconds((double)(_openUntil - now) / _ticksPerSecond)
            : TimeSpan.Zero;

    /// <summary>The circuit as it stands.</summary>
    public CircuitSnapshot Snapshot(long now)
    {
        _traffic.Advance(now);
        _outcomes.Advance(now);
        double rate = CallsPerSecond(now);
        int calls = _outcomes[All];
        return new CircuitSnapshot
        {
            State = State,
            CallsPerSecond = rate,
            FailuresToOpen = _options.FailuresToOpen(rate),
            ConsecutiveFailures = _consecutiveFailures,
            Calls = calls,
            FailureRatio = calls == 0 ? 0 : (double)_outcomes[Failed] / calls,
            SlowCallRatio = calls == 0 ? 0 : (double)_outcomes[Slow] / calls,
            EndedCalls = _traffic[Ended],
            SucceededCalls = _traffic[Succeeded],
            RetryAfter = RetryAfter(now),
        };
    }

    private CircuitTransition? RecordClosed(CallOutcome outcome, bool slow, long now)
    {
        if (outcome == CallOutcome.Ignored) return null;

        // 1. The call enters the window.
        _outcomes.Advance(now);
        _outcomes.Add(All);
        if (slow) _outcomes.Add(Slow);

        // 2. Failures in a row, against what the present traffic allows.
        if (outcome == CallOutcome.Failure)
        {
            _outcomes.Add(Failed);
            _consecutiveFailures++;
            if (_consecutiveFailures >= _options.FailuresToOpen(CallsPerSecond(now)))
                return Open(CircuitReason.ConsecutiveFailures, now);
        }
        else
        {
            _consecutiveFailures = 0;
        }

        // 3. Ratios, once there are enough calls to speak of one.
        int calls = _outcomes[All];
        if (calls < _options.MinimumCalls) return null;
        if (_outcomes[Failed] >= _options.FailureRatio * calls) return Open(CircuitReason.FailureRatio, now);
        if (_outcomes[Slow] >= _options.SlowCallRatio * calls) return Open(CircuitReason.SlowCalls, now);
        return null;
    }

    private CircuitTransition? RecordProbe(CallOutcome outcome, bool slow, long now)
    {
        if (_probes > 0) _probes--;
        if (outcome == CallOutcome.Ignored) return null;
        if (outcome == CallOutcome.Failure || slow) return Open(CircuitReason.ProbeFailed, now);
        if (++_probeSuccesses < _options.SuccessThreshold) return null;
        _outcomes.Clear();
        _consecutiveFailures = 0;
        _breaksInARow = 0;
        return Change(CircuitState.Closed, CircuitReason.Recovered);
    }

    private CircuitTransition Open(CircuitReason reason, long now)
    {
        double ticks = Math.Min(_options.BreakDuration.Ticks * Math.Pow(2, _breaksInARow), _options.MaxBreakDuration.Ticks);
        var duration = TimeSpan.FromTicks((long)(ticks * (1 - (_options.BreakJitter * _random()))));
        _breaksInARow++;
        _openUntil = now + ToTicks(duration);
        return Change(CircuitState.Open, reason) with { Break = duration };
    }

    private CircuitTransition Change(CircuitState to, CircuitReason reason)
    {
        CircuitState from = State;
        State = to;
        Generation++;
        _probes = 0;
        _probeSuccesses = 0;
        return new CircuitTransition(from, to, reason, TimeSpan.Zero, Generation);
    }

    private void Count(int lane, long now)
    {
        _traffic.Advance(now);
        _traffic.Add(lane);
    }

    // Over at least a second, so that the first calls of a quiet service do not look like a rush.
    private double CallsPerSecond(long now) =>
        _traffic[Arrived] / (Math.Max(_traffic.Span(now), _ticksPerSecond) / (double)_ticksPerSecond);

    private long ToTicks(TimeSpan time)
    {
        Int128 ticks = (Int128)time.Ticks * _ticksPerSecond / TimeSpan.TicksPerSecond;
        return ticks > long.MaxValue / 4 ? long.MaxValue / 4 : (long)ticks;
    }
}
