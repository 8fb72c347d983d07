using System.Runtime.CompilerServices;

namespace Headroom.Durable;

/// <summary>
/// An append-only log in a directory. Callers' records are collected while the disk is busy and go out together: one
/// write, and with <see cref="JournalSync.Always"/> one fsync, for all of them. A record is acknowledged when it is
/// written. Safe to use from several threads; one opener at a time.
/// </summary>
public sealed partial class Journal : IAsyncDisposable
{
    private readonly DirectoryLock _directoryLock;
    private readonly JournalOptions _options;
    private readonly JournalSegments _segments;
    // A monitor and not a Lock: the writer thread waits on it.
    private readonly object _gate = new();
    private JournalGroup _open = new();
    private JournalGroup? _spare = new();
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _flush;
    private ITimer? _syncTimer;
    private Thread? _writer;
    private TaskCompletionSource? _stopped;
    private JournalFaultedException? _fault;
    private bool _stopping;
    private bool _syncDue;
    private bool _writing;
    private long _lastSequence;

    private Journal(string directory, JournalOptions options, DirectoryLock directoryLock, JournalSegments segments, JournalRecovery recovery)
    {
        (Directory, _options, _directoryLock, _segments, Recovery) = (directory, options, directoryLock, segments, recovery);
        _lastSequence = recovery.LastSequence;
        Epoch = options.Epoch ?? recovery.LastEpoch + 1;
        if (options.Sync == JournalSync.Interval)
            _syncTimer = options.TimeProvider.CreateTimer(static state => ((Journal)state!).SyncIsDue(), this, options.SyncInterval, options.SyncInterval);
    }

    /// <summary>The log's directory.</summary>
    public string Directory { get; }

    /// <summary>What opening found.</summary>
    public JournalRecovery Recovery { get; }

    /// <summary>Fencing number of the records written here.</summary>
    public long Epoch { get; }

    /// <summary>Why nothing more can be written; null while the log works.</summary>
    public JournalFaultedException? Fault => Volatile.Read(ref _fault);

    /// <summary>Sequence of the last record appended, written or on its way; 0 in an empty log.</summary>
    public long LastSequence => Volatile.Read(ref _lastSequence);

    /// <summary>Size of the segment files in bytes.</summary>
    public long Bytes => _segments.Bytes;

    /// <summary>Number of segment files.</summary>
    public int SegmentCount => _segments.Count;

    /// <summary>
    /// Locks a directory (created when absent), reads its log back record by record, cuts a torn tail, and continues
    /// the log.
    /// </summary>
    /// <exception cref="DirectoryLockedException">Another opener has the log.</exception>
    /// <exception cref="JournalDamagedException">The log is damaged before its end; nothing was changed.</exception>
    /// <exception cref="FormatVersionException">A newer program wrote it.</exception>
    /// <exception cref="ArgumentException"><see cref="JournalOptions.Epoch"/> is lower than the log's.</exception>
    public static Journal Open(string directory, JournalOptions? options = null, JournalRecordHandler? onRecord = null)
    {
        options ??= new JournalOptions();
        options.Validate();
        var directoryLock = DirectoryLock.Take(directory, options.Files);
        JournalSegments? segments = null;
        try
        {
            var reader = new JournalReader(directory, options.Files, onRecord);
            reader.ReadAll();
            if (options.Epoch < reader.Recovery.LastEpoch)
                throw new ArgumentException($"epoch {options.Epoch} is lower than the log's epoch {reader.Recovery.LastEpoch}", nameof(options));
            segments = JournalSegments.Continue(directory, options, reader);
            return new Journal(directory, options, directoryLock, segments, reader.Recovery);
        }
        catch
        {
            segments?.Dispose();
            directoryLock.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads a log without locking or changing it, also beside its writer: a torn tail is left out and reported.
    /// </summary>
    /// <exception cref="JournalDamagedException">The log is damaged before its end.</exception>
    /// <exception cref="FormatVersionException">A newer program wrote it.</exception>
    public static JournalRecovery Read(string directory, JournalRecordHandler onRecord, IFileLayer? files = null)
    {
        var reader = new JournalReader(directory, files ?? DiskFileLayer.Instance, onRecord);
        reader.ReadAll();
        return reader.Recovery;
    }

    /// <summary>
    /// Puts a record in the queue to the disk, without waiting. Records are written in the order of these calls.
    /// Allocates nothing; the payload is copied.
    /// </summary>
    /// <returns>False when the queue is full: wait with <see cref="WaitForRoomAsync"/> and call again.</returns>
    /// <exception cref="ArgumentException">
    /// The payload is larger than <see cref="JournalOptions.MaxPayloadBytes"/>.
    /// </exception>
    /// <exception cref="JournalFaultedException">A write or fsync failed earlier.</exception>
    public bool TryAppend(byte type, ReadOnlySpan<byte> payload, out JournalTicket ticket)
    {
        CheckSize(payload.Length);
        lock (_gate)
        {
            ThrowIfUnusable();
            if (!HasRoomFor(payload.Length))
            {
                ticket = default;
                return false;
            }
            ticket = Enqueue(type, payload);
            return true;
        }
    }

    /// <summary>
    /// Puts a record in the queue whether or not there is room, for a caller that has made sure with
    /// <see cref="HasRoom"/> and is the only one to append: the bound is then exceeded by this one record at most.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The payload is larger than <see cref="JournalOptions.MaxPayloadBytes"/>.
    /// </exception>
    /// <exception cref="JournalFaultedException">A write or fsync failed earlier.</exception>
    public JournalTicket Append(byte type, ReadOnlySpan<byte> payload)
    {
        CheckSize(payload.Length);
        lock (_gate)
        {
            ThrowIfUnusable();
            return Enqueue(type, payload);
        }
    }

    /// <summary>Whether the queue is below its bound.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate) return HasRoomFor(0);
        }
    }

