namespace Headroom.Durable;

/// <summary>One record as read back. Its payload is valid only during the call that hands it over.</summary>
public readonly ref struct JournalRecord
{
    /// <summary>What the writer said the payload is.</summary>
    public required byte Type { get; init; }

    /// <summary>Position in the log: 1 for the first record ever written, then without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>Fencing number of the opener that wrote it; never falls from one record to the next.</summary>
    public required long Epoch { get; init; }

    /// <summary>What was appended.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Path of the segment file.</summary>
    public required string File { get; init; }

    /// <summary>Offset of the record in that file in bytes.</summary>
    public required long Offset { get; init; }
}

/// <summary>Takes records in the order they were appended.</summary>
public delegate void JournalRecordHandler(in JournalRecord record);

/// <summary>One record to append as part of a batch.</summary>
/// <param name="Type">What the payload is; the journal does not look at it.</param>
/// <param name="Payload">Copied before the append call returns.</param>
public readonly record struct JournalEntry(byte Type, ReadOnlyMemory<byte> Payload);

/// <summary>A record that stands in the queue to the disk.</summary>
/// <param name="Sequence">The number it has in the log.</param>
/// <param name="Written">
/// Completes when the record is acknowledged: written, and with <see cref="JournalSync.Always"/> synced. Fails with
/// <see cref="JournalFaultedException"/> when that could not be done. Shared by all records of a group.
/// </param>
public readonly record struct JournalTicket(long Sequence, Task Written);

/// <summary>What opening a journal found.</summary>
/// <param name="Records">Records read back.</param>
/// <param name="FirstSequence">Sequence of the first of them, or of the next append when there was none.</param>
/// <param name="LastSequence">Sequence of the last record in the log; 0 when it is empty.</param>
/// <param name="LastEpoch">Epoch of the last record; 0 when the log is empty.</param>
/// <param name="BytesCut">Bytes of a torn tail that were cut; 0 when the log ended cleanly.</param>
/// <param name="CutFile">The file they were cut from; null when none were.</param>
public sealed record JournalRecovery(
    long Records, long FirstSequence, long LastSequence, long LastEpoch, long BytesCut, string? CutFile);
