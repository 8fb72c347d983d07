using Polly.CircuitBreaker;
using Polly.Retry;

namespace Headroom.Resilience.CircuitBreaking;

/// <summary>
/// A circuit breaker whose thresholds follow traffic: three failures in a row open it at night, ten at noon. One object
/// per dependency, shared by every pipeline that calls it. Thread-safe; while closed, entering takes no lock and neither
/// entering nor recording allocates.
/// </summary>
public sealed class AdaptiveCircuitBreaker
{
    private readonly Lock _lock = new();
    private readonly CircuitStateMachine _machine;
    private readonly CircuitBreakerMetrics _metrics;
    private readonly TimeProvider _time;

    // Generation and state in one word (state in the low two bits), so that a closed circuit is recognised by one read.
    private long _word;

    /// <summary>Creates a closed circuit.</summary>
    /// <param name="name">The dependency; the tag <c>circuit</c> of its metrics.</param>
    /// <param name="options">The rules; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="randomizer">Draws from [0, 1) for the break's jitter; null for Polly's own thread-safe generator.</param>
    /// <exception cref="ArgumentException">The options are not valid; the message says everything that is wrong.</exception>
    public AdaptiveCircuitBreaker(string name, AdaptiveCircuitBreakerOptions? options = null, TimeProvider? time = null, Func<double>? randomizer = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        Options = options ?? new AdaptiveCircuitBreakerOptions();
        _time = time ?? TimeProvider.System;
        _machine = new CircuitStateMachine(Options, _time.TimestampFrequency, randomizer ?? new RetryStrategyOptions().Randomizer);
        _metrics = new CircuitBreakerMetrics(this);
    }

    /// <summary>
    /// Raised after each change of state, on the thread whose call caused it and outside any lock. Handlers must be quick
    /// and must not throw: the call waits for them.
    /// </summary>
    public event EventHandler<CircuitTransition>? StateChanged;

    /// <summary>The dependency.</summary>
    public string Name { get; }

    /// <summary>The rules.</summary>
    public AdaptiveCircuitBreakerOptions Options { get; }

    /// <summary>The state. An open circuit stays open until a call comes after its break.</summary>
    public CircuitState State => (CircuitState)(Volatile.Read(ref _word) & 3);

    /// <summary>Asks to make a call. Whoever gets a ticket must <see cref="Record(CircuitTicket, CallOutcome)"/> the outcome, once.</summary>
    public bool TryEnter(out CircuitTicket ticket) => TryEnter(out ticket, out _);

    /// <summary>Tells the outcome of a call that was let through.</summary>
    public void Record(CircuitTicket ticket, CallOutcome outcome) => Record(ticket, outcome, out _);

    /// <summary>Refuses all calls until <see cref="Close"/>: for a dependency that is known to be away.</summary>
    public void Isolate() => Set(isolate: true);

    /// <summary>Closes the circuit whatever its state, and forgets past failures.</summary>
    public void Close() => Set(isolate: false);

    /// <summary>The circuit as it stands.</summary>
    public CircuitSnapshot Snapshot()
    {
        long now = _time.GetTimestamp();
        lock (_lock) return _machine.Snapshot(now);
    }

    internal bool TryEnter(out CircuitTicket ticket, out CircuitTransition? transition)
    {
        long now = _time.GetTimestamp();
        long word = Volatile.Read(ref _word);
        if ((word & 3) == (long)CircuitState.Closed)
        {
            ticket = new CircuitTicket(word >> 2, now);
            transition = null;
            return true;
        }

        bool entered;
        lock (_lock)
        {
            entered = _machine.TryEnter(now, out ticket, out transition);
            Publish();
        }

        if (transition is not null) Tell(transition.Value);
        if (!entered) _metrics.Refused();
        return entered;
    }

    internal void Record(CircuitTicket ticket, CallOutcome outcome, out CircuitTransition? transition)
    {
        long now = _time.GetTimestamp();
        lock (_lock)
        {
            transition = _machine.Record(ticket, outcome, now);
            if (transition is not null) Publish();
        }

        if (transition is not null) Tell(transition.Value);
        _metrics.Ended(outcome);
    }

    private void Set(bool isolate)
    {
        CircuitTransition? transition;
        lock (_lock)
        {
            transition = isolate ? _machine.Isolate() : _machine.Close();
            Publish();
        }

        if (transition is not null) Tell(transition.Value);
    }

    private void Publish() => Volatile.Write(ref _word, (_machine.Generation << 2) | (long)_machine.State);

    private void Tell(CircuitTransition transition)
    {
        _metrics.Changed(transition);
        StateChanged?.Invoke(this, transition);
    }
}
