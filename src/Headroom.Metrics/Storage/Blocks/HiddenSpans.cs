namespace Headroom.Metrics.Storage;

/// <summary>
/// Spans of time in which the samples a block has of a series no longer count: those that were rolled up, and those that
/// were deleted. Immutable; the spans (both ends included) ascend and do not touch.
/// </summary>
internal sealed class HiddenSpans
{
    private readonly (long Start, long End)[] _spans;

    private HiddenSpans((long Start, long End)[] spans) => _spans = spans;

    /// <summary>Joins spans that overlap or touch; null when there are none.</summary>
    public static HiddenSpans? Of(List<(long Start, long End)> spans)
    {
        if (spans.Count == 0) return null;
        spans.Sort();
        var joined = new List<(long Start, long End)>(spans.Count);
        foreach (var (start, end) in spans)
        {
            if (joined.Count > 0 && (joined[^1].End == long.MaxValue || start <= joined[^1].End + 1)) joined[^1] = (joined[^1].Start, Math.Max(joined[^1].End, end));
            else joined.Add((start, end));
        }
        return new HiddenSpans([.. joined]);
    }

    /// <summary>Whether a time is hidden.</summary>
    public bool Contains(long time)
    {
        foreach (var (start, end) in _spans)
            if (time >= start && time <= end)
                return true;
        return false;
    }

    /// <summary>Whether any time between two instants (both included) is hidden.</summary>
    public bool Touches(long first, long last)
    {
        foreach (var (start, end) in _spans)
            if (start <= last && end >= first)
                return true;
        return false;
    }

    /// <summary>The parts of a span of time that are not hidden, ascending.</summary>
    public IEnumerable<(long First, long Last)> Visible(long first, long last)
    {
        foreach (var (start, end) in _spans)
        {
            if (end < first) continue;
            if (start > last) break;
            if (start > first) yield return (first, start - 1);
            if (end >= last) yield break;
            first = end + 1;
        }
        if (first <= last) yield return (first, last);
    }

    /// <summary>The narrowest span that holds everything visible; one whose first lies after its last when nothing is.</summary>
    public (long First, long Last) Narrow(long first, long last)
    {
        long low = long.MaxValue;
        long high = long.MinValue;
        foreach (var (from, to) in Visible(first, last)) (low, high) = (Math.Min(low, from), to);
        return (low, high);
    }
}
