using System.Threading.Tasks.Sources;

namespace Headroom.Load.Transports.Epoll;

/// <summary>
/// A socket as a stream for SslStream. Operations that must wait are completed by the transport when epoll says so, and what waits for
/// them goes on at once, on the same thread.
/// </summary>
internal sealed unsafe class EpollStream(int fd, Action<bool> askForOut) : Stream
{
    private readonly Waiter _reading = new();
    private readonly Waiter _writing = new();
    private Memory<byte> _into;
    private ReadOnlyMemory<byte> _from;
    private bool _mayRead;
    private bool _closed;

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>epoll says that there is input.</summary>
    public void OnReadable()
    {
        _mayRead = true;
        if (!_reading.IsWaiting) return;
        int read = Receive(_into.Span);
        if (read == -Native.TryAgain) return;
        _into = default;
        if (read >= 0) _reading.Complete(read);
        else _reading.Fail(Broken(read));
    }

    /// <summary>epoll says that there is room for output.</summary>
    public void OnWritable()
    {
        if (!_writing.IsWaiting)
        {
            askForOut(false);
            return;
        }
        int result = SendAll();
        if (result == -Native.TryAgain) return;
        askForOut(false);
        if (result >= 0) _writing.Complete(0);
        else _writing.Fail(Broken(result));
    }

    /// <summary>The socket is gone; whoever waits is told.</summary>
    public void OnClosed()
    {
        _closed = true;
        if (_reading.IsWaiting) _reading.Fail(new IOException("the connection was closed"));
        if (_writing.IsWaiting) _writing.Fail(new IOException("the connection was closed"));
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_closed) return ValueTask.FromException<int>(new IOException("the connection was closed"));
        // Asking the kernel before it announced anything would nearly always be in vain.
        if (_mayRead)
        {
            int read = Receive(buffer.Span);
            if (read >= 0) return ValueTask.FromResult(read);
            if (read != -Native.TryAgain) return ValueTask.FromException<int>(Broken(read));
        }
        _into = buffer;
        return _reading.Wait();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_closed) return ValueTask.FromException(new IOException("the connection was closed"));
        _from = buffer;
        int result = SendAll();
        if (result >= 0) return ValueTask.CompletedTask;
        if (result != -Native.TryAgain) return ValueTask.FromException(Broken(result));
        askForOut(true);
        return _writing.WaitWithoutResult();
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private int Receive(Span<byte> into)
    {
        nint read;
        fixed (byte* data = into) read = Native.Receive(fd, data, into.Length);
        // A full buffer may leave more behind.
        if (read < into.Length) _mayRead = false;
        return (int)read;
    }

    private int SendAll()
    {
        while (_from.Length > 0)
        {
            nint sent;
            fixed (byte* data = _from.Span) sent = Native.Send(fd, data, _from.Length);
            if (sent < 0) return (int)sent;
            _from = _from[(int)sent..];
        }
        return 0;
    }

    private static IOException Broken(int error) => new($"the connection failed with error {-error}");

    /// <summary>One operation that waits, used again and again.</summary>
    private sealed class Waiter : IValueTaskSource<int>, IValueTaskSource
    {
        private ManualResetValueTaskSourceCore<int> _core;

        public bool IsWaiting { get; private set; }

        public ValueTask<int> Wait()
        {
            Start();
            return new ValueTask<int>(this, _core.Version);
        }

        public ValueTask WaitWithoutResult()
        {
            Start();
            return new ValueTask(this, _core.Version);
        }

        public void Complete(int result)
        {
            IsWaiting = false;
            _core.SetResult(result);
        }

        public void Fail(Exception error)
        {
            IsWaiting = false;
            _core.SetException(error);
        }

        int IValueTaskSource<int>.GetResult(short token) => _core.GetResult(token);

        void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _core.OnCompleted(continuation, state, token, flags);

        private void Start()
        {
            _core.Reset();
            IsWaiting = true;
        }
    }
}
