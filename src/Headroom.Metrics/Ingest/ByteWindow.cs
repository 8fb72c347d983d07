using System.Buffers;

namespace Headroom.Metrics.Ingest;

/// <summary>A stretch of a stream in memory, that moves on as lines are consumed and grows only to hold one long line.</summary>
internal sealed class ByteWindow(Stream stream, int maxLineBytes) : IDisposable
{
    private const int InitialBytes = 128 * 1024;
    private const int RereadBytes = 32 * 1024;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _start;
    private int _end;

    /// <summary>What was read and not yet consumed.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Whether the stream has no more bytes than <see cref="Unread"/>.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Whether the unread bytes already are as many as the longest line may have.</summary>
    public bool HoldsLongestLine => _end - _start > maxLineBytes;

    /// <summary>Moves on.</summary>
    public void Consume(int bytes) => _start += bytes;

    /// <summary>Reads more behind the unread bytes, or finds the stream's end.</summary>
    public async ValueTask FillAsync(CancellationToken cancel)
    {
        // A long stretch without a line end is looked at again only when it has doubled: looking after every few bytes
        // would take a time that grows with its square.
        int before = _end - _start;
        int enough = before < RereadBytes ? before + 1 : Math.Min(before * 2, maxLineBytes + 1);
        do
        {
            MakeRoom();
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancel).ConfigureAwait(false);
            _end += read;
            IsAtEnd = read == 0;
        }
        while (!IsAtEnd && _end - _start < enough);
    }

    /// <summary>Reads until at least so many bytes are unread, or to the stream's end.</summary>
    public async ValueTask FillToAsync(int bytes, CancellationToken cancel)
    {
        while (!IsAtEnd && _end - _start < bytes) await FillAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _start = _end = 0;
    }

    private void MakeRoom()
    {
        if (_end < _buffer.Length && _start < _buffer.Length / 2) return;
        byte[] target = _buffer;
        if (_start == 0) target = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        Buffer.BlockCopy(_buffer, _start, target, 0, _end - _start);
        if (target != _buffer) ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _end, _start) = (target, _end - _start, 0);
    }
}
