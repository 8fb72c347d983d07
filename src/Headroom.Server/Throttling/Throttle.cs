using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Headroom.Configuration.Diagnostics;
using Headroom.Resilience.RateLimiting;
using Headroom.Server.Hosting;
using Headroom.Server.Keys;
using Headroom.Server.Logging;
using Headroom.Server.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Throttling;

/// <summary>
/// How fast one client may ask: a token bucket per API key, or per address without one, in the framework's rate limiter.
/// It stands before everything that reads a body or touches the store, so what is refused was never taken in, and what
/// was acknowledged is never touched. Liveness and the data directory's socket are exempt.
/// </summary>
internal static class Throttle
{
    // Addresses share this many buckets: whoever comes from many addresses can spend no memory, only share an allowance.
    internal const int AddressBuckets = 4_096;

    public static RateLimiterOptions Options(ThrottleSettings settings, TimeProvider time, ILogger log)
    {
        var bounds = new RateBudgetOptions { Bounds = [RateBound.PerSecond(settings.Burst, settings.Rate)], QueueLimit = 0 };
        return new RateLimiterOptions
        {
            RejectionStatusCode = StatusCodes.Status429TooManyRequests,
            GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, Client>(context =>
                ConnectionKind.IsDataSocket(context) || IsLiveness(context.Request.Path)
                    ? RateLimitPartition.GetNoLimiter(default(Client))
                    : RateLimitPartition.Get(Of(context), _ => new RateBudget("http", bounds, time))),
            OnRejected = async (rejected, _) =>
            {
                var context = rejected.HttpContext;
                var client = Of(context);
                Log.Throttled(log, context.Request.Method, context.Request.Path, client.KeyId is { } id ? $"key {id}" : $"{context.Connection.RemoteIpAddress}");
                await ProblemMiddleware.WriteAsync(context, [new Problem("throttled",
                    $"This client asks faster than {settings.Rate} requests per second with bursts of {settings.Burst}.", null,
                    "Try again after the time in Retry-After, and send several samples in one request.") { Kind = ProblemKind.Unavailable }],
                    StatusCodes.Status429TooManyRequests, RetryAfter(rejected.Lease));
            },
        };
    }

    /// <summary>The seconds after which a refused request would be served, at least 1.</summary>
    internal static string RetryAfter(RateLimitLease lease) =>
        Math.Max(1, lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? (long)Math.Ceiling(after.TotalSeconds) : 1).ToString(CultureInfo.InvariantCulture);

    private static bool IsLiveness(PathString path) => path == "/health" || path == "/ready";

    private static Client Of(HttpContext context) =>
        context.Features.Get<Caller>()?.KeyId is { } key ? new Client(key, 0) : new Client(null, Bucket(context.Connection.RemoteIpAddress));

    /// <summary>The bucket of an address. A host of IPv6 commands a whole /64, so only that counts.</summary>
    internal static int Bucket(IPAddress? address)
    {
        if (address is null) return 0;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int written);
        if (address.AddressFamily == AddressFamily.InterNetworkV6) written = 8;
        var hash = new HashCode();
        hash.AddBytes(bytes[..written]);
        return (int)((uint)hash.ToHashCode() % AddressBuckets);
    }

    private readonly record struct Client(string? KeyId, int Bucket);
}
