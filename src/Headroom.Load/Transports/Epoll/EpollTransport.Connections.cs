using System.Runtime.CompilerServices;
using Headroom.Load.Measurement;

namespace Headroom.Load.Transports.Epoll;

/// <summary>Connections: opened when a user has none that is idle, closed when they break, time out or are no longer needed.</summary>
internal sealed unsafe partial class EpollTransport
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static EpollConnection? TakeIdle(Exchange exchange)
    {
        EpollConnection? before = null;
        for (var at = (EpollConnection?)exchange.Connections.FirstIdle; at is not null; (before, at) = (at, at.NextIdle))
        {
            if (at.Origin != exchange.Origin) continue;
            if (before is null) exchange.Connections.FirstIdle = at.NextIdle;
            else before.NextIdle = at.NextIdle;
            (at.NextIdle, at.Idles) = (null, null);
            return at;
        }
        return null;
    }

    private EpollConnection? Open(Exchange exchange)
    {
        var addresses = _addresses[exchange.Origin];
        ref int next = ref _nextAddress[exchange.Origin];
        var address = addresses[next++ % addresses.Length];
        int fd = Native.NewSocket(address.Family);
        if (fd < 0)
        {
            Fail(exchange, ClassOf(fd));
            return null;
        }
        Native.NoDelay(fd);
        int slot = _freeSlots.TryPop(out int free) ? free : _connections.Count;
        var connection = new EpollConnection(slot, ++_generation, fd, exchange.Origin);
        if (slot == _connections.Count) _connections.Add(connection);
        else _connections[slot] = connection;
        ConnectionsOpened++;
        int result;
        fixed (byte* bytes = address.Bytes) result = Native.Connect(fd, bytes, address.Bytes.Length);
        bool pending = result == -Native.InProgress;
        if (result < 0 && !pending)
        {
            Close(connection);
            Fail(exchange, ClassOf(result));
            return null;
        }
        connection.WaitsForOut = pending;
        Native.Control(_epoll, Native.Add, fd, Interest(connection), Key(connection));
        if (!pending) Connected(connection);
        return connection;
    }

    /// <summary>The connection failed. A kept one that broke before any answer was closed by a peer that thought it idle; that is no failure of the request.</summary>
    private void Broken(EpollConnection connection, ErrorClass error)
    {
        var exchange = connection.Exchange;
        bool again = exchange is { IsRepeatable: true } && connection.Carried > 0 && !connection.Reader.HasBegun && error == ErrorClass.Reset;
        connection.Exchange = null;
        Close(connection);
        if (exchange is null) return;
        exchange.Carrier = null;
        if (!again)
        {
            Fail(exchange, error);
            return;
        }
        exchange.Sent = -1;
        // A fresh connection: another idle one may be just as dead.
        if (Open(exchange) is { } fresh) Carry(fresh, exchange);
    }

    private void Fail(Exchange exchange, ErrorClass error)
    {
        (exchange.Error, exchange.Status, exchange.Done, exchange.Carrier) = (error, 0, _clock.Now, null);
        // Told later: the owner may be in the middle of sending it.
        _ended.Enqueue(exchange);
    }

    private void Sweep()
    {
        long now = _clock.Now;
        _nextSweep = now + SweepEvery;
        for (int i = 0; i < _connections.Count; i++)
            if (_connections[i] is { Exchange: { } exchange } connection && now - exchange.Begun >= exchange.Timeout)
                Broken(connection, ErrorClass.Timeout);
    }

    private void Close(EpollConnection connection)
    {
        if (connection.IsClosed) return;
        connection.IsClosed = true;
        if (connection.Idles is { } set)
        {
            EpollConnection? before = null;
            for (var at = (EpollConnection?)set.FirstIdle; at is not null; (before, at) = (at, at.NextIdle))
            {
                if (at != connection) continue;
                if (before is null) set.FirstIdle = at.NextIdle;
                else before.NextIdle = at.NextIdle;
                break;
            }
            connection.Idles = null;
        }
        connection.Reader.ReturnCarry();
        _connections[connection.Slot] = null;
        _freeSlots.Push(connection.Slot);
        // Closing takes it out of the epoll set.
        Native.Close(connection.Fd);
        connection.Stream?.OnClosed();
    }

    private void AskForOut(EpollConnection connection, bool wanted)
    {
        if (connection.WaitsForOut == wanted) return;
        connection.WaitsForOut = wanted;
        Native.Control(_epoll, Native.Modify, connection.Fd, Interest(connection), Key(connection));
    }

    private static uint Interest(EpollConnection connection) => Native.In | Native.PeerHangUp | (connection.WaitsForOut ? Native.Out : 0);

    private static ulong Key(EpollConnection connection) => (uint)connection.Slot | ((ulong)(uint)connection.Generation << 32);

    private static ErrorClass ClassOf(int error) => -error switch
    {
        Native.ConnectionRefused => ErrorClass.Refused,
        Native.ConnectionReset or 32 => ErrorClass.Reset,
        Native.AddressNotAvailable or Native.AddressInUse => ErrorClass.Ports,
        Native.TooManyFiles or Native.TooManyFilesInSystem => ErrorClass.Files,
        Native.ConnectionTimedOut => ErrorClass.Timeout,
        _ => ErrorClass.Unreachable,
    };
}