    /// <summary>Waits until a payload of a size may fit in the queue.</summary>
    /// <exception cref="JournalFaultedException">A write or fsync failed.</exception>
    public Task WaitForRoomAsync(int payloadBytes, CancellationToken cancel = default)
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            if (HasRoomFor(payloadBytes)) return Task.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(cancel);
        }
    }

    /// <summary>
    /// Appends a record and completes with its sequence once it is acknowledged. Cancelling ends only the wait for
    /// room in the queue: a record that stands in the queue is written.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The payload is larger than <see cref="JournalOptions.MaxPayloadBytes"/>.
    /// </exception>
    /// <exception cref="JournalFaultedException">
    /// It could not be written or synced; whether it is in the log shows when it is reopened.
    /// </exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<long> AppendAsync(byte type, ReadOnlyMemory<byte> payload, CancellationToken cancel = default)
    {
        JournalTicket ticket;
        while (!TryAppend(type, payload.Span, out ticket))
            await WaitForRoomAsync(payload.Length, cancel).ConfigureAwait(false);
        await ticket.Written.ConfigureAwait(false);
        return ticket.Sequence;
    }

    /// <summary>
    /// Appends records in order and completes with the last one's sequence once all are acknowledged; 0 for an empty
    /// batch. They are not atomic: a crash may leave a prefix of them. Their sequences follow each other without
    /// others in between unless the batch is larger than <see cref="JournalOptions.MaxPendingBytes"/>. Cancelling
    /// ends only the wait for room: a prefix may have been queued.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// A payload is larger than <see cref="JournalOptions.MaxPayloadBytes"/>; nothing was appended.
    /// </exception>
    /// <exception cref="JournalFaultedException">They could not be written or synced.</exception>
    public async ValueTask<long> AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel = default)
    {
        foreach (var entry in entries) CheckSize(entry.Payload.Length);
        JournalTicket ticket = default;
        int next = 0;
        while (next < entries.Count)
        {
            lock (_gate)
            {
                ThrowIfUnusable();
                for (; next < entries.Count && HasRoomFor(entries[next].Payload.Length); next++)
                    ticket = Enqueue(entries[next].Type, entries[next].Payload.Span);
            }
            if (next < entries.Count) await WaitForRoomAsync(entries[next].Payload.Length, cancel).ConfigureAwait(false);
        }
        // Groups are written in order and a failure fails all that follow, so the last ticket speaks for the batch.
        if (ticket.Written is not null) await ticket.Written.ConfigureAwait(false);
        return ticket.Sequence;
    }

    /// <summary>Completes when everything appended before the call is written and synced, whatever the sync mode.</summary>
    /// <exception cref="JournalFaultedException">It could not be written or synced.</exception>
    public Task FlushAsync(CancellationToken cancel = default)
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            if (_open.Records == 0 && !_writing && !_segments.Dirty) return Task.CompletedTask;
            _flush ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            WakeWriter();
            return _flush.Task.WaitAsync(cancel);
        }
    }

    /// <summary>
    /// Deletes segment files that hold only records before a sequence, after a checkpoint has made them superfluous.
    /// The segment being written always stays.
    /// </summary>
    /// <returns>How many files were deleted.</returns>
    public int DeleteSegmentsBefore(long sequence) => _segments.DeleteBefore(sequence);

    /// <summary>
    /// Writes what is queued, syncs it unless the mode is <see cref="JournalSync.Never"/>, and releases the
    /// directory.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        TaskCompletionSource? stopped;
        lock (_gate)
        {
            if (_stopping) return;
            _stopping = true;
            _syncTimer?.Dispose();
            _syncTimer = null;
            stopped = _stopped;
            Monitor.PulseAll(_gate);
        }
        if (stopped is not null) await stopped.Task.ConfigureAwait(false);
        _segments.Dispose();
        _directoryLock.Dispose();
    }
}
