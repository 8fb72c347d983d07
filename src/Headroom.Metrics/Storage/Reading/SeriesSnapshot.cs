namespace Headroom.Metrics.Storage;

/// <summary>
/// One series as it stood when a query began: the chunks that blocks have of it, and views of what is in memory.
/// Reading needs no lock.
/// </summary>
internal sealed class SeriesSnapshot(Labels labels) : ISeries
{
    private readonly List<(Block Block, SeriesEntry Entry)> _blocks = [];
    private ColumnView _flushing;
    private ColumnView _flushingRaw;
    private ColumnView _samples;
    private ColumnView _raw;
    private OpenSamples? _open;

    public Labels Labels { get; } = labels;

    public SeriesKinds Kinds { get; private set; }

    /// <summary>Adds what a block has; in the order of their flushes.</summary>
    public void Add(Block block, SeriesEntry entry)
    {
        Kinds |= entry.Kinds;
        _blocks.Add((block, entry));
    }

    /// <summary>Notes what the head has; under its lock.</summary>
    public void Add(HeadSeries series)
    {
        Kinds |= series.Kinds;
        if (series.FlushingSamples is { } flushing) _flushing = flushing.View();
        if (series.FlushingRaw is { } flushingRaw) _flushingRaw = flushingRaw.View();
        _samples = series.Samples.View();
        if (series.Raw is { } raw) _raw = raw.View();
        _open = series.Slots?.Open();
    }

    public void Read(long minTime, long maxTime, SampleBuffer into)
    {
        try
        {
            RunMerge.ReadInto([.. SampleRuns()], minTime, maxTime, into);
        }
        catch (Exception e) when (StoreProblems.Knows(e))
        {
            throw StoreProblems.Of(e, _blocks.Count == 0 ? "" : _blocks[0].Block.Directory);
        }
    }

    /// <summary>Every run of samples, those written first at the front.</summary>
    public IEnumerable<SampleRun> SampleRuns()
    {
        foreach (var (block, entry) in _blocks)
            foreach (var place in entry.Samples)
                yield return SampleRun.Of(block, place);
        for (int i = 0; i < _flushing.Count; i++) yield return _flushing[i];
        for (int i = 0; i < _samples.Count; i++) yield return _samples[i];
        if (_open is not null) yield return _open.Run;
    }

    /// <summary>Every run of raw entries, those written first at the front.</summary>
    public IEnumerable<SampleRun> RawRuns()
    {
        foreach (var (block, entry) in _blocks)
            foreach (var place in entry.Raw)
                yield return SampleRun.Of(block, place);
        for (int i = 0; i < _flushingRaw.Count; i++) yield return _flushingRaw[i];
        for (int i = 0; i < _raw.Count; i++) yield return _raw[i];
    }
}
