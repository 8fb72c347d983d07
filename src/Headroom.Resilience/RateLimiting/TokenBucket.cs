namespace Headroom.Resilience.RateLimiting;

/// <summary>
/// The arithmetic of one bound, without clock, lock or timer: every method takes the time as a timestamp. Refill is
/// lazy and exact. A permit is counted in whole units chosen so that one timestamp tick refills a whole number of
/// them, so nothing is rounded and nothing drifts, whatever the rate and the clock's frequency. Not thread-safe.
/// </summary>
public sealed class TokenBucket
{
    private readonly long _ticksPerSecond;
    private long _burst;
    private ulong _unitsPerTick;
    private ulong _unitsPerPermit;
    private long _whole;
    private ulong _part;
    private long _last;
    private long _fullSince;

    /// <summary>Creates the bucket at a time, full unless <paramref name="initialPermits"/> says less.</summary>
    /// <param name="bound">Burst and sustained rate.</param>
    /// <param name="ticksPerSecond">Frequency of the timestamps, for example <see cref="TimeProvider.TimestampFrequency"/>, or 1000 for milliseconds.</param>
    /// <param name="now">The current timestamp.</param>
    /// <param name="initialPermits">Permits at the start, cut to the burst; null for a full bucket.</param>
    /// <exception cref="ArgumentException">The bound is not valid, or its period and this clock have no common unit within 63 bits.</exception>
    public TokenBucket(RateBound bound, long ticksPerSecond, long now, int? initialPermits = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ticksPerSecond);
        _ticksPerSecond = ticksPerSecond;
        Bound = bound;
        SetUnits(bound);
        _last = _fullSince = now;
        _whole = Math.Min(initialPermits ?? bound.Burst, bound.Burst);
    }

    /// <summary>The bound this bucket holds to.</summary>
    public RateBound Bound { get; private set; }

    /// <summary>Ticks in which an empty bucket becomes full, rounded up.</summary>
    public long TicksToFill => CeilingTicks((UInt128)(ulong)_burst * _unitsPerPermit);

    /// <summary>Whole permits available. Time that runs backwards refills nothing and loses nothing.</summary>
    public long Available(long now)
    {
        Refill(now);
        return _whole;
    }

    /// <summary>Takes permits if all of them are available now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public bool TryTake(int permits, long now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(permits);
        Refill(now);
        if (_whole < permits) return false;
        _whole -= permits;
        return true;
    }

    /// <summary>
    /// Ticks from <paramref name="now"/> until so many permits are available, if nobody takes any; 0 when they are. The
    /// number may exceed the burst (then it is the time in which the bucket hands out that many).
    /// </summary>
    public long TicksUntil(long permits, long now)
    {
        Refill(now);
        if (_whole >= permits) return 0;
        UInt128 missing = ((UInt128)(ulong)(permits - _whole) * _unitsPerPermit) - _part;
        long ticks = CeilingTicks(missing);
        // A clock that stepped back has _last ahead of now; the refill it waits for counts from _last.
        long behind = _last - now;
        return ticks > long.MaxValue - behind ? long.MaxValue : ticks + behind;
    }

    /// <summary>Changes the bound at run time. Permits already saved stay, cut to the new burst.</summary>
    /// <exception cref="ArgumentException">The bound is not valid.</exception>
    public void Change(RateBound bound, long now)
    {
        Refill(now);
        ulong before = _unitsPerPermit;
        SetUnits(bound);
        Bound = bound;
        _part = (ulong)((UInt128)_part * _unitsPerPermit / before);
        if (_whole < _burst) return;
        _whole = _burst;
        _part = 0;
        _fullSince = now;
    }

    /// <summary>Since when the bucket is full, or null when it is not.</summary>
    internal long? FullSince(long now)
    {
        Refill(now);
        return _whole == _burst ? _fullSince : null;
    }

    internal void Take(int permits) => _whole -= permits;

    private void Refill(long now)
    {
        long elapsed = now - _last;
        if (elapsed <= 0) return;
        long before = _last;
        _last = now;
        if (_whole >= _burst) return;

        ulong high = Math.BigMul((ulong)elapsed, _unitsPerTick, out ulong units);
        if (high == 0 && units <= ulong.MaxValue - _part)
        {
            (ulong permits, ulong rest) = Math.DivRem(units + _part, _unitsPerPermit);
            if (permits < (ulong)(_burst - _whole))
            {
                _whole += (long)permits;
                _part = rest;
                return;
            }
        }
        else
        {
            // Only after a silence of years, or with units of a very odd clock, does the product leave 64 bits.
            UInt128 all = new UInt128(high, units) + _part;
            UInt128 permits = all / _unitsPerPermit;
            if (permits < (ulong)(_burst - _whole))
            {
                _whole += (long)permits;
                _part = (ulong)(all % _unitsPerPermit);
                return;
            }
        }

        _fullSince = before + CeilingTicks(((UInt128)(ulong)(_burst - _whole) * _unitsPerPermit) - _part);
        _whole = _burst;
        _part = 0;
    }

    private void SetUnits(RateBound bound)
    {
        string? error = bound.Errors().FirstOrDefault();
        if (error is not null) throw new ArgumentException(error, nameof(bound));

        // Permits per tick = Permits · 10^7 / (Per in 100 ns · frequency), as a fraction in lowest terms.
        UInt128 gain = (UInt128)bound.Permits * TimeSpan.TicksPerSecond;
        UInt128 cost = (UInt128)bound.Per.Ticks * (ulong)_ticksPerSecond;
        UInt128 divisor = GreatestCommonDivisor(gain, cost);
        gain /= divisor;
        cost /= divisor;
        if (gain > long.MaxValue || cost > long.MaxValue)
        {
            throw new ArgumentException($"The bound '{bound}' and a clock of {_ticksPerSecond} Hz have no common unit; choose a rounder period.", nameof(bound));
        }

        _burst = bound.Burst;
        _unitsPerTick = (ulong)gain;
        _unitsPerPermit = (ulong)cost;
    }

    private long CeilingTicks(UInt128 units)
    {
        UInt128 ticks = (units + _unitsPerTick - 1) / _unitsPerTick;
        return ticks > long.MaxValue ? long.MaxValue : (long)ticks;
    }

    private static UInt128 GreatestCommonDivisor(UInt128 a, UInt128 b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }
}
