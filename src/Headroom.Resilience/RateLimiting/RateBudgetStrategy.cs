using System.Threading.RateLimiting;
using Polly;
using Polly.Telemetry;

namespace Headroom.Resilience.RateLimiting;

/// <summary>Takes one permit before each call; a refusal is an outcome, not a throw.</summary>
internal sealed class RateBudgetStrategy(RateLimiter limiter, ResilienceStrategyTelemetry telemetry) : ResilienceStrategy
{
    protected override ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        ValueTask<RateLimitLease> acquire = limiter.AcquireAsync(1, context.CancellationToken);
        // Synchronous while permits are there; only a call that really waits pays for a state machine.
        if (!acquire.IsCompletedSuccessfully) return Wait(acquire, callback, context, state);
        RateLimitLease lease = acquire.Result;
        if (lease.IsAcquired && lease is GrantedLease) return callback(context, state);
        return Run(lease, callback, context, state);
    }

    private async ValueTask<Outcome<TResult>> Wait<TResult, TState>(ValueTask<RateLimitLease> acquire,
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        RateLimitLease lease;
        try
        {
            lease = await acquire.ConfigureAwait(context.ContinueOnCapturedContext);
        }
        catch (OperationCanceledException exception)
        {
            return Outcome.FromException<TResult>(exception);
        }

        return await Run(lease, callback, context, state).ConfigureAwait(context.ContinueOnCapturedContext);
    }

    private async ValueTask<Outcome<TResult>> Run<TResult, TState>(RateLimitLease lease,
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        // Other limiters (a concurrency limiter in a chain) want their permit back when the call is over.
        using (lease)
        {
            if (lease.IsAcquired) return await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);
            TimeSpan? after = lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan wait) ? wait : null;
            string reason = lease.TryGetMetadata(MetadataName.ReasonPhrase, out string? phrase) && phrase is not null
                ? phrase : "The rate limiter refused the call.";
            telemetry.Report(new ResilienceEvent(ResilienceEventSeverity.Warning, "OnRateBudgetExceeded"), context, reason);
            return Outcome.FromException<TResult>(new RateBudgetExceededException(reason, after));
        }
    }
}
