using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Turns the single observations of one series into cumulative histogram samples. Observations collect in slots of 10
/// s, aligned to the epoch. A slot stays open while observations may still fall into it: until the newest observation
/// is the out-of-order window ahead of its end. Then its cumulative sample is final.
/// </summary>
/// <remarks>
/// The window counts back from the newest observation of the series, not from the clock: what is accepted then
/// depends only on what was written, so that replaying the log gives the same samples, and a batch that was held up
/// for an hour, or a history that is imported in order, is not refused. A slot's sample bears the time of the latest
/// observation in it. A zero sample stands 10 s before the first slot, and after silence the last value is repeated
/// 10 s before the slot that ends it, so that <c>rate</c> and <c>increase</c> see every observation.
/// </remarks>
internal sealed class ObservationSlots(long windowMs)
{
    /// <summary>Length of a slot in milliseconds.</summary>
    public const long SlotMs = 10_000;

    // Observations arrive almost in order: the newest slots are recorded into, older ones are kept small.
    private const int RecordedSlots = 2;

    private static readonly Histogram Nothing = new() { Scale = ExponentialBuckets.RecordingScale };

    private readonly List<Slot> _slots = [];
    private Histogram? _frozen;
    private long _frozenSlot;
    private long _newest = long.MinValue;
    private long _frozenBefore = long.MinValue;
    private int _valid;
    private OpenSamples? _open;

    /// <summary>Observations before this time are too old. Unix milliseconds.</summary>
    public long OldestAccepted => Math.Max(_frozenBefore, _newest == long.MinValue ? long.MinValue : _newest - windowMs);

    /// <summary>Time of the newest observation; <see cref="long.MinValue"/> when there was none.</summary>
    public long Newest => _newest;

    /// <summary>Whether every slot is final.</summary>
    public bool IsFrozen => _slots.Count == 0;

    /// <summary>How many samples <see cref="Open"/> gives.</summary>
    public int OpenSampleCount
    {
        get
        {
            int count = _slots.Count;
            for (int i = 0; i < _slots.Count; i++)
            {
                bool isFirst = i == 0 && _frozen is null;
                if (isFirst || (i == 0 ? _frozenSlot : _slots[i - 1].Index) < _slots[i].Index - 1) count++;
            }
            return count;
        }
    }

    /// <summary>Goes on from the last sample of a series all of whose slots were final.</summary>
    public static ObservationSlots Resume(long time, Histogram histogram, long windowMs)
    {
        long slot = SlotOf(time);
        return new ObservationSlots(windowMs) { _frozen = histogram, _frozenSlot = slot, _newest = time, _frozenBefore = (slot + 1) * SlotMs };
    }

    /// <summary>Adds an observation that is not too old; freezes the slots that became final.</summary>
    public void Record(long time, double value, Action<long, Histogram> freeze)
    {
        long index = SlotOf(time);
        int at = _slots.Count;
        while (at > 0 && _slots[at - 1].Index > index) at--;
        if (at == 0 || _slots[at - 1].Index != index)
        {
            _slots.Insert(at, new Slot(index));
            for (int i = 0; i < _slots.Count - RecordedSlots; i++) _slots[i].Settle();
            at++;
        }
        _slots[at - 1].Record(time, value);
        _valid = Math.Min(_valid, at - 1);
        _open = null;
        if (time <= _newest) return;
        _newest = time;
        FreezeUpTo(time - windowMs, freeze);
    }

    /// <summary>
    /// Makes every slot final, so that an idle series needs no memory for them; what is older than their end is too old from
    /// now on.
    /// </summary>
    public void FreezeAll(Action<long, Histogram> freeze)
    {
        if (_slots.Count == 0) return;
        _frozenBefore = (_slots[^1].Index + 1) * SlotMs;
        FreezeUpTo(long.MaxValue, freeze);
    }

    /// <summary>The samples of the slots that are not final, as they stand now; null when there are none.</summary>
    public OpenSamples? Open()
    {
        if (_open is not null || _slots.Count == 0) return _open;
        var samples = new List<(long Time, Histogram Value)>(_slots.Count + 1);
        var (before, value) = (_frozenSlot, _frozen);
        for (int i = 0; i < _slots.Count; i++)
        {
            if (i >= _valid) _slots[i].Cumulative = null;
            Emit(_slots[i], ref before, ref value, (time, histogram) => samples.Add((time, histogram)));
        }
        _valid = _slots.Count;
        return _open = new OpenSamples([.. samples.Select(s => s.Time)], [.. samples.Select(s => s.Value)]);
    }

