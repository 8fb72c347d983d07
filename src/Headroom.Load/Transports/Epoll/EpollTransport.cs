using System.Runtime.CompilerServices;
using Headroom.Load.Measurement;
using Headroom.Load.Transports.Http1;

namespace Headroom.Load.Transports.Epoll;

/// <summary>
/// HTTP/1.1 over sockets of the kernel's own, in an epoll set that belongs to one thread: no queue, no hand-over, no lock, and
/// nothing allocated between a request and the next. TLS runs through <see cref="EpollStream"/> on the same thread.
/// </summary>
/// <remarks>
/// A kept connection costs two system calls a request, recv and send, and a share of one epoll_pwait2: sockets stay registered for input
/// (level-triggered), and output is asked for only while connecting or when a send does not fit.
/// </remarks>
internal sealed unsafe partial class EpollTransport : ITransport
{
    private const int MostEvents = 256;
    private const int BufferSize = 64 << 10;

    // Timeouts are looked for this often; each is told with the time it really took.
    private const long SweepEvery = 20 * LoadClock.Millisecond;

    private readonly LoadClock _clock;
    private readonly TransportOptions _options;
    private readonly SocketAddress[][] _addresses;
    private readonly int[] _nextAddress;
    private readonly int _epoll;
    private readonly byte[] _events = GC.AllocateArray<byte>(MostEvents * 16, pinned: true);
    private readonly byte[] _buffer = GC.AllocateArray<byte>(BufferSize, pinned: true);
    private readonly List<EpollConnection?> _connections = [];
    private readonly Stack<int> _freeSlots = new();
    private readonly Queue<Exchange> _ended = new();
    private int _generation;
    private long _nextSweep;
    private bool _coarseWait;

    public EpollTransport(LoadClock clock, TransportOptions options)
    {
        (_clock, _options) = (clock, options);
        _addresses = [.. options.Targets.Select(t => t.Addresses.Select(a => new SocketAddress(a)).ToArray())];
        _nextAddress = new int[_addresses.Length];
        _epoll = Native.NewEpoll();
        if (_epoll < 0) throw new IOException($"epoll_create1 failed with error {-_epoll}");
        _nextSweep = clock.Now + SweepEvery;
    }

    public string Name => _options.Targets.Any(t => t.Origin.IsTls) ? "epoll, HTTP/1.1 with TLS" : "epoll, HTTP/1.1";

