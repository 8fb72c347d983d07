using System.Net;
using Headroom.Configuration.Diagnostics;
using Headroom.Server.Problems;
using Microsoft.AspNetCore.Http;

namespace Headroom.Server.Hosting;

/// <summary>
/// Without API keys, what keeps a web page in the owner's browser from reading or writing metrics on 127.0.0.1 is
/// this: a request over TCP must name a loopback host (a rebound DNS name does not), and one that a page of another
/// origin sent is refused. The data directory's socket needs neither: its file mode decides.
/// </summary>
internal sealed class LoopbackGuard(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (ConnectionKind.IsDataSocket(context)) return next(context);
        var host = context.Request.Host;
        if (host.HasValue && !IsLoopback(host.Host))
            return ProblemMiddleware.WriteAsync(context, [new Problem("host-not-loopback",
                $"This server answers to loopback names only, not to '{host.Host}'.", "Host", "Use http://127.0.0.1 or http://localhost.")], StatusCodes.Status421MisdirectedRequest);
        string? origin = context.Request.Headers.Origin;
        if (!string.IsNullOrEmpty(origin) && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && IsLoopback(from.Host)))
            return ProblemMiddleware.WriteAsync(context, [new Problem("foreign-origin",
                $"A page of {origin} may not use this server.", "Origin")], StatusCodes.Status403Forbidden);
        return next(context);
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}

/// <summary>Which door a request came through.</summary>
internal static class ConnectionKind
{
    /// <summary>Whether the request came over the data directory's socket, and so from its owner.</summary>
    public static bool IsDataSocket(HttpContext context) => context.Features.Get<DataSocketFeature>() is not null;

    internal sealed class DataSocketFeature;
}
