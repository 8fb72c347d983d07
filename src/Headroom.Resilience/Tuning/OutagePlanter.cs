namespace Headroom.Resilience.Tuning;

/// <summary>
/// Plants outages into a part of a history: calls that were good fail. Every second one is partial, since a breaker that
/// only sees dead dependencies is half a breaker. Places are drawn evenly over time from a seed, away from recorded
/// outages and far enough from each other that the circuit has closed again.
/// </summary>
internal static class OutagePlanter
{
    private const int CallsInOutage = 20;

    /// <summary>Marks failures in <paramref name="failed"/> and returns where the outages are, as first and last call.</summary>
    public static List<(int First, int Last)> Plant(ReplayCalls calls, int from, int to, List<OutageSpan> recorded, int wanted,
        bool[] failed, TuningOptions options, Random random)
    {
        var planted = new List<(int First, int Last)>();
        if (wanted == 0 || to - from < 2 * CallsInOutage) return planted;
        // Two breaks of the longest kind and a window, so that one outage does not help to see the next.
        long apart = 4 * Math.Max(options.PlantedDuration.Ticks, TimeSpan.FromSeconds(60).Ticks);
        long free = calls.Starts[from];
        for (int i = 0; i < wanted; i++)
        {
            // One draw in each of as many equal parts of the time.
            double share = (i + (random.NextDouble() * 0.8)) / wanted;
            long at = calls.Starts[from] + (long)(share * (calls.Starts[to - 1] - calls.Starts[from]));
            if (at < free || Span(calls, at, to, options) is not { } span) continue;
            if (recorded.Any(outage => calls.Ends[span.Last] >= outage.Start - apart / 2 && span.At <= outage.End + apart / 2)) continue;

            for (int call = span.First; call <= span.Last; call++)
            {
                // The first call always fails: an outage starts with a failure.
                if (planted.Count % 2 == 0 || call == span.First || random.NextDouble() < options.PartialOutage) failed[call] = true;
            }

            planted.Add((span.First, span.Last));
            free = calls.Starts[span.Last] + apart;
        }

        return planted;
    }

    // Calls of the planted duration from a moment on, and of more time where they are few; null where the history ends or
    // falls silent before.
    private static (int First, int Last, long At)? Span(ReplayCalls calls, long at, int to, TuningOptions options)
    {
        int first = Array.BinarySearch(calls.Starts, at);
        if (first < 0) first = ~first;
        int last = first;
        while (last < to && (last - first < CallsInOutage || calls.Starts[last] - at < options.PlantedDuration.Ticks))
        {
            if (last > first && calls.Starts[last] - calls.Starts[last - 1] > options.Silence.Ticks) return null;
            last++;
        }

        return last >= to ? null : (first, last - 1, at);
    }
}
