namespace Headroom.Metrics.Storage;

/// <summary>
/// One series as it stood when a query began: the chunks that blocks have of it, and views of what is in memory.
/// Reading needs no lock.
/// </summary>
internal sealed class SeriesSnapshot(Labels labels) : ISeries
{
    private readonly List<BlockPart> _blocks = [];
    private ColumnView _flushing;
    private ColumnView _flushingRaw;
    private ColumnView _samples;
    private ColumnView _raw;
    private OpenSamples? _open;

    public Labels Labels { get; } = labels;

    public SeriesKinds Kinds { get; private set; }

    /// <summary>Adds what a block has; in the order of their flushes.</summary>
    public void Add(BlockPart part)
    {
        Kinds |= part.Entry.Kinds;
        _blocks.Add(part);
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

    public void Read(long minTime, long maxTime, SampleBuffer into) => Read(minTime, maxTime, into, SampleAggregate.None);

    public void Read(long minTime, long maxTime, SampleBuffer into, SampleAggregate aggregate)
    {
        try
        {
            RunMerge.ReadInto([.. aggregate == SampleAggregate.None ? SampleRuns() : AggregateRuns()], minTime, maxTime, into, aggregate);
        }
        catch (Exception e) when (StoreProblems.Knows(e))
        {
            throw StoreProblems.Of(e, _blocks.Count == 0 ? "" : _blocks[0].Live.Block.Directory);
        }
    }

    /// <summary>Every run of samples, those written first at the front.</summary>
    public IEnumerable<SampleRun> SampleRuns() => _blocks.SelectMany(part => part.Samples).Concat(HeadRuns());

    // Where a block has aggregates of the series they stand for its samples.
    private IEnumerable<SampleRun> AggregateRuns() =>
        _blocks.SelectMany(part => part.Entry.Aggregates.Count > 0 ? part.Aggregates : part.Samples).Concat(HeadRuns());

    private IEnumerable<SampleRun> HeadRuns()
    {
        for (int i = 0; i < _flushing.Count; i++) yield return _flushing[i];
        for (int i = 0; i < _samples.Count; i++) yield return _samples[i];
        if (_open is not null) yield return _open.Run;
    }

    /// <summary>Every run of raw entries, those written first at the front.</summary>
    public IEnumerable<SampleRun> RawRuns()
    {
        foreach (var run in _blocks.SelectMany(part => part.Raw)) yield return run;
        for (int i = 0; i < _flushingRaw.Count; i++) yield return _flushingRaw[i];
        for (int i = 0; i < _raw.Count; i++) yield return _raw[i];
    }
}
