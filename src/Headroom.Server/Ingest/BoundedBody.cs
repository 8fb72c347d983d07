using System.Buffers;
using System.IO.Compression;
using Headroom.Configuration.Diagnostics;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Http;

namespace Headroom.Server.Ingest;

/// <summary>
/// A request's body in one piece of pooled memory, decompressed and bounded: never more is inflated than the bound, so
/// that a decompression bomb costs what any body of that size costs. Dispose it to give the memory back.
/// </summary>
internal sealed class BoundedBody : IDisposable
{
    private const int FirstBytes = 64 * 1024;

    // How much further a body that is too long is read, so that its sender sees why instead of a broken connection.
    private const int PatienceFactor = 4;

    private readonly BodyMemory _memory;
    private byte[] _buffer = [];
    private int _length;

    // Without it a gzip body that breaks off reads like one that ends, and its sender would be told that all of it arrived.
    static BoundedBody() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    private BoundedBody(BodyMemory memory) => _memory = memory;

    /// <summary>The bytes; not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads the body to its end.</summary>
    /// <param name="context">The request. <c>Content-Encoding</c> may be <c>gzip</c>, <c>identity</c> or absent.</param>
    /// <param name="maxBytes">The most bytes it may have, after decompression and before.</param>
    /// <param name="leftAsIs">An encoding that the caller decodes itself, for example <c>snappy</c>; null for none.</param>
    /// <param name="memory">What all bodies together may hold; the process's when null.</param>
    /// <exception cref="ProblemException">
    /// It has more bytes (413, <c>body-too-large</c>), is not gzip although it says so (400, <c>bad-gzip</c>), or there is no memory
    /// for it now (503, <c>overloaded</c>).
    /// </exception>
    /// <exception cref="BadHttpRequestException">Another encoding (415), or the sender broke off.</exception>
    public static async ValueTask<BoundedBody> ReadAsync(HttpContext context, long maxBytes, string? leftAsIs = null, BodyMemory? memory = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxBytes, Array.MaxLength / 2);
        bool gzip = IsGzip(context.Request, leftAsIs);
        RequestParameters.LimitBody(context, maxBytes * PatienceFactor);
        var body = new BoundedBody(memory ?? BodyMemory.Shared);
        try
        {
            if (gzip)
            {
                await using var inflated = new GZipStream(context.Request.Body, CompressionMode.Decompress, leaveOpen: true);
                await body.FillAsync(context, inflated, maxBytes);
            }
            else
            {
                await body.FillAsync(context, context.Request.Body, maxBytes);
            }
            return body;
        }
        catch (InvalidDataException damaged)
        {
            body.Dispose();
            throw new ProblemException(new Problem("bad-gzip", $"The body is not gzip although Content-Encoding says so: {damaged.Message}", "body"), damaged);
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _memory.Return(_buffer.Length);
        (_buffer, _length) = ([], 0);
    }

    private static bool IsGzip(HttpRequest request, string? leftAsIs)
    {
        string encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0 || Is("identity") || (leftAsIs is not null && Is(leftAsIs))) return false;
        if (Is("gzip")) return true;
        string named = encoding.Length <= 64 ? encoding : encoding[..64] + "…";
        throw new BadHttpRequestException($"The body's Content-Encoding '{named}' is not supported; send it as {leftAsIs ?? "gzip"} or without one.", StatusCodes.Status415UnsupportedMediaType);

        bool Is(string name) => encoding.Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private async ValueTask FillAsync(HttpContext context, Stream stream, long maxBytes)
    {
        if (context.Request.ContentLength is { } announced && announced > maxBytes) throw await TooLargeAsync(context, maxBytes);
        // One byte more than the announced length, so that the last read finds the end and not a full buffer.
        Grow((int)Math.Min(maxBytes, Math.Max(FirstBytes, context.Request.ContentLength ?? 0)) + 1);
        while (true)
        {
            if (_length == _buffer.Length) Grow((int)Math.Min(maxBytes + 1, _buffer.Length * 2L));
            int room = (int)Math.Min(_buffer.Length, maxBytes + 1) - _length;
            int read = await stream.ReadAsync(_buffer.AsMemory(_length, room), context.RequestAborted);
            if (read == 0) return;
            _length += read;
            if (_length > maxBytes) throw await TooLargeAsync(context, maxBytes);
        }
    }

    private void Grow(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            _memory.Take(larger.Length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(larger);
            throw;
        }
        _buffer.AsSpan(0, _length).CopyTo(larger);
        int length = _length;
        Dispose();
        (_buffer, _length) = (larger, length);
    }

    private async ValueTask<ProblemException> TooLargeAsync(HttpContext context, long maxBytes)
    {
        Dispose();
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        return new ProblemException(new Problem("body-too-large", $"The body has more than {maxBytes} bytes after decompression.", "body", "Send it in several smaller requests.") { Kind = ProblemKind.TooLarge });
    }
}
