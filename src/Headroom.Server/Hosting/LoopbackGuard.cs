using System.Net;
using Headroom.Configuration.Diagnostics;
using Headroom.Server.Keys;
using Headroom.Server.Problems;
using Microsoft.AspNetCore.Http;

namespace Headroom.Server.Hosting;

/// <summary>
/// Keeps a web page in somebody's browser from using the server. Without API keys a request over TCP must name a
/// loopback host (a rebound DNS name does not). With or without, one that a page of another origin sent is refused,
/// because a browser may add a password it remembers. The data directory's socket needs neither: its file mode decides.
/// </summary>
internal sealed class LoopbackGuard(RequestDelegate next, KeysRequired keys)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (ConnectionKind.IsDataSocket(context)) return next(context);
        // No browser guesses that an answer is a page. At the start of the answer, because an error clears what stood there before.
        context.Response.OnStarting(static response =>
        {
            ((HttpResponse)response).Headers.XContentTypeOptions = "nosniff";
            return Task.CompletedTask;
        }, context.Response);
        var host = context.Request.Host;
        if (!keys.Everywhere && host.HasValue && !IsLoopback(host.Host))
            return ProblemMiddleware.WriteAsync(context, [new Problem("host-not-loopback",
                $"This server answers to loopback names only, not to '{host.Host}'.", "Host",
                "Use http://127.0.0.1 or http://localhost; behind a proxy set server.keys: always.")], StatusCodes.Status421MisdirectedRequest);
        string? origin = context.Request.Headers.Origin;
        if (!string.IsNullOrEmpty(origin) && !IsOwn(origin, host))
            return ProblemMiddleware.WriteAsync(context, [new Problem("foreign-origin",
                $"A page of {origin} may not use this server.", "Origin")], StatusCodes.Status403Forbidden);
        return next(context);
    }

    private bool IsOwn(string origin, HostString host) => Uri.TryCreate(origin, UriKind.Absolute, out var from)
        && (keys.Everywhere ? from.Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase) : IsLoopback(from.Host));

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
