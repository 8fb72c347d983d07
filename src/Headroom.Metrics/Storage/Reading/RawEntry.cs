namespace Headroom.Metrics.Storage;

/// <summary>A value as it was posted.</summary>
internal readonly record struct RawEntry(long Time, double Value, SampleNote? Note)
{
    /// <summary>
    /// Appends the entries of runs in time order; of equal times, those of the run that comes first, first.
    /// </summary>
    public static void Merge(IEnumerable<SampleRun> runs, List<RawEntry> into)
    {
        int start = into.Count;
        bool sorted = true;
        foreach (var run in runs)
        {
            int count = run.ReadRaw(out long[] times, out double[] values, out object?[]? notes);
            for (int i = 0; i < count; i++)
            {
                sorted &= into.Count == start || into[^1].Time <= times[i];
                into.Add(new RawEntry(times[i], values[i], (SampleNote?)notes?[i]));
            }
        }
        if (sorted) return;
        // OrderBy is stable, List.Sort is not.
        var ordered = into.Skip(start).OrderBy(entry => entry.Time).ToList();
        into.RemoveRange(start, into.Count - start);
        into.AddRange(ordered);
    }
}
