using Headroom.Configuration.Diagnostics;
using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>
/// The time-series store in a directory: <c>wal/</c> is the journal, one record per accepted request; <c>blocks/</c>
/// the immutable blocks; <c>manifest</c> names the blocks that count; <c>checkpoint-*</c> holds what the journal knew
/// beside samples. Safe to use from several threads.
/// </summary>
public sealed partial class EmbeddedStore : ISeriesSource, IAsyncDisposable
{
    /// <summary>How far ahead of the store's clock a timestamp may be, in milliseconds: one day.</summary>
    internal const long FutureMs = 86_400_000;

    private readonly EmbeddedStoreOptions _options;
    private readonly DirectoryLock _directoryLock;
    private readonly Head _head;
    private readonly Journal _journal;
    private readonly HeadAppender _appender;
    private readonly StoreMaintenance _maintenance;
    private readonly StoreStatistics _statistics;
    private bool _disposed;

    private EmbeddedStore(EmbeddedStoreOptions options, DirectoryLock directoryLock, Head head, Journal journal, StoreManifest manifest)
    {
        (_options, _directoryLock, _head, _journal) = (options, directoryLock, head, journal);
        _statistics = new StoreStatistics(head, journal);
        _appender = new HeadAppender(head, journal, options);
        _maintenance = new StoreMaintenance(options, head, journal, manifest);
    }

    /// <summary>Whether the store takes writes.</summary>
    public bool Ready => Fault is null && !Volatile.Read(ref _disposed);

    /// <summary>Why the store takes no more writes; null while it does. Queries still work.</summary>
    public Problem? Fault =>
        (_maintenance.Failure ?? _journal.Fault) is { } cause ? StoreProblems.ReadOnly(cause, _options.Directory) : null;

    /// <summary>
    /// What the last compaction failed with; null when it did not. A compaction that fails changes nothing and is
    /// tried again.
    /// </summary>
    public Exception? CompactionFailure => _maintenance.CompactionFailure;

    /// <summary>What reading the log back found, a torn tail that was cut among it.</summary>
    public JournalRecovery Recovery => _journal.Recovery;

    /// <summary>Opens the store of a directory, or creates it, and reads its log back.</summary>
    /// <exception cref="ProblemException">
    /// The directory is locked (<c>store-locked</c>), damaged (<c>store-damaged</c>, naming file and byte), of a newer format
    /// (<c>store-newer</c>), or cannot be used. Nothing was changed.
    /// </exception>
    public static EmbeddedStore Open(EmbeddedStoreOptions options)
    {
        try
        {
            return StoreOpening.Open(options, static (options, directoryLock, head, journal, manifest) => new EmbeddedStore(options, directoryLock, head, journal, manifest));
        }
        catch (Exception e) when (StoreProblems.Knows(e))
        {
            throw StoreProblems.Of(e, options.Directory);
        }
    }

