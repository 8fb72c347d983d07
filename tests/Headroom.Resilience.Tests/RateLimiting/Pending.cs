using System.Threading.RateLimiting;

namespace Headroom.Resilience.Tests.RateLimiting;

/// <summary>An acquisition under way, looked at without waiting: virtual time moves on the test's own thread.</summary>
internal sealed class Pending(ValueTask<RateLimitLease> acquisition)
{
    // A pooled acquisition may be asked for its result only once.
    private RateLimitLease? _lease;

    public bool Done => _lease is not null || acquisition.IsCompleted;

    /// <summary>Answered, not cancelled.</summary>
    public bool Completed => acquisition.IsCompletedSuccessfully || _lease is not null;

    public bool Granted => Completed && Lease.IsAcquired;

    public bool Refused => Completed && !Lease.IsAcquired;

    /// <summary>The lease, or the exception the caller would see. Only when done.</summary>
    public RateLimitLease Lease
    {
        get
        {
            if (_lease is not null) return _lease;
            Assert.True(acquisition.IsCompleted, "The acquisition still waits.");
            return _lease = acquisition.GetAwaiter().GetResult();
        }
    }
}
