using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using Headroom.Resilience.Failures;
using Headroom.Resilience.RateLimiting;
using Polly;
using Polly.CircuitBreaker;

namespace Headroom.Resilience.Tests.Failures;

public sealed class FailureClassifierTests
{
    public static TheoryData<Exception, FailureKind> Exceptions => new()
    {
        { new TimeoutException(), FailureKind.Transient },
        { new IOException(), FailureKind.Transient },
        { new SocketException((int)SocketError.ConnectionRefused), FailureKind.Transient },
        { new HttpRequestException("no status"), FailureKind.Transient },
        { new HttpRequestException("bad", null, HttpStatusCode.BadRequest), FailureKind.Permanent },
        { new HttpRequestException("busy", null, HttpStatusCode.TooManyRequests), FailureKind.Throttled },
        { new TaskCanceledException("HttpClient.Timeout", new TimeoutException()), FailureKind.Transient },
        { new OperationCanceledException(), FailureKind.None },
        { new ArgumentException("bad"), FailureKind.Permanent },
        { new ObjectDisposedException("client"), FailureKind.Permanent },
        { new InvalidOperationException("unknown to us"), FailureKind.Transient },
        { new DatabaseException(transient: true), FailureKind.Transient },
        { new DatabaseException(transient: false), FailureKind.Permanent },
        { new BrokenCircuitException(TimeSpan.FromSeconds(3)), FailureKind.Throttled },
        { new RateBudgetExceededException("full", TimeSpan.FromSeconds(3)), FailureKind.Throttled },
    };

    [Theory]
    [MemberData(nameof(Exceptions), DisableDiscoveryEnumeration = true)]
    public void An_exception_means_what_its_library_says(Exception exception, FailureKind kind) =>
        Assert.Equal(kind, FailureClassifier.Of(exception).Kind);

    [Theory]
    [InlineData(200, FailureKind.None)]
    [InlineData(304, FailureKind.None)]
    [InlineData(404, FailureKind.Permanent)]
    [InlineData(408, FailureKind.Transient)]
    [InlineData(429, FailureKind.Throttled)]
    [InlineData(500, FailureKind.Transient)]
    [InlineData(501, FailureKind.Permanent)]
    [InlineData(503, FailureKind.Transient)]
    public void A_status_means_what_the_rfc_says(int status, FailureKind kind) =>
        Assert.Equal(kind, FailureClassifier.Of((HttpStatusCode)status).Kind);

    [Fact]
    public void A_refusal_carries_the_time_to_come_back()
    {
        Assert.Equal(TimeSpan.FromSeconds(3), FailureClassifier.Of(new BrokenCircuitException(TimeSpan.FromSeconds(3))).RetryAfter);
        Assert.Equal(TimeSpan.FromSeconds(4), FailureClassifier.Of(new RateBudgetExceededException("full", TimeSpan.FromSeconds(4))).RetryAfter);
    }

    [Fact]
    public void A_retry_date_that_has_passed_means_now()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        var time = new InstantClock();
        response.Headers.RetryAfter = new(time.GetUtcNow().AddMinutes(-1));
        Assert.Equal(TimeSpan.Zero, FailureClassifier.Of(response, time).RetryAfter);
    }

    [Fact]
    public void A_success_with_retry_after_is_a_success()
    {
        using var response = new HttpResponseMessage(HttpStatusCode.Accepted);
        response.Headers.RetryAfter = new(TimeSpan.FromSeconds(5));
        Assert.Equal(FailureVerdict.None, FailureClassifier.For<HttpResponseMessage>()(Outcome.FromResult(response)));
    }

    private sealed class DatabaseException(bool transient) : DbException("database")
    {
        public override bool IsTransient => transient;
    }
}