    public long ConnectionsOpened { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Send(Exchange exchange, long now)
    {
        exchange.Begin(now);
        var connection = TakeIdle(exchange) ?? Open(exchange);
        if (connection is null) return;
        Carry(connection, exchange);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Poll(long until)
    {
        TellEnded();
        long now = _clock.Now;
        long wait = Math.Max(0, Math.Min(until, _nextSweep) - now);
        fixed (byte* events = _events)
        {
            int count = Wait(events, wait);
            for (int i = 0; i < count; i++)
            {
                byte* e = events + i * Native.EventSize;
                ulong data = *(ulong*)(e + Native.EventDataOffset);
                var connection = _connections[(int)(uint)data];
                // It may have been closed by what came before it in this batch.
                if (connection is not null && connection.Generation == (int)(data >> 32)) Handle(connection, *(uint*)e);
            }
        }
        if (_clock.Now >= _nextSweep) Sweep();
        TellEnded();
    }

    public void Cancel(Exchange exchange)
    {
        if (exchange.Carrier is EpollConnection connection)
        {
            connection.Exchange = null;
            Close(connection);
        }
        (exchange.Carrier, exchange.IsUnderWay) = (null, false);
    }

    public void Release(ConnectionSet connections)
    {
        while (connections.FirstIdle is EpollConnection connection) Close(connection);
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            if (connection is not null)
                Close(connection);
        Native.Close(_epoll);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Wait(byte* events, long nanoseconds)
    {
        if (!_coarseWait)
        {
            int count = Native.Wait(_epoll, events, MostEvents, nanoseconds);
            if (count != -Native.NotImplemented) return count;
            _coarseWait = true;
        }
        return Native.WaitMilliseconds(_epoll, events, MostEvents, (int)Math.Min(1000, nanoseconds / LoadClock.Millisecond));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Carry(EpollConnection connection, Exchange exchange)
    {
        connection.Exchange = exchange;
        connection.Written = 0;
        connection.Reader.Begin();
        exchange.Carrier = connection;
        if (!connection.IsConnected) return;
        if (connection.Stream is null) Write(connection, exchange);
        else if (connection.IsTlsReady) WriteTls(connection, exchange);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write(EpollConnection connection, Exchange exchange)
    {
        if (exchange.Sent < 0) exchange.Sent = connection.Carried == 0 ? _clock.Now : exchange.Begun;
        nint sent;
        fixed (byte* data = &exchange.Request[connection.Written]) sent = Native.Send(connection.Fd, data, exchange.RequestLength - connection.Written);
        if (sent < 0 && sent != -Native.TryAgain)
        {
            Broken(connection, ClassOf((int)sent));
            return;
        }
        if (sent > 0) connection.Written += (int)sent;
        AskForOut(connection, connection.Written < exchange.RequestLength);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Handle(EpollConnection connection, uint events)
    {
        if ((events & Native.Out) != 0 && !HandleOut(connection)) return;
        if ((events & (Native.In | Native.Error | Native.HangUp | Native.PeerHangUp)) == 0) return;
        if (connection.Stream is { } stream)
        {
            stream.OnReadable();
            return;
        }
        if (!connection.IsConnected)
        {
            Broken(connection, ClassOf(Native.PendingError(connection.Fd)));
            return;
        }
        nint read;
        fixed (byte* buffer = _buffer) read = Native.Receive(connection.Fd, buffer, BufferSize);
        if (read > 0) OnData(connection, _buffer.AsSpan(0, (int)read));
        else if (read != -Native.TryAgain && read != -Native.Interrupted) OnClosed(connection, (int)read);
    }

    /// <summary>False when the connection is gone.</summary>
    private bool HandleOut(EpollConnection connection)
    {
        if (!connection.IsConnected)
        {
            int error = Native.PendingError(connection.Fd);
            if (error < 0)
            {
                Broken(connection, ClassOf(error));
                return false;
            }
            AskForOut(connection, false);
            Connected(connection);
            if (connection.IsClosed) return false;
            if (connection.Stream is null && connection.Exchange is { } waiting) Write(connection, waiting);
            return !connection.IsClosed;
        }
        if (connection.Stream is { } stream) stream.OnWritable();
        else if (connection.Exchange is { } exchange) Write(connection, exchange);
        return !connection.IsClosed;
    }

    private void Connected(EpollConnection connection)
    {
        connection.IsConnected = true;
        if (_options.Targets[connection.Origin].Origin.IsTls) StartTls(connection);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void OnData(EpollConnection connection, ReadOnlySpan<byte> data)
    {
        if (connection.Exchange is not { } exchange)
        {
            // Nothing was asked: whatever this is, it is no answer.
            Close(connection);
            return;
        }
        exchange.BytesReceived += data.Length;
        var result = connection.Reader.Read(data, exchange, out int consumed);
        if (result == ReadResult.More) return;
        if (result == ReadResult.Malformed)
        {
            Broken(connection, ErrorClass.Malformed);
            return;
        }
        bool keep = connection.Reader.KeepAlive && consumed == data.Length && !exchange.CloseAfter && connection.Written >= exchange.RequestLength;
        Complete(connection, exchange, keep);
    }

    private void OnClosed(EpollConnection connection, int error)
    {
        if (connection.Exchange is { } exchange && error == 0 && connection.Reader.EndsHere) Complete(connection, exchange, keep: false);
        else Broken(connection, error is 0 ? ErrorClass.Reset : ClassOf(error));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Complete(EpollConnection connection, Exchange exchange, bool keep)
    {
        exchange.Done = _clock.Now;
        connection.Exchange = null;
        connection.Carried++;
        (exchange.Carrier, exchange.IsUnderWay) = (null, false);
        if (keep)
        {
            (connection.NextIdle, connection.Idles) = ((EpollConnection?)exchange.Connections.FirstIdle, exchange.Connections);
            exchange.Connections.FirstIdle = connection;
        }
        else
        {
            Close(connection);
        }
        exchange.Owner.Completed(exchange);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TellEnded()
    {
        for (int left = _ended.Count; left > 0 && _ended.TryDequeue(out var exchange); left--)
        {
            // A cancelled one is not told.
            if (!exchange.IsUnderWay) continue;
            exchange.IsUnderWay = false;
            exchange.Owner.Completed(exchange);
        }
    }
}
