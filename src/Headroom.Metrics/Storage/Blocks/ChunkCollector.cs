using System.Runtime.InteropServices;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Writes the runs of one series after the other to a block: full chunks as they are, the rest merged and cut into
/// chunks anew.
/// </summary>
internal sealed class ChunkCollector(BlockWriter block)
{
    private readonly ByteWriter _bytes = new();
    private readonly SampleBuffer _samples = new();
    private readonly List<RawEntry> _raw = [];

    /// <summary>Writes sample runs. Reorders the list.</summary>
    public void Samples(List<SampleRun> runs)
    {
        RunMerge.SortByFirst(runs);
        for (int start = 0, end; start < runs.Count; start = end)
        {
            end = EndOfGroup(runs, start);
            if (end == start + 1 && IsFull(runs[start]))
            {
                CutSamples();
                Copy(runs[start]);
                continue;
            }
            if (end == start + 1) runs[start].ReadInto(long.MinValue, long.MaxValue, _samples);
            else RunMerge.ReadInto(runs.GetRange(start, end - start), long.MinValue, long.MaxValue, _samples);
            if (_samples.Count >= 16 * ChunkLimits.Floats) CutSamples();
        }
        CutSamples();
    }

    /// <summary>Writes samples.</summary>
    public void Samples(SampleBuffer samples)
    {
        _samples.Add(samples);
        CutSamples();
    }

    /// <summary>Writes runs of aggregates. Rows of one time are summed up: they are of samples that came apart.</summary>
    public void Aggregates(List<SampleRun> runs)
    {
        if (runs.Count == 0) return;
        var (times, rows) = (new List<long>(), new List<AggregateRow>());
        foreach (var run in runs) run.ReadRows(times, rows);
        int[] order = [.. Enumerable.Range(0, times.Count).OrderBy(i => times[i])];
        var (sortedTimes, sortedRows) = (new List<long>(times.Count), new List<AggregateRow>(times.Count));
        foreach (int i in order)
        {
            if (sortedTimes.Count > 0 && sortedTimes[^1] == times[i])
            {
                sortedRows[^1] = sortedRows[^1].With(rows[i]);
                continue;
            }
            sortedTimes.Add(times[i]);
            sortedRows.Add(rows[i]);
        }
        Aggregates(sortedTimes, sortedRows);
    }

    /// <summary>Writes aggregates, in time order.</summary>
    public void Aggregates(List<long> times, List<AggregateRow> rows)
    {
        for (int start = 0; start < times.Count; start += ChunkLimits.Floats)
        {
            int end = Math.Min(times.Count, start + ChunkLimits.Floats);
            _bytes.Clear();
            AggregateChunk.Encode(CollectionsMarshal.AsSpan(times)[start..end], CollectionsMarshal.AsSpan(rows)[start..end], _bytes);
            block.Chunk(ChunkEncoding.Aggregates, times[start], times[end - 1], end - start, _bytes.Written);
        }
    }

    /// <summary>Writes raw runs, those written first at the front of the list.</summary>
    public void Raw(List<SampleRun> runs)
    {
        if (runs.Count == 0) return;
        // Groups are found in time order; in a group the order of writing decides between equal times.
        var ordered = runs.Select((run, age) => (run, age)).OrderBy(pair => pair.run.First).ToList();
        List<SampleRun> sorted = [.. ordered.Select(pair => pair.run)];
        for (int start = 0, end; start < sorted.Count; start = end)
        {
            end = EndOfGroup(sorted, start);
            if (end == start + 1 && IsFull(ordered[start].run))
            {
                CutRaw();
                Copy(ordered[start].run);
                continue;
            }
            RawEntry.Merge(ordered.GetRange(start, end - start).OrderBy(pair => pair.age).Select(pair => pair.run), _raw);
            if (_raw.Count >= 16 * ChunkLimits.Floats) CutRaw();
        }
        CutRaw();
    }

    // Runs that overlap, directly or through others, belong together. Runs that touch do so as well: raw entries of
    // one time may stand in both.
    private static int EndOfGroup(List<SampleRun> runs, int start)
    {
        int end = start + 1;
        for (long last = runs[start].Last; end < runs.Count && runs[end].First <= last; end++) last = Math.Max(last, runs[end].Last);
        return end;
    }

    // Chunks of the form that is no longer written are written anew.
    private static bool IsFull(SampleRun run) => run.IsWhole && run.Encoding switch
    {
        null or ChunkEncoding.Floats => false,
        ChunkEncoding.Histograms => run.Count >= ChunkLimits.Histograms / 2,
        _ => run.Count >= ChunkLimits.Floats / 2,
    };

    private void Copy(SampleRun run) => block.Chunk(run.Encoding!.Value, run.First, run.Last, run.Count, run.Chunk());

    private void CutSamples()
    {
        for (int start = 0, end; start < _samples.Count; start = end)
        {
            bool histograms = _samples.HistogramAt(start) is not null;
            int limit = start + (histograms ? ChunkLimits.Histograms : ChunkLimits.Floats);
            for (end = start + 1; end < Math.Min(limit, _samples.Count) && _samples.HistogramAt(end) is not null == histograms;) end++;
            var times = _samples.Times[start..end];
            _bytes.Clear();
            if (histograms)
            {
                object?[] values = new object?[end - start];
                for (int i = start; i < end; i++) values[i - start] = _samples.HistogramAt(i);
                HistogramChunk.Encode(times, values, _bytes);
            }
            else
            {
                NumberChunk.Encode(times, _samples.Values[start..end], _bytes);
            }
            block.Chunk(histograms ? ChunkEncoding.Histograms : ChunkEncoding.Numbers, times[0], times[^1], end - start, _bytes.Written);
        }
        _samples.Clear();
    }

    private void CutRaw()
    {
        foreach (var part in _raw.Chunk(ChunkLimits.Floats))
        {
            long[] times = [.. part.Select(entry => entry.Time)];
            _bytes.Clear();
            RawChunk.Encode(times, [.. part.Select(entry => entry.Value)], [.. part.Select(entry => entry.Note)], _bytes);
            block.Chunk(ChunkEncoding.Raw, times[0], times[^1], part.Length, _bytes.Written);
        }
        _raw.Clear();
    }
}
