using System.Text;

namespace Headroom.Runs;

/// <summary>
/// What a command prints: its beginning in a file of at most 1 MiB, its end in memory for the message that says how it ended.
/// </summary>
internal sealed class CommandOutput : IAsyncDisposable
{
    /// <summary>Most bytes kept in the file.</summary>
    public const int MaxFileBytes = 1 << 20;

    private const int TailBytes = 4096;
    private const int TailLines = 5;
    private const int TailCharacters = 1000;

    private readonly Stream _file;
    private readonly byte[] _tail = new byte[TailBytes];
    private readonly Lock _gate = new();
    private long _seen;
    private bool _closed;

    public CommandOutput(string directory, string name)
    {
        try
        {
            Directory.CreateDirectory(directory);
            _file = new FileStream(Path.Combine(directory, name), new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
        }
        // A full disk must not keep a command from running: its output is the lesser loss.
        catch (IOException)
        {
            _file = Stream.Null;
        }
    }

    /// <summary>Takes a stream to its end.</summary>
    public async Task PumpAsync(Stream from)
    {
        var buffer = new byte[8192];
        try
        {
            int got;
            while ((got = await from.ReadAsync(buffer).ConfigureAwait(false)) > 0) Take(buffer.AsSpan(0, got));
        }
        // The stream is closed under a reader that waited for what a background process might still print.
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException) { }
    }

    /// <summary>The last lines printed, on one line.</summary>
    public string Tail()
    {
        string text;
        lock (_gate)
        {
            int kept = (int)Math.Min(_seen, TailBytes);
            var bytes = new byte[kept];
            for (int i = 0; i < kept; i++) bytes[i] = _tail[(int)((_seen - kept + i) % TailBytes)];
            text = Encoding.UTF8.GetString(bytes);
        }
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string tail = string.Join(" | ", lines.TakeLast(TailLines));
        return tail.Length <= TailCharacters ? tail : string.Concat("…", tail.AsSpan(tail.Length - TailCharacters));
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate) _closed = true;
        return _file.DisposeAsync();
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            long room = MaxFileBytes - _seen;
            if (!_closed && room > 0)
            {
                try
                {
                    _file.Write(bytes[..(int)Math.Min(room, bytes.Length)]);
                    if (bytes.Length > room) _file.Write("\n(what follows was not kept)\n"u8);
                }
                catch (IOException) { }
            }
            foreach (byte b in bytes) _tail[(int)(_seen++ % TailBytes)] = b;
        }
    }
}
