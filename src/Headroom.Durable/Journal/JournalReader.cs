namespace Headroom.Durable;

/// <summary>
/// Reads a log front to back and decides, where something does not check out, whether it is a torn tail (nothing valid
/// follows it in the last segment) or damage.
/// </summary>
internal sealed class JournalReader(string directory, IFileLayer files, JournalRecordHandler? onRecord)
{
    private byte[] _buffer = new byte[256 << 10];
    private long _records;
    private long _first;
    private long _last;
    private long _epoch;

    /// <summary>The log's segments in order, each with the length up to which it is valid.</summary>
    public List<JournalSegment> Segments { get; } = [];

    /// <summary>A last segment whose header never reached the disk; null when there is none.</summary>
    public string? HeadlessSegment { get; private set; }

    public JournalRecovery Recovery { get; private set; } = new(0, 1, 0, 0, 0, null);

    public void ReadAll()
    {
        var names = files.ListFiles(directory).Where(name => JournalFormat.SequenceOf(name) >= 0).ToList();
        long cut = 0;
        string? cutFile = null;
        for (int i = 0; i < names.Count; i++)
        {
            string path = Path.Combine(directory, names[i]);
            long first = JournalFormat.SequenceOf(names[i]);
            if (i == 0)
                (_first, _last) = (first, first - 1);
            else if (first != _last + 1)
                throw new JournalDamagedException(path, 0, $"it starts with record {first}, but the log before it ends with {_last}");

            using var file = files.Open(path);
            long valid = ReadSegment(file, path, first, isLast: i == names.Count - 1);
            if (valid < file.Length) (cut, cutFile) = (file.Length - valid, path);
            if (valid == 0) HeadlessSegment = path;
            else Segments.Add(new JournalSegment(path, first, valid));
        }
        Recovery = new JournalRecovery(_records, names.Count == 0 ? 1 : _first, _last, _epoch, cut, cutFile);
    }

    /// <summary>Hands over the segment's records; gives the length up to which it is valid, 0 when not even its header is.</summary>
    private long ReadSegment(IDurableFile file, string path, long first, bool isLast)
    {
        long length = file.Length;
        Span<byte> header = stackalloc byte[JournalFormat.HeaderBytes];
        int got = file.Read(header, 0);
        if (JournalFormat.CheckHeader(header[..got], path, first) is { } headerFault)
            return Torn(file, path, 0, headerFault, isLast);

        long offset = JournalFormat.HeaderBytes;
        long bufferStart = offset;
        int buffered = 0;
        while (offset < length)
        {
            int at = (int)(offset - bufferStart);
            if (!Fill(file, ref bufferStart, ref at, ref buffered, JournalFormat.RecordOverhead))
                return Torn(file, path, offset, "a record's header is cut short", isLast);
            int payload = JournalFormat.PayloadLength(_buffer.AsSpan(at));
            if (payload < 0 || payload > length - offset - JournalFormat.RecordOverhead)
                return Torn(file, path, offset, "a record is longer than what is left of the file", isLast);
            int total = JournalFormat.RecordOverhead + payload;
            if (!Fill(file, ref bufferStart, ref at, ref buffered, total))
                return Torn(file, path, offset, "a record is cut short", isLast);
            var record = _buffer.AsSpan(at, total);
            if (JournalFormat.Checksum(record) != JournalFormat.StoredChecksum(record))
                return Torn(file, path, offset, "a record's checksum does not match", isLast);
            HandOver(record, path, offset);
            offset += total;
        }
        return offset;
    }

    private void HandOver(ReadOnlySpan<byte> record, string path, long offset)
    {
        long sequence = JournalFormat.Sequence(record);
        long epoch = JournalFormat.Epoch(record);
        if (sequence != _last + 1)
            throw new JournalDamagedException(path, offset, $"record {sequence} follows record {_last}");
        if (epoch < _epoch)
            throw new JournalDamagedException(path, offset, $"record {sequence} has epoch {epoch} after epoch {_epoch}: its writer had been fenced off");
        (_last, _epoch) = (sequence, epoch);
        _records++;
        onRecord?.Invoke(new JournalRecord
        {
            Type = record[8],
            Sequence = sequence,
            Epoch = epoch,
            Payload = record[JournalFormat.RecordOverhead..],
            File = path,
            Offset = offset,
        });
    }

    // Makes `need` bytes from `at` available, moving what is left to the front of the buffer.
    private bool Fill(IDurableFile file, ref long bufferStart, ref int at, ref int buffered, int need)
    {
        if (buffered - at >= need) return true;
        _buffer.AsSpan(at, buffered - at).CopyTo(_buffer);
        (bufferStart, buffered, at) = (bufferStart + at, buffered - at, 0);
        if (need > _buffer.Length) Array.Resize(ref _buffer, need);
        buffered += file.Read(_buffer.AsSpan(buffered), bufferStart + buffered);
        return buffered >= need;
    }

    // A write that was cut off leaves nothing valid behind it. Where a valid later record follows, what stands here
    // was written and acknowledged once, and cutting it would lose it silently.
    private long Torn(IDurableFile file, string path, long offset, string reason, bool isLast)
    {
        if (!isLast || ValidRecordFollows(file, offset)) throw new JournalDamagedException(path, offset, reason);
        return offset;
    }

    private bool ValidRecordFollows(IDurableFile file, long offset)
    {
        var rest = new byte[file.Length - offset];
        rest = rest[..file.Read(rest, offset)];
        long highest = _last + 1 + rest.Length / JournalFormat.RecordOverhead;
        for (int at = 1; at <= rest.Length - JournalFormat.RecordOverhead; at++)
        {
            var candidate = rest.AsSpan(at);
            long sequence = JournalFormat.Sequence(candidate);
            if (sequence <= _last || sequence > highest) continue;
            int payload = JournalFormat.PayloadLength(candidate);
            if (payload < 0 || payload > candidate.Length - JournalFormat.RecordOverhead) continue;
            var record = candidate[..(JournalFormat.RecordOverhead + payload)];
            if (JournalFormat.Checksum(record) == JournalFormat.StoredChecksum(record)) return true;
        }
        return false;
    }
}

/// <summary>A segment file: its path, the sequence of its first record, and its valid length.</summary>
internal sealed record JournalSegment(string Path, long FirstSequence, long Length);
