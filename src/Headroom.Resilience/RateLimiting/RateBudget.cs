using System.Threading.RateLimiting;

namespace Headroom.Resilience.RateLimiting;

/// <summary>
/// A budget of calls: a rate limiter with one or more token buckets that hold together, first come first served.
/// It is a <see cref="RateLimiter"/>, so it also serves ASP.NET's rate limiting and anything that chains limiters.
/// Leases give nothing back: a permit is spent when it is granted. Thread-safe.
/// </summary>
/// <remarks>
/// Refill is computed from the clock whenever somebody asks; a timer runs only while callers wait. A caller that comes
/// later never overtakes one that waits, so nobody starves; a large request at the head holds up small ones behind it.
/// </remarks>
public sealed partial class RateBudget : RateLimiter
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _frequency;
    private readonly RateBudgetMetrics _metrics;
    private TokenBucket[] _buckets;
    private RateBudgetOptions _options;
    private long _granted;
    private long _refused;
    private bool _disposed;

    /// <summary>Creates a budget.</summary>
    /// <param name="name">What it is a budget of, for example <c>ecs/service-modify</c>; the tag <c>budget</c> of its metrics.</param>
    /// <param name="options">Bounds and queue.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">The options are not valid; the message says everything that is wrong.</exception>
    public RateBudget(string name, RateBudgetOptions options, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Validate(options);
        Name = name;
        _time = time ?? TimeProvider.System;
        _frequency = _time.TimestampFrequency;
        _options = options;
        long now = _time.GetTimestamp();
        _buckets = [.. options.Bounds.Select(bound => new TokenBucket(bound, _frequency, now, options.InitialPermits))];
        _metrics = new RateBudgetMetrics(this);
    }

    /// <summary>What it is a budget of.</summary>
    public string Name { get; }

    /// <summary>The options now in force.</summary>
    public RateBudgetOptions Options
    {
        get { lock (_lock) return _options; }
    }

    /// <summary>How long every bucket has been full with nobody waiting; null while the budget is in use.</summary>
    public override TimeSpan? IdleDuration
    {
        get
        {
            long now = _time.GetTimestamp();
            lock (_lock)
            {
                if (_queuedPermits > 0 || _head is not null) return null;
                long since = long.MinValue;
                foreach (TokenBucket bucket in _buckets)
                {
                    if (bucket.FullSince(now) is not { } full) return null;
                    since = Math.Max(since, full);
                }

                return _time.GetElapsedTime(since, Math.Max(now, since));
            }
        }
    }

    /// <inheritdoc/>
    public override RateLimiterStatistics GetStatistics()
    {
        long now = _time.GetTimestamp();
        lock (_lock)
        {
            return new RateLimiterStatistics
            {
                CurrentAvailablePermits = Available(now),
                CurrentQueuedCount = _queuedPermits,
                TotalSuccessfulLeases = _granted,
                TotalFailedLeases = _refused,
            };
        }
    }

    /// <summary>
    /// Puts new options in force for calls from now on. Saved permits stay, cut to the new bursts; bounds are matched by
    /// position, an added one starts full. Callers that wait keep their place; one that asks for more than the new
    /// bursts allow is refused, for it could never be served.
    /// </summary>
    /// <exception cref="ArgumentException">The options are not valid; nothing changed.</exception>
    public void Change(RateBudgetOptions options)
    {
        Validate(options);
        Waiter? done;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            long now = _time.GetTimestamp();
            var buckets = new TokenBucket[options.Bounds.Count];
            for (int i = 0; i < buckets.Length; i++)
            {
                if (i >= _buckets.Length)
                {
                    buckets[i] = new TokenBucket(options.Bounds[i], _frequency, now, options.InitialPermits);
                    continue;
                }

                buckets[i] = _buckets[i];
                buckets[i].Change(options.Bounds[i], now);
            }

            _buckets = buckets;
            _options = options;
            RefuseImpossible(now);
            DrainQueue(now);
            done = TakeCompleted();
            WakeAgain(now);
        }

        Complete(done);
    }

    /// <inheritdoc/>
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        // The lease waits for nothing, so the clock is read before the lock: a later reader may enter first, and
        // buckets take time that steps back.
        long now = _time.GetTimestamp();
        Waiter? done;
        RateLimitLease lease;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            CheckCount(permitCount);
            DrainQueue(now);
            lease = TryGrant(permitCount, now) ? GrantedLease.Instance : Refuse(permitCount, now, RefusedLease.NoPermits);
            done = TakeCompleted();
        }

        Complete(done);
        if (lease.IsAcquired) _metrics.Granted(permitCount);
        else _metrics.Refused();
        return lease;
    }

    /// <inheritdoc/>
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        long now = _time.GetTimestamp();
        Waiter? done;
        Waiter? waiter = null;
        RateLimitLease? lease = null;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            CheckCount(permitCount);

            // 1. Those who came before are served first.
            DrainQueue(now);

            // 2. Then this call, if its permits are there.
            if (TryGrant(permitCount, now)) lease = GrantedLease.Instance;

            // 3. Else it waits at the end of the queue, if the queue has room.
            else if (_options.QueueLimit - _queuedPermits < permitCount || (_options.QueueLimit == 0 && permitCount == 0))
                lease = Refuse(permitCount, now, RefusedLease.QueueFull);
            else waiter = Enqueue(permitCount, now);

            done = TakeCompleted();
        }

        Complete(done);
        if (waiter is not null) return waiter.Start(cancellationToken);
        if (lease!.IsAcquired) _metrics.Granted(permitCount);
        else _metrics.Refused();
        return new ValueTask<RateLimitLease>(lease);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) Close();
        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    protected override ValueTask DisposeAsyncCore()
    {
        Close();
        return base.DisposeAsyncCore();
    }

    private void Close()
    {
        Waiter? done;
        ITimer? timer;
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            timer = _timer;
            _timer = null;
            while (_head is { } waiter) Finish(waiter, Refuse(waiter.Permits, waiter.Since, RefusedLease.Disposed));
            done = TakeCompleted();
        }

        timer?.Dispose();
        _metrics.Dispose();
        Complete(done);
    }

    private static void Validate(RateBudgetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyList<string> errors = options.Errors();
        if (errors.Count > 0) throw new ArgumentException(string.Join(" ", errors), nameof(options));
    }

    private void CheckCount(int permits)
    {
        foreach (TokenBucket bucket in _buckets)
        {
            if (permits > bucket.Bound.Burst)
            {
                throw new ArgumentOutOfRangeException(nameof(permits), permits,
                    $"The budget '{Name}' never holds more than {bucket.Bound.Burst} permits at once.");
            }
        }
    }

    private bool TryGrant(int permits, long now)
    {
        if (_head is not null || Available(now) < Math.Max(permits, 1)) return false;
        Spend(permits);
        return true;
    }

    private void Spend(int permits)
    {
        foreach (TokenBucket bucket in _buckets) bucket.Take(permits);
        _granted++;
    }

    private long Available(long now)
    {
        long available = long.MaxValue;
        foreach (TokenBucket bucket in _buckets) available = Math.Min(available, bucket.Available(now));
        return available;
    }

    private long TicksUntil(long permits, long now)
    {
        long ticks = 0;
        foreach (TokenBucket bucket in _buckets) ticks = Math.Max(ticks, bucket.TicksUntil(Math.Max(permits, 1), now));
        return ticks;
    }

    private RefusedLease Refuse(int permits, long now, string reason)
    {
        _refused++;
        long ticks = TicksUntil((long)_queuedPermits + permits, now);
        return new RefusedLease(ToTimeSpan(ticks), reason);
    }

    private TimeSpan ToTimeSpan(long ticks)
    {
        UInt128 rounded = (((UInt128)(ulong)ticks * TimeSpan.TicksPerSecond) + (ulong)_frequency - 1) / (ulong)_frequency;
        return rounded > long.MaxValue ? TimeSpan.MaxValue : TimeSpan.FromTicks((long)rounded);
    }
}
