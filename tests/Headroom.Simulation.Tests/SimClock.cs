namespace Headroom.Simulation.Tests;

/// <summary>
/// Real time, as nobody in the simulation can see it, with what is due when. What a process waits for dies with it; what is
/// on its way in the world does not.
/// </summary>
internal sealed class SimClock
{
    private readonly PriorityQueue<(int Life, Action Action), (long At, long Order)> _due = new();
    private long _order;
    private ulong _hash = 14695981039346656037;

    /// <summary>Ticks since the beginning.</summary>
    public long Now { get; private set; }

    /// <summary>Which process is alive.</summary>
    public int Life { get; set; }

    /// <summary>Executions so far.</summary>
    public int Acts { get; set; }

    /// <summary>Hash over everything traced so far (FNV-1a over 64-bit words).</summary>
    public ulong TraceHash => _hash;

    public void Trace(long a, long b, long c, long d)
    {
        Mix(Now);
        Mix(a);
        Mix(b);
        Mix(c);
        Mix(d);
        void Mix(long word) => _hash = (_hash ^ (ulong)word) * 1099511628211;
    }

    public void InProcess(long afterMilliseconds, Action action) =>
        InProcessAt(Now + afterMilliseconds * TimeSpan.TicksPerMillisecond, action);

    public void InProcessAt(long at, Action action) => _due.Enqueue((Life, action), (at, _order++));

    public void InWorldAt(long at, Action action) => _due.Enqueue((0, action), (at, _order++));

    /// <summary>Goes to the next moment at which something is due, or to a wake-up when that is earlier (no action then).</summary>
    /// <returns>False when nothing is due, ever.</returns>
    public bool MoveOn(long? wake, out Action? action)
    {
        while (_due.TryPeek(out var next, out var when))
        {
            if (next.Life != 0 && next.Life != Life)
            {
                _due.Dequeue();
                continue;
            }
            if (wake is { } earlier && earlier < when.At) break;
            _due.Dequeue();
            Now = Math.Max(Now, when.At);
            action = next.Action;
            return true;
        }
        action = null;
        if (wake is null) return false;
        Now = Math.Max(Now, wake.Value);
        return true;
    }

    /// <summary>No process runs for a while; the world goes on.</summary>
    public void Sleep(long milliseconds)
    {
        Life++;
        long until = Now + milliseconds * TimeSpan.TicksPerMillisecond;
        while (_due.TryPeek(out _, out var when) && when.At <= until) Fire();
        Now = until;
    }

    /// <summary>Waits until nothing is on its way in the world any more.</summary>
    public void LandEverything()
    {
        Life++;
        while (_due.Count > 0) Fire();
    }

    private void Fire()
    {
        var (life, action) = _due.Dequeue();
        if (life != 0 && life != Life) return;
        action();
    }
}
