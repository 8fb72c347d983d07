namespace Headroom.Runs;

/// <summary>
/// The state of one budget. A rate is kept as the generic cell rate algorithm (ITU-T I.371): one number, the time at which
/// the bucket will be full again; exact in integer ticks, with the interval rounded up so that the rate is never exceeded.
/// </summary>
internal sealed class Limit
{
    private readonly int _capacity;
    private readonly long _ticksPerUnit;
    private readonly long _burstTicks;
    private int _inUse;
    private long _reserved;
    private long _fullAt;

    public Limit(LimitSpec spec)
    {
        if (spec.RatePerSecond is { } rate)
        {
            _ticksPerUnit = Math.Max(1, (long)Math.Ceiling(TimeSpan.TicksPerSecond / rate));
            _burstTicks = _ticksPerUnit * spec.Burst;
        }
        else
        {
            _capacity = spec.Concurrency!.Value;
        }
    }

    public bool IsRate => _ticksPerUnit > 0;

    public bool Has(int units, long now) =>
        IsRate ? AvailableAt(units, now) <= now : _inUse + units <= _capacity;

    /// <summary>For a rate: when so many units will be there, if nothing more is spent until then.</summary>
    public long AvailableAt(int units, long now)
    {
        long full = _reserved > 0 ? Math.Max(_fullAt, now) : _fullAt;
        return full + (_reserved + units) * _ticksPerUnit - _burstTicks;
    }

    /// <summary>
    /// Sets units aside. Those of a rate are spent only when the call is made: between the two lies the time in which the
    /// intent becomes durable, and calls that pile up behind a slow disk must not leave it as one burst.
    /// </summary>
    public void Reserve(int units)
    {
        if (IsRate) _reserved += units;
        else _inUse += units;
    }

    /// <summary>The call for which units of a rate were set aside is made.</summary>
    public void Spend(int units, long now)
    {
        if (!IsRate) return;
        _reserved -= units;
        _fullAt = Math.Max(_fullAt, now) + units * _ticksPerUnit;
    }

    /// <summary>Gives units back; a rate has nothing to give back.</summary>
    public void Release(int units)
    {
        if (!IsRate) _inUse -= units;
    }

    /// <summary>
    /// For a rate: empties the bucket, and lets it refill from a time on. After a restart nobody knows exactly what was
    /// taken just before; when the other side throttles, it says so itself.
    /// </summary>
    public void EmptyUntil(long time)
    {
        if (IsRate) _fullAt = Math.Max(_fullAt, time + _burstTicks);
    }
}
