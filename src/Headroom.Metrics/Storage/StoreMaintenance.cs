using Headroom.Durable;

namespace Headroom.Metrics.Storage;

/// <summary>Starts flushes and compactions when they are due, and keeps them from getting in each other's way.</summary>
internal sealed class StoreMaintenance : IAsyncDisposable
{
    private const int SamplesPerSeries = 16;
    private const long LogBytesPerSeries = 512;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly EmbeddedStoreOptions _options;
    private readonly Head _head;
    private readonly Journal _journal;
    private readonly Flush _flush;
    private readonly Compaction _compaction;
    private readonly RollUp _rollUp;
    private readonly Deletion _deletion;
    private readonly SemaphoreSlim _flushing = new(1);
    private readonly SemaphoreSlim _compacting = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer? _timer;
    private readonly Lock _lock = new();
    private Task _flushTask = Task.CompletedTask;
    private Task _compactionTask = Task.CompletedTask;
    private Exception? _failure;
    private Exception? _compactionFailure;

    public StoreMaintenance(EmbeddedStoreOptions options, Head head, Journal journal, StoreManifest manifest)
    {
        (_options, _head, _journal) = (options, head, journal);
        _flush = new Flush(options, head, journal, manifest);
        _compaction = new Compaction(options, head, manifest);
        _rollUp = new RollUp(options, head, manifest);
        _deletion = new Deletion(options, head, manifest);
        if (options.Background)
            _timer = options.TimeProvider.CreateTimer(static state => ((StoreMaintenance)state!).AfterAppend(), this, Period, Period);
    }

    /// <summary>What a flush failed with; after that the store must not be written to.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>What the last compaction failed with; null when it did not.</summary>
    public Exception? CompactionFailure => Volatile.Read(ref _compactionFailure);

    /// <summary>Waits while memory fills faster than it can be written to blocks.</summary>
    public Task WaitForRoomAsync(CancellationToken cancel)
    {
        if (!_options.Background || Volatile.Read(ref _failure) is not null) return Task.CompletedTask;
        lock (_lock) return _flushTask.IsCompleted || _head.Pending < MostPending + Math.Max(_options.FlushSamples, MostPending / 4) ? Task.CompletedTask : _flushTask.WaitAsync(cancel);
    }

    /// <summary>Starts a flush when one is due and none is running.</summary>
    public void AfterAppend()
    {
        if (!_options.Background || !IsDue()) return;
        lock (_lock)
        {
            if (!_flushTask.IsCompleted || _stop.IsCancellationRequested) return;
            _flushTask = Task.Run(FlushInBackgroundAsync);
        }
    }

    /// <summary>Flushes now. A failure is in <see cref="Failure"/>.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        await _flushing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            await FlushUnderLockAsync().ConfigureAwait(false);
        }
        finally
        {
            _flushing.Release();
        }
    }

    private async Task FlushUnderLockAsync(bool evenSo = false)
    {
        try
        {
            // After a failure the head still holds what was set apart; setting more apart would lose it from view.
            if (Failure is null) await _flush.RunAsync(evenSo).ConfigureAwait(false);
        }
        // A half-written block is harmless, but what fails here must not be trusted with more, whatever it is.
        catch (Exception e)
        {
            Volatile.Write(ref _failure, e);
        }
    }

    /// <summary>Deletes samples. Nothing else is moved between memory and disk meanwhile.</summary>
    public async Task DeleteAsync(IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, long start, long end, CancellationToken cancel)
    {
        await _compacting.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            _deletion.CheckRoom(selectors.Count);
            // In memory first, so that what follows is all of it in blocks.
            _deletion.Prepare(selectors, start, end);
            await _flushing.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                await FlushUnderLockAsync(evenSo: true).ConfigureAwait(false);
                if (Failure is null) _deletion.Commit(selectors, start, end);
            }
            finally
            {
                _flushing.Release();
            }
        }
        finally
        {
            _compacting.Release();
        }
    }

    /// <summary>Runs something while no file of the store is replaced or deleted.</summary>
    public async Task<T> HoldingStillAsync<T>(Func<T> run, CancellationToken cancel)
    {
        await _compacting.WaitAsync(cancel).ConfigureAwait(false);
        await _flushing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            return run();
        }
        finally
        {
            _flushing.Release();
            _compacting.Release();
        }
    }

    /// <summary>Makes a backup. Flushes go on while blocks are copied; merges wait.</summary>
    public async Task<StoreBackupResult> BackupAsync(string into, CancellationToken cancel)
    {
        await _compacting.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var backup = StoreBackup.Start(_options, into);
            await _flushing.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                await FlushUnderLockAsync().ConfigureAwait(false);
                if (Failure is { } failure) throw new IOException(failure.Message, failure);
                await _journal.FlushAsync(cancel).ConfigureAwait(false);
                backup.CopyLog();
            }
            finally
            {
                _flushing.Release();
            }
            return backup.Finish(cancel);
        }
        finally
        {
            _compacting.Release();
        }
    }

    /// <summary>Rolls up and merges what is due, or all.</summary>
    public async Task CompactAsync(bool all, CancellationToken cancel)
    {
        await _compacting.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _stop.Token);
            var rewrite = _rollUp.Run(all, either.Token);
            if (all) _compaction.RunFull(either.Token);
            else
            {
                while (_compaction.RunOnce(either.Token)) { }
                _compaction.Rewrite([.. rewrite], either.Token);
            }
            Volatile.Write(ref _compactionFailure, null);
        }
        finally
        {
            _compacting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _timer?.Dispose();
        Task flush, compaction;
        lock (_lock)
        {
            _stop.Cancel();
            (flush, compaction) = (_flushTask, _compactionTask);
        }
        await Task.WhenAll(flush, compaction).ConfigureAwait(false);
        // Reading much back from the log would make every next start slow.
        if (_options.Background && _head.Pending >= _options.FlushSamples / 8) await FlushAsync(CancellationToken.None).ConfigureAwait(false);
        // What was started by hand ends here.
        await _compacting.WaitAsync().ConfigureAwait(false);
        await _flushing.WaitAsync().ConfigureAwait(false);
        _compacting.Dispose();
        _flushing.Dispose();
        _stop.Dispose();
    }

    // A block names every series it has samples of: with few samples each it would be names for the most part.
    private long MostPending => Math.Max(_options.FlushSamples, (long)_head.SeriesCount * SamplesPerSeries);

    private bool IsDue()
    {
        long pending = Volatile.Read(ref _failure) is null ? _head.Pending : 0;
        return pending > 0
            && (pending >= MostPending || _head.PendingBytes >= Math.Max(_options.FlushLogBytes, _head.SeriesCount * LogBytesPerSeries)
                || _options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds() - _head.PendingSince >= _options.FlushAge.TotalMilliseconds);
    }

    private async Task FlushInBackgroundAsync()
    {
        await FlushAsync(CancellationToken.None).ConfigureAwait(false);
        lock (_lock)
        {
            if (Failure is not null || !_compactionTask.IsCompleted || _stop.IsCancellationRequested) return;
            _compactionTask = Task.Run(CompactInBackgroundAsync);
        }
    }

    private async Task CompactInBackgroundAsync()
    {
        try
        {
            await CompactAsync(all: false, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) { }
        // Nothing is lost when a merge fails: the sources stay, and the next flush tries again.
        catch (Exception e)
        {
            Volatile.Write(ref _compactionFailure, e);
        }
    }
}
