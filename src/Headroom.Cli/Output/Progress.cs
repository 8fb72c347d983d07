namespace Headroom.Cli.Output;

/// <summary>
/// One line of progress that is rewritten in place on standard error, at most ten times a second, and only when a
/// person watches. Disposing it removes the line.
/// </summary>
internal sealed class Progress(TimeProvider time, TextWriter output, bool shown) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private long _last;
    private int _length;

    /// <summary>Progress on standard error of this process.</summary>
    public static Progress OnTerminal(TimeProvider time) => new(time, Console.Error, TerminalTraits.ShowsProgress);

    /// <summary>Shows a text, unless one was shown just now.</summary>
    public void Show(string text)
    {
        if (!shown) return;
        lock (_lock)
        {
            long now = time.GetTimestamp();
            if (_length > 0 && time.GetElapsedTime(_last, now) < Interval) return;
            _last = now;
            string line = text.Length < TerminalTraits.Width ? text : text[..(TerminalTraits.Width - 1)];
            output.Write("\r" + line.PadRight(_length));
            _length = line.Length;
        }
    }

    /// <summary>Removes the line, so that other output can be written.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            if (_length == 0) return;
            output.Write("\r" + new string(' ', _length) + "\r");
            _length = 0;
        }
    }

    public void Dispose() => Clear();
}