    /// <summary>
    /// Writes a request. When the task completes, what was accepted is visible to queries and survives the death of
    /// the process (and power loss, as <see cref="EmbeddedStoreOptions.Sync"/> promises). Cancelling ends only the
    /// wait for room in the log.
    /// </summary>
    /// <exception cref="ProblemException">
    /// The store takes no more writes (<c>store-read-only</c>); whether this request is kept shows after a restart.
    /// </exception>
    public async ValueTask<WriteOutcome> AppendAsync(WriteRequest request, CancellationToken cancel = default)
    {
        try
        {
            while (true)
            {
                await _maintenance.WaitForRoomAsync(cancel).ConfigureAwait(false);
                await _journal.WaitForRoomAsync(0, cancel).ConfigureAwait(false);
                if (TryApply(request, out var outcome, out var written))
                {
                    _maintenance.AfterAppend();
                    if (written is not null) await written.ConfigureAwait(false);
                    return outcome;
                }
            }
        }
        catch (JournalFaultedException e)
        {
            throw new ProblemException(StoreProblems.ReadOnly(e, _options.Directory), e);
        }
        catch (Exception e) when (StoreProblems.Knows(e))
        {
            throw StoreProblems.Of(e, _options.Directory);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ProblemException">A block turned out to be damaged.</exception>
    public IReadOnlyList<ISeries> Select(IReadOnlyList<LabelMatcher> matchers, long minTime, long maxTime) =>
        Reading(() => StoreReader.Select(_head, matchers, minTime, maxTime, raw: false));

    /// <summary>
    /// Labels of the series that match any of the selectors (all series when there is none) and have a sample between
    /// two instants (Unix milliseconds, both included), in label order, at most <paramref name="limit"/>.
    /// </summary>
    public IReadOnlyList<Labels> Series(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, int limit = int.MaxValue) =>
        [.. Matching(selectors, [], start, end).Take(limit)];

    /// <summary>
    /// Label names of the series that match any of the selectors and have a sample in the time range, sorted.
    /// </summary>
    public IReadOnlyList<string> LabelNames(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var labels in Matching(selectors, [], start, end))
            foreach (var (name, _) in labels.AsSpan())
                names.Add(name);
        return [.. names];
    }

    /// <summary>
    /// Values of a label over the series that match any of the selectors and have a sample in the time range, sorted.
    /// </summary>
    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end)
    {
        var values = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var labels in Matching(selectors, [new LabelMatcher(MatchKind.NotEqual, name, "")], start, end)) values.Add(labels[name]);
        return [.. values];
    }

    /// <summary>
    /// Values as they were posted, newest first: observations one by one, plain samples with the notes that came with them.
    /// Of equal times the later arrival comes first. A cursor stays good while samples arrive and over restarts.
    /// </summary>
    /// <param name="service">Value of the label <c>service</c>; null for any.</param>
    /// <param name="metric">Name of the metric; null for any.</param>
    /// <param name="from">Earliest time, Unix milliseconds, included.</param>
    /// <param name="to">Latest time, included.</param>
    /// <param name="limit">Most samples to return, at least 1.</param>
    /// <param name="cursor"><see cref="RawPage.NextCursor"/> of the page before; null for the first.</param>
    /// <exception cref="ProblemException">The cursor is not one (<c>bad-cursor</c>), or a block is damaged.</exception>
    public RawPage ReadRawSamples(string? service, string? metric, long from, long to, int limit, string? cursor = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        RawCursor? after = cursor is null ? null : RawCursor.Parse(cursor);
        var matchers = new List<LabelMatcher>();
        if (service is not null) matchers.Add(new LabelMatcher(MatchKind.Equal, "service", service));
        if (metric is not null) matchers.Add(new LabelMatcher(MatchKind.Equal, Labels.MetricName, metric));
        return Reading(() => RawReader.Read(StoreReader.Select(_head, matchers, from, to, raw: true), from, to, limit, after));
    }

    /// <summary>What is known about metrics, by name: one metric, or (null) all, at most <paramref name="limit"/>.</summary>
    public IReadOnlyList<MetricMetadata> Metadata(string? metric, int limit) => Reading(() =>
    {
        lock (_head.Gate) return _head.Metadata.Read(metric, limit);
    });

    /// <summary>Exemplars between two instants (both included) of the series that match any of the selectors, by series and time.</summary>
    public IReadOnlyList<Exemplar> Exemplars(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end) => Reading(() =>
    {
        Exemplar[] all;
        lock (_head.Gate) all = _head.Exemplars.Snapshot();
        return ExemplarRing.Matching(all, selectors, start, end);
    });

    /// <summary>What the store holds.</summary>
    public StoreStats Stats() => Reading(_statistics.Read);

    /// <summary>What the store is and holds, for a person.</summary>
    public StoreInfo Info() => Reading(() => _statistics.Info(_options, Fault));

    /// <inheritdoc/>
    public long ResolutionAt(long time)
    {
        var through = _head.RolledThrough;
        for (int level = through.Count - 2; level >= 0; level--)
            if (time <= through[level])
                return Resolutions.All[level + 1];
        return Resolutions.Raw;
    }

    /// <summary>Makes everything acknowledged so far survive power loss, whatever the sync mode.</summary>
    /// <exception cref="ProblemException">It could not be synced; the store is read-only from now on.</exception>
    public async Task SyncAsync(CancellationToken cancel = default)
    {
        try
        {
            await _journal.FlushAsync(cancel).ConfigureAwait(false);
        }
        catch (JournalFaultedException e)
        {
            throw new ProblemException(StoreProblems.ReadOnly(e, _options.Directory), e);
        }
    }

    /// <summary>Ends background work, writes what is queued, and releases the directory.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        await _maintenance.DisposeAsync().ConfigureAwait(false);
        await _journal.DisposeAsync().ConfigureAwait(false);
        foreach (var block in _head.Blocks) block.Block.Dispose();
        _directoryLock.Dispose();
    }

    private bool TryApply(WriteRequest request, out WriteOutcome outcome, out Task? written)
    {
        lock (_head.Gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (Fault is { } fault) throw new ProblemException(fault);
            if (!_journal.HasRoom)
            {
                (outcome, written) = (null!, null);
                return false;
            }
            outcome = _appender.Apply(request, _options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds(), out written);
            return true;
        }
    }

    private List<Labels> Matching(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, IReadOnlyList<LabelMatcher> and, long start, long end)
    {
        if (selectors.Count == 0) selectors = [[]];
        var found = new HashSet<Labels>();
        foreach (var selector in selectors) Reading(() => StoreReader.SelectLabels(_head, [.. selector, .. and], start, end, found));
        return [.. found.Order()];
    }

    private T Reading<T>(Func<T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            return read();
        }
        catch (Exception e) when (StoreProblems.Knows(e))
        {
            throw StoreProblems.Of(e, _options.Directory);
        }
    }
}
