using System.Buffers;
using Headroom.Durable;
using Headroom.Runs;

namespace Headroom.Simulation.Tests;

/// <summary>
/// The journal without its writer thread: the real reader, format and segment code over the simulated disk, with write and
/// sync as two moments between which anything may happen.
/// </summary>
internal sealed class SimLog : IDisposable
{
    private readonly string _directory;
    private readonly SimDisk _disk;
    private readonly JournalSegments _segments;
    private readonly ArrayBufferWriter<byte> _payload = new();
    private JournalGroup _open = new();
    private JournalGroup? _underWay;
    private long _last;

    public SimLog(string directory, SimDisk disk, long segmentBytes)
    {
        (_directory, _disk) = (directory, disk);
        var reader = new JournalReader(directory, disk, Take);
        reader.ReadAll();
        _segments = JournalSegments.Continue(directory, new JournalOptions { Files = disk, SegmentBytes = segmentBytes }, reader);
        _last = reader.Recovery.LastSequence;
        Epoch = reader.Recovery.LastEpoch + 1;
    }

    public List<RunRecord> Recovered { get; } = [];

    public long Epoch { get; }

    public bool Waiting => _open.Records > 0;

    public bool UnderWay => _underWay is not null;

    public void Append(in RunRecord record, long utcMilliseconds)
    {
        _payload.ResetWrittenCount();
        RunRecordCodec.Write(_payload, record, utcMilliseconds);
        _open.Add((byte)record.Type, ++_last, Epoch, _payload.WrittenSpan);
    }

    public void Write()
    {
        (_underWay, _open) = (_open, new JournalGroup());
        _segments.Write(_underWay.Bytes);
    }

    public void Sync()
    {
        _segments.Sync();
        _underWay = null;
    }

    /// <summary>Records on the disk and on their way to it.</summary>
    public long Last => _last;

    /// <summary>The process died in the middle of writing what waits: at any byte, or exactly after some of its records.</summary>
    public void TearWaiting(int? afterRecords = null)
    {
        var bytes = _open.Bytes;
        int upTo = 0;
        for (int at = 0, records = 1; at < bytes.Length; records++)
        {
            at += JournalFormat.Seal(bytes[at..]);
            if (records <= afterRecords) upTo = at;
        }
        if (afterRecords is null) _disk.TearAtEnd(_directory, bytes);
        else _disk.PutAtEnd(_directory, bytes[..upTo]);
    }

    public void Dispose() => _segments.Dispose();

    private void Take(in JournalRecord record)
    {
        if (!RunRecordCodec.TryRead(record.Type, record.Epoch, record.Payload, out var read))
            throw new InvalidDataException($"record {record.Sequence} cannot be read back");
        Recovered.Add(read);
    }
}
