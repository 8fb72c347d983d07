using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>One series in the head. Guarded by the head's lock.</summary>
internal sealed class HeadSeries(Labels labels, long writtenAt)
{
    private Action<long, Histogram>? _freeze;

    public Labels Labels { get; } = labels;

    /// <summary>Its number in the journal; 0 while no record names it.</summary>
    public long Number { get; set; }

    /// <summary>Sequence of the latest journal record that defines the number.</summary>
    public long DefinedAt { get; set; }

    public SeriesKinds Kinds { get; set; }

    /// <summary>Samples that are in no block yet.</summary>
    public SampleColumn Samples { get; private set; } = new(raw: false);

    /// <summary>Raw entries that are in no block yet; null when there are none.</summary>
    public SampleColumn? Raw { get; private set; }

    /// <summary>Samples that are being written to a block; null when none are.</summary>
    public SampleColumn? FlushingSamples { get; private set; }

    /// <summary>Raw entries that are being written to a block.</summary>
    public SampleColumn? FlushingRaw { get; private set; }

    /// <summary>Open slots of observations; null for a series that has none.</summary>
    public ObservationSlots? Slots { get; set; }

    /// <summary>Time of the earliest sample in a block; later than <see cref="StoredLast"/> when there is none.</summary>
    public long StoredFirst { get; private set; } = long.MaxValue;

    /// <summary>Time of the latest sample in a block.</summary>
    public long StoredLast { get; private set; } = long.MinValue;

    /// <summary>Time of the newest plain sample; <see cref="long.MinValue"/> when there is none.</summary>
    public long Newest =>
        !Samples.IsEmpty ? Math.Max(Samples.Last, StoredLast) : FlushingSamples is { } flushing ? Math.Max(flushing.Last, StoredLast) : StoredLast;

    /// <summary>Clock time when it was written to last, or else when the store was opened. Unix milliseconds.</summary>
    public long WrittenAt { get; set; } = writtenAt;

    /// <summary>Whether blocks have all there is to know about it.</summary>
    public bool IsStored => Samples.IsEmpty && Raw is null && FlushingSamples is null && FlushingRaw is null && Slots is null or { IsFrozen: true };

    /// <summary>Records an observation; slots that become final turn into samples.</summary>
    public void Observe(long time, double value, Head head)
    {
        _freeze ??= (at, histogram) => Samples.Insert(at, 0, histogram, head.Generation, head.Scratch);
        Slots ??= new ObservationSlots(head.WindowMs);
        Slots.Record(time, value, _freeze);
    }

    /// <summary>Makes all slots final.</summary>
    public void FreezeSlots(Head head) =>
        Slots?.FreezeAll((at, histogram) => Samples.Insert(at, 0, histogram, head.Generation, head.Scratch));

    public void AddRaw(long time, double value, SampleNote? note, Head head)
    {
        Raw ??= new SampleColumn(raw: true);
        Raw.Insert(time, value, note, head.Generation, head.Scratch);
    }

    /// <summary>Sets what is in the head apart, to be written to a block; new samples go to new columns.</summary>
    public void StartFlush()
    {
        if (!Samples.IsEmpty)
        {
            FlushingSamples = Samples;
            Samples = new SampleColumn(raw: false);
        }
        (FlushingRaw, Raw) = (Raw, null);
    }

    /// <summary>Forgets what was set apart: it is in a block now.</summary>
    public void EndFlush()
    {
        if (FlushingSamples is { } flushed) Stored(flushed.First, flushed.Last);
        (FlushingSamples, FlushingRaw) = (null, null);
    }

    /// <summary>Notes that a block holds samples in a span of time.</summary>
    public void Stored(long first, long last) => (StoredFirst, StoredLast) = (Math.Min(StoredFirst, first), Math.Max(StoredLast, last));
}
