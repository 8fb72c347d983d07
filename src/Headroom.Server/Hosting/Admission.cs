using System.Threading.RateLimiting;
using Headroom.Configuration.Diagnostics;
using Headroom.Server.Keys;
using Headroom.Server.Logging;
using Headroom.Server.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Hosting;

/// <summary>
/// How many writes and reads run at once, and how many wait. Beyond that the answer is 429 with Retry-After, at once:
/// a server that is full says so before it has taken anything in.
/// </summary>
internal static class Admission
{
    private const string WritePolicy = "writes";
    private const string ReadPolicy = "reads";

    public static void Add(IServiceCollection services, ServerLimits limits, ILogger log) => services.AddRateLimiter(options =>
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.AddConcurrencyLimiter(WritePolicy, o => Set(o, limits.ConcurrentWrites, limits.QueuedWrites));
        options.AddConcurrencyLimiter(ReadPolicy, o => Set(o, limits.ConcurrentReads, limits.QueuedReads));
        options.OnRejected = async (rejected, _) =>
        {
            var context = rejected.HttpContext;
            Log.Overloaded(log, context.Request.Method, context.Request.Path);
            await ProblemMiddleware.WriteAsync(context, [new Problem("overloaded", "The server has as many requests as it can hold.", null,
                "Try again after the time in Retry-After.") { Kind = ProblemKind.Unavailable }], StatusCodes.Status429TooManyRequests);
        };
    });

    /// <summary>Counts a route among the writes, which need the scope ingest.</summary>
    public static IEndpointConventionBuilder Writes(this IEndpointConventionBuilder route) => route.RequireRateLimiting(WritePolicy).Needs(KeyScopes.Ingest);

    /// <summary>Counts a route among the reads, which need the scope read.</summary>
    public static IEndpointConventionBuilder Reads(this IEndpointConventionBuilder route) => route.RequireRateLimiting(ReadPolicy).Needs(KeyScopes.Read);

    private static void Set(ConcurrencyLimiterOptions options, int permits, int queue) =>
        (options.PermitLimit, options.QueueLimit, options.QueueProcessingOrder) = (permits, queue, QueueProcessingOrder.OldestFirst);
}
