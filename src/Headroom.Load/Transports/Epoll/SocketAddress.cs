using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Headroom.Load.Transports.Epoll;

/// <summary>An address as connect(2) takes it (struct sockaddr_in, sockaddr_in6).</summary>
internal sealed class SocketAddress
{
    public SocketAddress(IPEndPoint endpoint)
    {
        bool six = endpoint.AddressFamily == AddressFamily.InterNetworkV6;
        Family = six ? Native.AddressFamilyInet6 : Native.AddressFamilyInet;
        Bytes = GC.AllocateArray<byte>(six ? 28 : 16, pinned: true);
        BitConverter.TryWriteBytes(Bytes, (ushort)Family);
        BinaryPrimitives.WriteUInt16BigEndian(Bytes.AsSpan(2), (ushort)endpoint.Port);
        endpoint.Address.TryWriteBytes(Bytes.AsSpan(six ? 8 : 4), out _);
        if (six) BitConverter.TryWriteBytes(Bytes.AsSpan(24), (uint)endpoint.Address.ScopeId);
    }

    public int Family { get; }

    /// <summary>Pinned.</summary>
    public byte[] Bytes { get; }
}
