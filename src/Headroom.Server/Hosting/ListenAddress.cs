using System.Net;
using System.Net.Sockets;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Server.Hosting;

/// <summary>Which TCP address a host name stands for, and whether the server may listen there.</summary>
internal static class ListenAddress
{
    /// <summary>The addresses to listen on for a host: both loopbacks for <c>localhost</c>, else one.</summary>
    /// <exception cref="ProblemException">The host is no address.</exception>
    public static IReadOnlyList<IPAddress> Resolve(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return Socket.OSSupportsIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];
        string literal = host is ['[', .. var inner, ']'] ? inner : host;
        if (!IPAddress.TryParse(literal, out var address))
            throw new ProblemException(new Problem("listen-host-invalid", $"'{host}' is not an address the server can listen on.",
                "--host", "Give an address of this machine: 127.0.0.1, ::1 or localhost; 0.0.0.0 or :: for all of them."));
        return [address];
    }

    /// <summary>Whether any of the addresses can be reached from another machine.</summary>
    public static bool GoBeyondLoopback(IReadOnlyList<IPAddress> addresses) => addresses.Any(a => !IPAddress.IsLoopback(a));

    /// <summary>What to say to a server that would listen beyond loopback without a key.</summary>
    public static Problem OpenToTheNetwork(string host) => new("listen-beyond-loopback",
        $"The server does not listen on {host} while there is no API key: anyone who reaches that address could read and write every metric.",
        "--host", "Make a key first: headroom key create NAME --scope ingest,read. Or listen on 127.0.0.1.");

    /// <summary>What to say when a port cannot be bound.</summary>
    public static Problem Unavailable(IPAddress address, int port, Exception error) => Innermost(error) switch
    {
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } or Microsoft.AspNetCore.Connections.AddressInUseException =>
            new("port-in-use", $"Port {port} on {address} is already in use by another program.", $"--port {port}",
                "Stop that program, or choose another port: --port 0 takes a free one.") { Kind = ProblemKind.Failed },
        SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            new("port-forbidden", $"This user may not listen on port {port}.", $"--port {port}", "Choose a port above 1023.") { Kind = ProblemKind.Failed },
        var inner => new("listen-failed", $"Cannot listen on {address}:{port}: {inner.Message}", $"--port {port}") { Kind = ProblemKind.Failed },
    };

    private static Exception Innermost(Exception error)
    {
        while (error.InnerException is { } inner) error = inner;
        return error;
    }
}
