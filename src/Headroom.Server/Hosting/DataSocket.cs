using System.Net.Sockets;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Server.Hosting;

/// <summary>
/// The Unix socket of a data directory. Its file mode (0600) is its authentication: who may open the directory's
/// socket is who owns the data.
/// </summary>
public static class DataSocket
{
    /// <summary>The socket's name inside the data directory.</summary>
    public const string FileName = "headroom.sock";

    // sockaddr_un holds 108 bytes on Linux and 104 on macOS, with a terminating zero.
    private const int LongestPath = 100;

    /// <summary>Where the socket of a data directory stands.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(Path.GetFullPath(dataDirectory), FileName);

    /// <summary>Connects to the server that lives in a data directory.</summary>
    /// <returns>The connected socket, or null when no server listens there.</returns>
    public static async Task<Socket?> TryConnectAsync(string dataDirectory, CancellationToken cancel)
    {
        string path = PathIn(dataDirectory);
        if (!File.Exists(path)) return null;
        using var reach = Reach(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(reach.Path), cancel);
            return socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            return error.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable or SocketError.NetworkUnreachable
                || !File.Exists(path)
                ? null
                : throw new ProblemException(new Problem("socket-unreachable", $"Cannot reach the server of this data directory: {error.Message}", path,
                    "Run the command as the user who runs the server.") { Kind = ProblemKind.Unavailable }, error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Binds the socket. The caller holds the data directory's lock, so a socket that is already there was left by a
    /// server that is gone. The mode is set between bind and listen, so nobody connects before it holds.
    /// </summary>
    internal static Socket Bind(string path, Action<string> removedStale)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
            removedStale(path);
        }
        using var reach = Reach(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(reach.Path));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A path to the same place that fits into a socket address: the path itself, or one through a short-lived
    /// symbolic link to its directory.
    /// </summary>
    private static ReachablePath Reach(string path)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(path) <= LongestPath) return new ReachablePath(path, null);
        string link = Path.Combine(Path.GetTempPath(), "headroom-" + Path.GetRandomFileName());
        File.CreateSymbolicLink(link, Path.GetDirectoryName(path)!);
        return new ReachablePath(Path.Combine(link, FileName), link);
    }

    private readonly record struct ReachablePath(string Path, string? Link) : IDisposable
    {
        public void Dispose()
        {
            if (Link is not null) File.Delete(Link);
        }
    }
}