    /// <summary>Writes the whole state for a checkpoint.</summary>
    public void Write(ByteWriter into)
    {
        into.Int64(_newest);
        into.Int64(_frozenBefore);
        into.Byte(_frozen is null ? (byte)0 : (byte)1);
        if (_frozen is not null)
        {
            into.Signed(_frozenSlot);
            WriteHistogram(into, _frozen);
        }
        into.Unsigned((ulong)_slots.Count);
        foreach (var slot in _slots)
        {
            into.Signed(slot.Index);
            into.Signed(slot.Latest);
            WriteHistogram(into, slot.Total());
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static ObservationSlots Read(ref ByteReader reader, long windowMs)
    {
        var slots = new ObservationSlots(windowMs) { _newest = reader.Int64(), _frozenBefore = reader.Int64() };
        if (reader.Int32(0, 1) == 1)
        {
            slots._frozenSlot = reader.Signed();
            slots._frozen = ReadHistogram(ref reader);
        }
        for (int count = reader.Count(4); count > 0; count--)
        {
            long index = reader.Signed();
            if (slots._slots.Count > 0 && slots._slots[^1].Index >= index) throw reader.Bad("the slots of observations do not ascend");
            slots._slots.Add(new Slot(index, reader.Signed(), ReadHistogram(ref reader)));
        }
        return slots;
    }

    private static long SlotOf(long time) => Math.DivRem(time, SlotMs, out long rest) - (rest < 0 ? 1 : 0);

    private static void WriteHistogram(ByteWriter into, Histogram histogram)
    {
        byte[] bytes = HistogramCodec.Encode(histogram);
        into.Unsigned((ulong)bytes.Length);
        into.Bytes(bytes);
    }

    private static Histogram ReadHistogram(ref ByteReader reader)
    {
        var bytes = reader.Take(reader.Count(1));
        return HistogramCodec.TryDecode(bytes, out var histogram, out int consumed) && consumed == bytes.Length
            ? histogram!
            : throw reader.Bad("a histogram cannot be decoded");
    }

    private void FreezeUpTo(long end, Action<long, Histogram> freeze)
    {
        int final = 0;
        for (; final < _slots.Count && (end == long.MaxValue || (_slots[final].Index + 1) * SlotMs <= end); final++)
        {
            if (final >= _valid) _slots[final].Cumulative = null;
            Emit(_slots[final], ref _frozenSlot, ref _frozen, freeze);
        }
        if (final == 0) return;
        _slots.RemoveRange(0, final);
        _valid = Math.Max(0, _valid - final);
        _open = null;
    }

    // One slot's samples, given the slot and the cumulative value before it (null before the first).
    private static void Emit(Slot slot, ref long before, ref Histogram? value, Action<long, Histogram> sample)
    {
        if (value is null || before < slot.Index - 1) sample((slot.Index - 1) * SlotMs, value ?? Nothing);
        slot.Cumulative ??= Histogram.Merge(value ?? Nothing, slot.Total());
        (before, value) = (slot.Index, slot.Cumulative);
        sample(slot.Latest, slot.Cumulative);
    }

    private sealed class Slot(long index, long latest = long.MinValue, Histogram? settled = null)
    {
        private HistogramRecorder? _recorder;

        public long Index { get; } = index;

        public long Latest { get; private set; } = latest;

        /// <summary>Everything up to the end of this slot; null when it must be computed again.</summary>
        public Histogram? Cumulative { get; set; }

        public void Record(long time, double value)
        {
            (_recorder ??= new HistogramRecorder()).Record(value);
            Latest = Math.Max(Latest, time);
        }

        public Histogram Total() =>
            _recorder is null ? settled! : settled is null ? _recorder.ToHistogram() : Histogram.Merge(settled, _recorder.ToHistogram());

        public void Settle() => (settled, _recorder) = (Total(), null);
    }
}

/// <summary>Samples of the slots that are not final: times and cumulative histograms. Immutable.</summary>
internal sealed class OpenSamples(long[] times, Histogram[] histograms)
{
    private readonly double[] _values = new double[times.Length];

    public SampleRun Run => SampleRun.Of(times, _values, histograms, times.Length);

    public long First => times[0];

    public long Last => times[^1];
}
