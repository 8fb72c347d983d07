using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Headroom.Server.Compression;

/// <summary>
/// The body of one answer on its way out. 1. The beginning is held back. 2. An answer that ends there is compressed
/// whole, and sent so only when it reaches the threshold and becomes at least 20% smaller. 3. A longer one is judged by
/// its beginning, and streams from then on, compressed or not.
/// </summary>
internal sealed class DecidingStream(HttpResponse response, Stream output, CompressionRule rule, Encodings encoding) : Stream
{
    /// <summary>How much of the beginning is held back.</summary>
    internal const int Beginning = 64 << 10;

    private readonly MemoryStream _held = new();
    private Stream? _target;
    private bool _ended;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_target is not null)
        {
            await _target.WriteAsync(buffer, cancellationToken);
            return;
        }
        _held.Write(buffer.Span);
        if (_held.Length < Beginning && !response.HasStarted) return;
        await StreamAsync(cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Answers are written asynchronously.");

    public override void Flush() { }

    /// <summary>A writer flushes when its buffer is full, which is no reason to decide early or to compress badly.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (!_ended)
        {
            _ended = true;
            if (_target is null) await EndWholeAsync();
            else if (_target != output) await _target.DisposeAsync();
            await _held.DisposeAsync();
        }
        await base.DisposeAsync();
    }

    // 2.
    private async Task EndWholeAsync()
    {
        var answer = _held;
        // Headers that have gone out have promised the encoding.
        bool promised = response.HasStarted;
        if (promised || _held.Length >= rule.Threshold)
        {
            var compressed = await CompressedAsync();
            if (promised || compressed.Length < _held.Length * CompressionRules.LargestRatio) answer = compressed;
        }
        if (!promised)
        {
            if (answer == _held) response.Headers.Remove(HeaderNames.ContentEncoding);
            response.ContentLength = answer.Length;
        }
        await output.WriteAsync(answer.GetBuffer().AsMemory(0, (int)answer.Length));
    }

    // 3.
    private async Task StreamAsync(CancellationToken cancel)
    {
        bool worth = response.HasStarted || (await CompressedAsync()).Length < _held.Length * CompressionRules.LargestRatio;
        if (!worth) response.Headers.Remove(HeaderNames.ContentEncoding);
        _target = worth ? CompressionRules.Compressor(encoding, output) : output;
        await _target.WriteAsync(_held.GetBuffer().AsMemory(0, (int)_held.Length), cancel);
        _held.SetLength(0);
        _held.Capacity = 0;
    }

    private async Task<MemoryStream> CompressedAsync()
    {
        var compressed = new MemoryStream((int)_held.Length / 2);
        await using var compressor = CompressionRules.Compressor(encoding, compressed);
        await compressor.WriteAsync(_held.GetBuffer().AsMemory(0, (int)_held.Length));
        await compressor.DisposeAsync();
        return compressed;
    }
}
