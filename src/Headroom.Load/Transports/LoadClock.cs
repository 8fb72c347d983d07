using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Headroom.Load.Transports;

/// <summary>Nanoseconds since the run's start, from one monotonic clock for all workers.</summary>
internal sealed class LoadClock
{
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly bool _isNanoseconds;
    private readonly bool _isSystem;
    private readonly double _factor;

    public LoadClock(TimeProvider time)
    {
        _time = time;
        _origin = time.GetTimestamp();
        _isSystem = ReferenceEquals(time, TimeProvider.System);
        _isNanoseconds = time.TimestampFrequency == 1_000_000_000;
        _factor = 1e9 / time.TimestampFrequency;
    }

    /// <summary>Now.</summary>
    public long Now
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            // Asked once per request: the virtual call is worth avoiding.
            long ticks = (_isSystem ? Stopwatch.GetTimestamp() : _time.GetTimestamp()) - _origin;
            return _isNanoseconds ? ticks : (long)(ticks * _factor);
        }
    }

    public const long Second = 1_000_000_000;

    public const long Millisecond = 1_000_000;

    public static long Nanoseconds(TimeSpan time) => time.Ticks * 100;
}
