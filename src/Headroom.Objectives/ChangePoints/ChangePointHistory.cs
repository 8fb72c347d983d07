namespace Headroom.Objectives.ChangePoints;

/// <summary>
/// The change points of a series that grows. Only the last window is looked at again: changes further back than half a window are settled,
/// and a new point costs the same however long the series is.
/// </summary>
/// <param name="options">What counts as a change point.</param>
public sealed class ChangePointHistory(ChangePointOptions? options = null)
{
    /// <summary>Points looked at together.</summary>
    public const int Window = 4_000;

    private readonly List<double> _window = [];
    private readonly List<ChangePoint> _settled = [];
    private List<ChangePoint> _recent = [];
    private int _start;

    /// <summary>Every change point so far, in order. Those of the last half window may still move or go as points come in.</summary>
    public IReadOnlyList<ChangePoint> ChangePoints => [.. _settled, .. _recent];

    /// <summary>Points seen.</summary>
    public int Points => _start + _window.Count;

    /// <summary>Adds points; NaN and infinities are gaps.</summary>
    public void Append(ReadOnlySpan<double> values)
    {
        while (!values.IsEmpty)
        {
            int taken = Math.Min(values.Length, Window - _window.Count);
            _window.AddRange(values[..taken]);
            values = values[taken..];
            if (_window.Count == Window || values.IsEmpty) _recent = [.. ChangePointDetector.DetectWindow(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_window), options).Select(c => c with { Index = c.Index + _start, Low = c.Low + _start, High = c.High + _start })];
            if (_window.Count == Window) Settle();
        }
    }

    private void Settle()
    {
        int until = _start + (Window / 2);
        int next = until;
        foreach (var change in _recent)
            if (change.Index < until)
                _settled.Add(change);
        _recent.RemoveAll(c => c.Index < until);
        // The next window begins with the stretch it is in, so that a settled change is not found again.
        if (_settled.Count > 0) next = Math.Max(next - (Window / 4), _settled[^1].Index);
        else next -= Window / 4;
        _window.RemoveRange(0, next - _start);
        _start = next;
    }
}
