namespace Headroom.Metrics.Storage;

/// <summary>
/// Reads runs that may overlap as one series. A time stands in one run only, or in several with the same sample:
/// the store compares before it accepts.
/// </summary>
internal static class RunMerge
{
    /// <summary>
    /// Appends the samples of all runs between two instants (both included) to a buffer. Reorders the list.
    /// </summary>
    public static void ReadInto(List<SampleRun> runs, long min, long max, SampleBuffer into, SampleAggregate aggregate = SampleAggregate.None)
    {
        runs.RemoveAll(run => run.Last < min || run.First > max);
        SortByFirst(runs);
        for (int start = 0, end; start < runs.Count; start = end)
        {
            end = start + 1;
            for (long last = runs[start].Last; end < runs.Count && runs[end].First <= last; end++) last = Math.Max(last, runs[end].Last);
            if (end == start + 1) runs[start].ReadInto(min, max, into, aggregate);
            else Merge(runs, start, end, min, max, into, aggregate);
        }
    }

    /// <summary>Sorts by first time and keeps the order of runs that start together.</summary>
    public static void SortByFirst(List<SampleRun> runs)
    {
        bool sorted = true;
        for (int i = 1; i < runs.Count && sorted; i++) sorted = runs[i - 1].First <= runs[i].First;
        if (sorted) return;
        var ordered = runs.OrderBy(run => run.First).ToList();
        runs.Clear();
        runs.AddRange(ordered);
    }

    private static void Merge(List<SampleRun> runs, int start, int end, long min, long max, SampleBuffer into, SampleAggregate aggregate)
    {
        var parts = new SampleBuffer[end - start];
        int[] at = new int[parts.Length];
        for (int i = 0; i < parts.Length; i++) runs[start + i].ReadInto(min, max, parts[i] = new SampleBuffer(), aggregate);
        while (true)
        {
            int first = -1;
            for (int i = 0; i < parts.Length; i++)
                if (at[i] < parts[i].Count && (first < 0 || parts[i].Times[at[i]] < parts[first].Times[at[first]]))
                    first = i;
            if (first < 0) return;
            long time = parts[first].Times[at[first]];
            if (parts[first].HistogramAt(at[first]) is { } histogram) into.Add(time, histogram);
            else into.Add(time, parts[first].Values[at[first]]);
            for (int i = 0; i < parts.Length; i++)
                if (at[i] < parts[i].Count && parts[i].Times[at[i]] == time)
                    at[i]++;
        }
    }
}
