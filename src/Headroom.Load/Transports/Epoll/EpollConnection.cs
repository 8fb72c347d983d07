using System.Net.Security;
using Headroom.Load.Transports.Http1;

namespace Headroom.Load.Transports.Epoll;

/// <summary>One TCP connection of one user. While idle it costs this object and the kernel's socket: no buffers.</summary>
internal sealed class EpollConnection(int slot, int generation, int fd, int origin)
{
    /// <summary>Its place among the transport's connections.</summary>
    public readonly int Slot = slot;

    /// <summary>Tells it from an earlier one in the same place.</summary>
    public readonly int Generation = generation;

    public readonly int Fd = fd;

    /// <summary>The number of the host it leads to.</summary>
    public readonly int Origin = origin;

    /// <summary>The exchange it carries; null while idle.</summary>
    public Exchange? Exchange;

    public ResponseReader Reader;

    /// <summary>How much of the request was written.</summary>
    public int Written;

    /// <summary>Answers it has carried; a fault before any byte of a later one may be the peer closing an idle connection.</summary>
    public int Carried;

    public bool IsConnected;
    public bool IsClosed;
    public bool WaitsForOut;

    public EpollConnection? NextIdle;
    public ConnectionSet? Idles;

    // TLS only.
    public EpollStream? Stream;
    public SslStream? Tls;
    public bool IsTlsReady;
}
