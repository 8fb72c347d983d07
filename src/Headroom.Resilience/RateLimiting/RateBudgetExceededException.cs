using Polly;

namespace Headroom.Resilience.RateLimiting;

/// <summary>
/// A call was refused because its rate budget had neither a permit nor room to wait. Transient by nature: the same call
/// is served after <see cref="RetryAfter"/> if nobody else comes.
/// </summary>
public sealed class RateBudgetExceededException : ExecutionRejectedException
{
    /// <summary>Creates the exception for a refused call.</summary>
    public RateBudgetExceededException(string message, TimeSpan? retryAfter) : base(message) => RetryAfter = retryAfter;

    /// <summary>When the permits would be there; null when the limiter does not say.</summary>
    public TimeSpan? RetryAfter { get; }
}
