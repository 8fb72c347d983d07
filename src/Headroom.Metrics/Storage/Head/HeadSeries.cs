using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>One series in the head. Guarded by the head's lock. There may be a million: each field counts.</summary>
internal sealed class HeadSeries(Labels labels, long writtenAt)
{
    private Posted? _posted;
    private int _writtenAtSeconds = (int)(writtenAt / 1000);

    public Labels Labels { get; } = labels;

    /// <summary>Its number in the journal; 0 while no record names it.</summary>
    public long Number { get; set; }

    /// <summary>Sequence of the latest journal record that defines the number.</summary>
    public long DefinedAt { get; set; }

    public SeriesKinds Kinds { get; set; }

    /// <summary>Samples that are in no block yet.</summary>
    public SampleColumn Samples { get; private set; } = new(raw: false);

    /// <summary>Samples that are being written to a block; null when none are.</summary>
    public SampleColumn? FlushingSamples { get; private set; }

    /// <summary>Raw entries that are in no block yet; null when there are none.</summary>
    public SampleColumn? Raw => _posted?.Raw;

    /// <summary>Raw entries that are being written to a block.</summary>
    public SampleColumn? FlushingRaw => _posted?.FlushingRaw;

    /// <summary>Open slots of observations; null for a series that has none.</summary>
    public ObservationSlots? Slots
    {
        get => _posted?.Slots;
        set => (_posted ??= new Posted()).Slots = value;
    }

    /// <summary>The series that was written to after this one, the last time; a guess that saves a look-up.</summary>
    public HeadSeries? Follower { get; set; }

    /// <summary>Time of the earliest sample in a block; later than <see cref="StoredLast"/> when there is none.</summary>
    public long StoredFirst { get; private set; } = long.MaxValue;

    /// <summary>Time of the latest sample in a block.</summary>
    public long StoredLast { get; private set; } = long.MinValue;

    /// <summary>Time of the newest plain sample; <see cref="long.MinValue"/> when there is none.</summary>
    public long Newest =>
        !Samples.IsEmpty ? Math.Max(Samples.Last, StoredLast) : FlushingSamples is { } flushing ? Math.Max(flushing.Last, StoredLast) : StoredLast;

    /// <summary>Clock time when it was written to last, or else when the store was opened. Unix milliseconds, to the second.</summary>
    public long WrittenAt
    {
        get => _writtenAtSeconds * 1000L;
        set => _writtenAtSeconds = (int)(value / 1000);
    }

    /// <summary>Whether the head no longer has it.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Whether blocks have all there is to know about it.</summary>
    public bool IsStored => Samples.IsEmpty && FlushingSamples is null && _posted is null or { Raw: null, FlushingRaw: null, Slots: null or { IsFrozen: true } };

    /// <summary>Records an observation; slots that become final turn into samples.</summary>
    public void Observe(long time, double value, Head head)
    {
        var posted = _posted ??= new Posted();
        posted.Freeze ??= (at, histogram) => Samples.Insert(at, 0, histogram, head.Memory);
        posted.Slots ??= new ObservationSlots(head.WindowMs);
        posted.Slots.Record(time, value, posted.Freeze);
    }

    /// <summary>Makes all slots final.</summary>
    public void FreezeSlots(Head head) => Slots?.FreezeAll((at, histogram) => Samples.Insert(at, 0, histogram, head.Memory));

    public void AddRaw(long time, double value, SampleNote? note, Head head)
    {
        var posted = _posted ??= new Posted();
        posted.Raw ??= new SampleColumn(raw: true);
        posted.Raw.Insert(time, value, note, head.Memory);
    }

    /// <summary>Sets what is in the head apart, to be written to a block; new samples go to new columns.</summary>
    public void StartFlush()
    {
        if (!Samples.IsEmpty)
        {
            FlushingSamples = Samples;
            Samples = new SampleColumn(raw: false);
        }
        if (_posted is not null) (_posted.FlushingRaw, _posted.Raw) = (_posted.Raw, null);
    }

    /// <summary>Forgets what was set apart: it is in a block now.</summary>
    public void EndFlush(ColumnMemory memory)
    {
        if (FlushingSamples is { } flushed)
        {
            Stored(flushed.First, flushed.Last);
            flushed.Release(memory);
        }
        FlushingSamples = null;
        if (_posted is not null) _posted.FlushingRaw = null;
    }

    /// <summary>Notes that a block holds samples in a span of time.</summary>
    public void Stored(long first, long last) => (StoredFirst, StoredLast) = (Math.Min(StoredFirst, first), Math.Max(StoredLast, last));

    /// <summary>What only series have to which observations or notes were posted.</summary>
    private sealed class Posted
    {
        public SampleColumn? Raw;
        public SampleColumn? FlushingRaw;
        public ObservationSlots? Slots;
        public Action<long, Histogram>? Freeze;
    }
}
