using System.Runtime.CompilerServices;
using Headroom.Load.Measurement;

namespace Headroom.Load.Transports;

/// <summary>
/// One request and its answer. A user has one for each request it can have under way, and uses it again and again, so that a request
/// allocates nothing.
/// </summary>
internal class Exchange(IExchangeOwner owner, ConnectionSet connections)
{
    /// <summary>The longest body kept for checks and extraction; what is longer is read and not kept.</summary>
    public const int MaximumBody = 1 << 20;

    public IExchangeOwner Owner { get; } = owner;

    /// <summary>The connections of the user it belongs to.</summary>
    public ConnectionSet Connections { get; } = connections;

    // The request.

    /// <summary>The number of the host among the plan's.</summary>
    public int Origin;

    /// <summary>The request as HTTP/1.1 writes it.</summary>
    public byte[] Request = [];
    public int RequestLength;
    public bool IsHead;

    /// <summary>Whether sending it twice does no harm, so that a kept connection found closed may be replaced.</summary>
    public bool IsRepeatable;
    public bool CloseAfter;
    public bool WantsHead;
    public bool WantsBody;

    /// <summary>When it fails, in the clock's nanoseconds after <see cref="Begun"/>.</summary>
    public long Timeout;

    // When. All in the clock's nanoseconds; Sent is -1 until bytes were written.

    /// <summary>When the plan meant it to be sent.</summary>
    public long Intended;

    /// <summary>When it was handed to the transport.</summary>
    public long Begun;

    /// <summary>When its first byte was written.</summary>
    public long Sent;

    /// <summary>When the last byte of the answer was read, or it failed.</summary>
    public long Done;

    // The answer.

    public int Status;
    public ErrorClass Error;
    public long BytesReceived;
    public long BodyBytes;
    public ByteBuffer Head;
    public ByteBuffer Body;

    /// <summary>Set by the transport while the request is under way.</summary>
    public object? Carrier;

    public bool IsUnderWay;

    /// <summary>Prepares for the answer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Begin(long now)
    {
        (Begun, Sent, Done, Status, Error, BytesReceived, BodyBytes, IsUnderWay) = (now, -1, 0, 0, ErrorClass.None, 0, 0, true);
        Head.Clear();
        Body.Clear();
    }

    /// <summary>A piece of the body, counted and, if wanted and not too long, kept.</summary>
    public void AddBody(ReadOnlySpan<byte> piece)
    {
        BodyBytes += piece.Length;
        if (WantsBody && Body.Length < MaximumBody) Body.Append(piece[..Math.Min(piece.Length, MaximumBody - Body.Length)]);
    }
}

/// <summary>Who is told that an exchange has ended.</summary>
internal interface IExchangeOwner
{
    /// <summary>The answer is whole, or will not come. Called on the worker's thread, where the exchange may be used again at once.</summary>
    void Completed(Exchange exchange);
}

/// <summary>The idle connections of one user.</summary>
internal sealed class ConnectionSet
{
    /// <summary>The first of a list that the transport links.</summary>
    public object? FirstIdle;
}

/// <summary>Bytes that grow and are kept.</summary>
internal struct ByteBuffer
{
    private byte[]? _bytes;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public readonly byte[] Array => _bytes ?? [];

    public void Clear() => Length = 0;

    public void Append(ReadOnlySpan<byte> piece)
    {
        piece.CopyTo(Reserve(piece.Length));
        Length += piece.Length;
    }

    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    /// <summary>Room for that many more bytes.</summary>
    public Span<byte> Reserve(int more)
    {
        if (_bytes is null || _bytes.Length - Length < more) System.Array.Resize(ref _bytes, Math.Max(Length + more, Math.Max(64, (_bytes?.Length ?? 0) * 2)));
        return _bytes.AsSpan(Length);
    }

    public void Advance(int written) => Length += written;
}
