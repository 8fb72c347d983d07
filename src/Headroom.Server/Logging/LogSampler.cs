namespace Headroom.Server.Logging;

/// <summary>
/// Thins out informational lines that repeat: of each event the first lines of a second are written, and of the rest one
/// in every so many. The line after a gap says how many like it were left out. Events are bounded; those beyond the
/// bound share one count.
/// </summary>
/// <param name="after">Lines of one event written in full each second.</param>
/// <param name="keep">Share of the rest that is written, 0 to 1.</param>
/// <param name="time">The clock.</param>
internal sealed class LogSampler(int after, double keep, TimeProvider time)
{
    private const int MostEvents = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Category, int Id), Window> _windows = [];
    private readonly Window _others = new();

    /// <summary>Whether a line is written.</summary>
    /// <param name="category">Who says it.</param>
    /// <param name="id">Its event.</param>
    /// <param name="leftOut">When it is: how many like it were not, since the last one that was.</param>
    public bool Takes(string category, int id, out long leftOut)
    {
        long now = time.GetTimestamp();
        lock (_lock)
        {
            if (!_windows.TryGetValue((category, id), out var window))
                window = _windows.Count < MostEvents ? _windows[(category, id)] = new Window { Since = now } : _others;
            if (time.GetElapsedTime(window.Since, now) >= TimeSpan.FromSeconds(1)) (window.Since, window.Seen) = (now, 0);
            bool taken = ++window.Seen <= after;
            if (!taken)
            {
                long over = window.Seen - after;
                taken = Math.Floor(over * keep) > Math.Floor((over - 1) * keep);
            }
            leftOut = taken ? window.LeftOut : 0;
            window.LeftOut = taken ? 0 : window.LeftOut + 1;
            return taken;
        }
    }

    private sealed class Window
    {
        public long Since;
        public long Seen;
        public long LeftOut;
    }
}
