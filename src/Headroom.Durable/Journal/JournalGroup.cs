namespace Headroom.Durable;

/// <summary>
/// Records that go to disk in one write. Filled under the journal's lock, then owned by the writer thread until
/// it is written; its buffer is used again.
/// </summary>
internal sealed class JournalGroup
{
    private byte[] _buffer = new byte[16 << 10];

    public int Length { get; private set; }

    public int Records { get; private set; }

    public TaskCompletionSource Written { get; private set; } = NewCompletion();

    public Span<byte> Bytes => _buffer.AsSpan(0, Length);

    public void Add(byte type, long sequence, long epoch, ReadOnlySpan<byte> payload)
    {
        int total = JournalFormat.RecordOverhead + payload.Length;
        if (total > _buffer.Length - Length)
            Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max((long)_buffer.Length * 2, (long)Length + total)));
        JournalFormat.WriteUnsealed(_buffer.AsSpan(Length), type, sequence, epoch, payload);
        Length += total;
        Records++;
    }

    /// <summary>Empties the group for its next use; one that grew for an exceptional record gives the memory back.</summary>
    public void Reset(int keepBytes)
    {
        (Length, Records, Written) = (0, 0, NewCompletion());
        if (_buffer.Length > keepBytes) _buffer = new byte[16 << 10];
    }

    // Continuations must not run on the writer thread: they would delay the next group.
    private static TaskCompletionSource NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
