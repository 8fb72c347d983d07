using System.Data.Common;
using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.CircuitBreaker;
using Headroom.Resilience.RateLimiting;

namespace Headroom.Resilience.Failures;

/// <summary>
/// The classification of outcomes used unless a strategy is given another: what the framework's own exceptions and HTTP
/// (RFC 9110, RFC 6585) say about trying again. An exception it does not know is transient, as in document 1's retry
/// and in Polly; a call whose effect must not happen twice needs its own rule.
/// </summary>
public static class FailureClassifier
{
    /// <summary>Judges an exception.</summary>
    public static FailureVerdict Of(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception switch
        {
            // HttpClient's own time-out is a cancellation caused by a TimeoutException; any other is the caller's wish.
            OperationCanceledException { InnerException: TimeoutException } => FailureVerdict.Transient,
            OperationCanceledException => FailureVerdict.None,
            RateBudgetExceededException refused => FailureVerdict.Throttled(refused.RetryAfter),
            BrokenCircuitException broken => FailureVerdict.Throttled(broken.RetryAfter),
            HttpRequestException { StatusCode: { } status } => Of(status),
            DbException { IsTransient: false } => FailureVerdict.Permanent,
            ArgumentException or NotSupportedException or NotImplementedException or NullReferenceException
                or InvalidCastException or FormatException or KeyNotFoundException or UnauthorizedAccessException
                or ObjectDisposedException => FailureVerdict.Permanent,
            _ => FailureVerdict.Transient,
        };
    }

    /// <summary>Judges an HTTP status: 408, 500, 502, 503 and 504 pass by themselves, 429 asks for less, other 4xx and 5xx stay.</summary>
    public static FailureVerdict Of(HttpStatusCode status) => (int)status switch
    {
        < 400 => FailureVerdict.None,
        408 or 500 or 502 or 503 or 504 => FailureVerdict.Transient,
        429 => FailureVerdict.Throttled(),
        _ => FailureVerdict.Permanent,
    };

    /// <summary>
    /// Judges an HTTP response by its status and its <c>Retry-After</c>. A date in it is taken against the response's own
    /// <c>Date</c>, so that the two machines' clocks need not agree; without one, against <paramref name="time"/>.
    /// </summary>
    public static FailureVerdict Of(HttpResponseMessage response, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(time);
        FailureVerdict verdict = Of(response.StatusCode);
        if (verdict.Kind is FailureKind.None or FailureKind.Permanent) return verdict;
        if (response.Headers.RetryAfter is not { } header) return verdict;
        return verdict with { RetryAfter = RetryAfter(header, response.Headers.Date ?? time.GetUtcNow()) };
    }

    /// <summary>The default rule for outcomes of a type: exceptions, and HTTP responses by status and header.</summary>
    public static Func<Outcome<TResult>, FailureVerdict> For<TResult>(TimeProvider? time = null)
    {
        TimeProvider clock = time ?? TimeProvider.System;
        return outcome => outcome.Exception is { } exception ? Of(exception)
            : outcome.Result is HttpResponseMessage response ? Of(response, clock)
            : FailureVerdict.None;
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue header, DateTimeOffset now)
    {
        TimeSpan? after = header.Delta ?? (header.Date - now);
        return after < TimeSpan.Zero ? TimeSpan.Zero : after;
    }
}
