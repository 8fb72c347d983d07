namespace Headroom.Durable;

/// <content>The queue, and the thread that writes it to disk.</content>
public sealed partial class Journal
{
    private void CheckSize(int payloadBytes)
    {
        if (payloadBytes > _options.MaxPayloadBytes)
            throw new ArgumentException($"a record of {payloadBytes} bytes is larger than the {_options.MaxPayloadBytes} bytes allowed");
    }

    private bool HasRoomFor(int payloadBytes) =>
        _open.Length == 0 || _open.Length + (long)JournalFormat.RecordOverhead + payloadBytes <= _options.MaxPendingBytes;

    private JournalTicket Enqueue(byte type, ReadOnlySpan<byte> payload)
    {
        _open.Add(type, _lastSequence + 1, Epoch, payload);
        Volatile.Write(ref _lastSequence, _lastSequence + 1);
        if (_open.Records == 1) WakeWriter();
        return new JournalTicket(_lastSequence, _open.Written.Task);
    }

    private void ThrowIfUnusable()
    {
        if (_fault is not null) throw new JournalFaultedException(Directory, _fault.InnerException!);
        ObjectDisposedException.ThrowIf(_stopping, this);
    }

    private void SyncIsDue()
    {
        lock (_gate)
        {
            if (_fault is not null || _stopping || !(_segments.Dirty || _writing)) return;
            _syncDue = true;
            WakeWriter();
        }
    }

    // A thread of its own, started by the first append: it blocks in write and fsync.
    private void WakeWriter()
    {
        if (_writer is null)
        {
            _stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _writer = new Thread(WriteGroups) { IsBackground = true, Name = "journal writer" };
            _writer.Start();
        }
        else
        {
            Monitor.PulseAll(_gate);
        }
    }

    private void WriteGroups()
    {
        while (true)
        {
            JournalGroup group;
            TaskCompletionSource? flush;
            bool sync;
            lock (_gate)
            {
                while (_open.Records == 0 && _flush is null && !_syncDue && !_stopping) Monitor.Wait(_gate);
                bool last = _stopping && _open.Records == 0 && _flush is null;
                if (last && (!_segments.Dirty || _options.Sync == JournalSync.Never || _fault is not null)) break;
                (group, _open, _spare) = (_open, _spare!, null);
                (flush, _flush) = (_flush, null);
                sync = _options.Sync == JournalSync.Always || flush is not null || _syncDue || last;
                (_syncDue, _writing) = (false, true);
                _room?.TrySetResult();
                _room = null;
            }
            var failure = WriteGroup(group, sync);
            lock (_gate)
            {
                group.Reset(keepBytes: 2 * _options.MaxPendingBytes);
                (_spare, _writing) = (group, false);
                if (failure is not null) FailAll(failure);
            }
            if (failure is null) flush?.SetResult();
            else Fail(flush, failure);
            if (failure is not null) break;
        }
        _stopped!.SetResult();
    }

    /// <summary>Writes and acknowledges a group; gives the failure, after which nothing more is written.</summary>
    private JournalFaultedException? WriteGroup(JournalGroup group, bool sync)
    {
        var written = group.Written;
        try
        {
            _segments.Write(group.Bytes);
            if (_options.Sync != JournalSync.Always) written.SetResult();
            if (sync) _segments.Sync();
            written.TrySetResult();
            return null;
        }
        // Whatever went wrong, it must reach those who wait instead of ending the process from this thread.
        catch (Exception e)
        {
            var fault = new JournalFaultedException(Directory, e);
            Volatile.Write(ref _fault, fault);
            Fail(written, fault);
            return fault;
        }
    }

    private void FailAll(JournalFaultedException failure)
    {
        _fault = failure;
        Fail(_open.Written, failure);
        Fail(_room, failure);
        Fail(_flush, failure);
        (_room, _flush) = (null, null);
    }

    private static void Fail(TaskCompletionSource? waiting, Exception failure)
    {
        if (waiting is null || !waiting.TrySetException(failure)) return;
        // Observed here, since a ticket nobody awaits must not raise UnobservedTaskException later.
        _ = waiting.Task.Exception;
    }
}
