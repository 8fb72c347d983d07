namespace Headroom.Resilience.Tuning;

/// <summary>A stretch of a history in which the dependency was away.</summary>
/// <param name="Start">Start of its first bad call.</param>
/// <param name="End">End of its last bad call.</param>
/// <param name="BadCalls">Bad calls in it.</param>
/// <param name="Calls">All calls that started in it.</param>
public readonly record struct Outage(DateTimeOffset Start, DateTimeOffset End, int BadCalls, int Calls);

/// <summary>An outage in replay time, with the moment until which a breaker must have seen it.</summary>
internal readonly record struct OutageSpan(int First, int Last, long Start, long End, long Deadline, int BadCalls);

/// <summary>
/// Finds outages with hindsight, by a rule that has nothing to do with any candidate's thresholds. Each bad call scores
/// +1, each good one −1. An outage is a maximal scoring segment (Ruzzo and Tompa, "A linear time algorithm for finding
/// all maximal scoring subsequences", 1999): bad calls outweigh good ones from either of its ends inwards. It must hold
/// <see cref="TuningOptions.OutageFailures"/> bad calls and last <see cref="TuningOptions.OutageDuration"/>. The history is cut first
/// at silences and at healthy stretches (as many good calls in a row, for as long), so that two outages are not one.
/// </summary>
internal static class OutageFinder
{
    public static List<OutageSpan> Find(ReplayCalls calls, int from, int to, TuningOptions options)
    {
        var outages = new List<OutageSpan>();
        int start = from;
        while (start < to)
        {
            int end = EndOfStretch(calls, start, to, options, out int next);
            foreach ((int first, int last) in MaximalSegments(calls.Bad, start, end)) Add(calls, first, last, options, outages);
            start = next;
        }

        return outages;
    }

    /// <summary>The outage of calls first to last, if it is one.</summary>
    public static void Add(ReplayCalls calls, int first, int last, TuningOptions options, List<OutageSpan> outages)
    {
        int bad = 0;
        long end = 0;
        long tenth = 0;
        for (int i = first; i <= last; i++)
        {
            if (!calls.Bad[i]) continue;
            bad++;
            end = Math.Max(end, calls.Ends[i]);
            if (bad <= options.OutageFailures) tenth = Math.Max(tenth, calls.Ends[i]);
        }

        long start = calls.Starts[first];
        if (bad < options.OutageFailures || end - start < options.OutageDuration.Ticks) return;
        outages.Add(new OutageSpan(first, last, start, end, Math.Max(start + options.DetectWithin.Ticks, tenth), bad));
    }

    private static int EndOfStretch(ReplayCalls calls, int start, int to, TuningOptions options, out int next)
    {
        int goodSince = -1;
        for (int i = start; i < to; i++)
        {
            if (i > start && calls.Starts[i] - calls.Starts[i - 1] > options.Silence.Ticks)
            {
                next = i;
                return i;
            }

            if (calls.Bad[i])
            {
                goodSince = -1;
                continue;
            }

            if (goodSince < 0) goodSince = i;
            bool healthy = i - goodSince + 1 >= options.OutageFailures
                && calls.Starts[i] - calls.Starts[goodSince] >= options.OutageDuration.Ticks;
            if (!healthy) continue;
            // The stretch ends where the good calls begin; they belong to no outage.
            next = i + 1;
            return goodSince;
        }

        next = to;
        return to;
    }

    internal static List<(int First, int Last)> MaximalSegments(bool[] bad, int from, int to)
    {
        // The paper's list: disjoint candidate segments with the running sums before (Left) and after (Right) each, and
        // a link to the last earlier one with a smaller Left, so that looking for it skips what cannot be it.
        var segments = new List<(int First, int Last, int Left, int Right, int Smaller)>();
        int sum = 0;
        for (int i = from; i < to; i++)
        {
            int before = sum;
            sum += bad[i] ? 1 : -1;
            if (!bad[i]) continue;
            (int first, int left) = (i, before);
            while (true)
            {
                int j = segments.Count - 1;
                while (j >= 0 && segments[j].Left >= left) j = segments[j].Smaller;
                if (j < 0 || segments[j].Right >= sum)
                {
                    segments.Add((first, i, left, sum, j));
                    break;
                }

                (first, left) = (segments[j].First, segments[j].Left);
                segments.RemoveRange(j, segments.Count - j);
            }
        }

        return [.. segments.Select(segment => (segment.First, segment.Last))];
    }
}
