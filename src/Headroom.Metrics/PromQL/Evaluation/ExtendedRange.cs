using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>
/// The range modes <c>anchored</c> and <c>smoothed</c> (Prometheus proposal "Extended range selectors semantics"): a
/// window has a value at both of its borders, taken from the sample before them or from the line between neighbours.
/// </summary>
internal static class ExtendedRange
{
    /// <summary>
    /// The value at an instant on the line between the samples around it, each within the look-back; that of the one
    /// before when there is none after; null when there is none before. Across a counter reset the line starts from zero
    /// (<paramref name="atStart"/>), or ends as though there had been none.
    /// </summary>
    public static double? ValueAt(ReadOnlySpan<long> times, ReadOnlySpan<double> values, long at, long lookback, bool counter, bool atStart)
    {
        int after = times.BinarySearch(at);
        if (after >= 0) return values[after];
        after = ~after;
        int before = after - 1;
        if (before < 0 || times[before] <= at - lookback) return null;
        if (after >= times.Length || times[after] >= at + lookback) return values[before];
        double low = values[before], high = values[after];
        if (counter && high < low)
        {
            if (atStart) low = 0;
            else high += low;
        }
        return low + ((high - low) * (at - times[before]) / (times[after] - times[before]));
    }

    /// <summary>
    /// The points of a window with one at each border. False when the window holds nothing.
    /// </summary>
    public static bool Points(in Window window, RangeMode mode, long lookback, bool counter, List<double> into)
    {
        into.Clear();
        var times = window.Series.Times;
        var values = window.Series.Values;
        if (mode == RangeMode.Anchored)
        {
            if (window.Count == 0) return false;
            int before = window.Low - 1;
            into.Add(before >= 0 && times[before] > window.From - lookback ? values[before] : values[window.Low]);
            foreach (double value in window.Values) into.Add(value);
            return true;
        }
        double? left = ValueAt(times, values, window.From, lookback, counter, atStart: true);
        double? right = ValueAt(times, values, window.To, lookback, counter, atStart: false);
        if (window.Count == 0 && (left is null || right is null)) return false;
        into.Add(left ?? values[window.Low]);
        foreach (double value in window.Values) into.Add(value);
        into.Add(right ?? values[window.High - 1]);
        return true;
    }
}
