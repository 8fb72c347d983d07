using Headroom.Metrics.Histograms;

namespace Headroom.Load.Measurement;

/// <summary>
/// A run's course, second by second, with full histograms by kind and outcome, in bounded memory: when there are too many slots,
/// neighbours are merged and each is twice as long. Merging is exact; only the resolution in time is lost.
/// </summary>
internal sealed class TimeSlots(int most = TimeSlots.DefaultMost)
{
    /// <summary>Ten minutes by the second; an hour by eight.</summary>
    public const int DefaultMost = 600;

    private readonly List<TimeSlot> _slots = [];

    /// <summary>Seconds that a slot covers.</summary>
    public int Width { get; private set; } = 1;

    public IReadOnlyList<TimeSlot> All => _slots;

    /// <summary>Adds what a worker measured in a second.</summary>
    public void Add(SecondData data)
    {
        int index = (int)(data.Second / Width);
        while (index >= most)
        {
            Halve();
            index = (int)(data.Second / Width);
        }
        while (_slots.Count <= index) _slots.Add(new TimeSlot((long)_slots.Count * Width));
        _slots[index].Add(data);
    }

    private void Halve()
    {
        for (int i = 0; i < _slots.Count; i += 2)
        {
            var slot = _slots[i];
            if (i + 1 < _slots.Count) slot.Add(_slots[i + 1]);
            _slots[i / 2] = slot;
        }
        _slots.RemoveRange((_slots.Count + 1) / 2, _slots.Count - (_slots.Count + 1) / 2);
        Width *= 2;
    }
}

/// <summary>A stretch of the run.</summary>
internal sealed class TimeSlot(long second)
{
    private readonly Dictionary<(int Kind, int Code), SlotOutcome> _outcomes = [];

    /// <summary>The first second of the run that it covers.</summary>
    public long Second { get; } = second;

    public IReadOnlyDictionary<(int Kind, int Code), SlotOutcome> Outcomes => _outcomes;

    public long Started { get; private set; }
    public int ActiveVus { get; private set; }
    public double LagP99Seconds { get; private set; }
    public long BytesReceived { get; private set; }

    public void Add(SecondData data)
    {
        Started += data.Started;
        BytesReceived += data.BytesReceived;
        ActiveVus += data.ActiveVus;
        if (data.Lag.Count > 0) LagP99Seconds = Math.Max(LagP99Seconds, data.Lag.ToHistogram().Quantile(0.99));
        for (int kind = 0; kind < data.Kinds.Length; kind++)
            foreach (var outcome in data.Kinds[kind].Outcomes)
                if (outcome.Count > 0)
                    Of((kind, outcome.Code)).Add(outcome.Count, Encode(outcome.Service), Encode(outcome.Response), outcome.Response.Max);
    }

    public void Add(TimeSlot other)
    {
        Started += other.Started;
        BytesReceived += other.BytesReceived;
        ActiveVus = Math.Max(ActiveVus, other.ActiveVus);
        LagP99Seconds = Math.Max(LagP99Seconds, other.LagP99Seconds);
        foreach (var (key, outcome) in other._outcomes) Of(key).Add(outcome.Count, outcome.ServiceBytes, outcome.ResponseBytes, outcome.Max);
    }

    private SlotOutcome Of((int, int) key)
    {
        if (!_outcomes.TryGetValue(key, out var outcome)) _outcomes[key] = outcome = new SlotOutcome();
        return outcome;
    }

    private static byte[]? Encode(HistogramRecorder recorder) => recorder.Count == 0 ? null : HistogramCodec.Encode(recorder.ToHistogram());
}

/// <summary>One outcome of one kind in a slot; histograms are kept encoded, about two bytes a bucket.</summary>
internal sealed class SlotOutcome
{
    public long Count { get; private set; }
    public double Max { get; private set; } = double.NaN;
    public byte[]? ServiceBytes { get; private set; }
    public byte[]? ResponseBytes { get; private set; }

    public Histogram? Service => Decode(ServiceBytes);

    public Histogram? Response => Decode(ResponseBytes);

    public void Add(long count, byte[]? service, byte[]? response, double max)
    {
        Count += count;
        if (!(Max >= max)) Max = max;
        ServiceBytes = Join(ServiceBytes, service);
        ResponseBytes = Join(ResponseBytes, response);
    }

    private static byte[]? Join(byte[]? a, byte[]? b) => a is null ? b : b is null ? a : HistogramCodec.Encode(Histogram.Merge(Decode(a)!, Decode(b)!));

    private static Histogram? Decode(byte[]? bytes) => bytes is not null && HistogramCodec.TryDecode(bytes, out var histogram, out _) ? histogram : null;
}
