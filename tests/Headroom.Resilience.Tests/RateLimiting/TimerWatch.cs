using Headroom.TestKit;

namespace Headroom.Resilience.Tests.RateLimiting;

/// <summary>A virtual clock that tells when a timer has fired, so that a test sees what it did at its very moment.</summary>
internal sealed class TimerWatch : TimeProvider
{
    private readonly VirtualTimeProvider _time = new();

    public event Action? Fired;

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    public override long GetTimestamp() => _time.GetTimestamp();

    public void Advance(TimeSpan by) => _time.Advance(by);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _time.CreateTimer(
            inner =>
            {
                callback(inner);
                Fired?.Invoke();
            },
            state, dueTime, period);
}
