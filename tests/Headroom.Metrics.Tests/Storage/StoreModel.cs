using Headroom.Metrics.Histograms;
using Headroom.Metrics.Storage;

namespace Headroom.Metrics.Tests.Storage;

/// <summary>What a store should answer, computed the plain way: everything in lists, nothing ever moved.</summary>
public sealed class StoreModel
{
    private readonly Dictionary<Labels, Series> _series = [];
    private readonly HashSet<(Labels, string)> _ids = [];

    private sealed class Series
    {
        public SortedDictionary<long, object> Samples { get; } = [];

        public List<(long Time, double Value)> Observations { get; } = [];

        public long Newest { get; set; }

        public List<RawSample> Raw { get; } = [];
    }

    /// <summary>Applies a request and gives the codes of what it should reject, in order.</summary>
    public List<string> Apply(WriteRequest request)
    {
        var rejected = new List<string>();
        foreach (var sample in request.Samples) Add(sample.Labels, sample.Time, sample.Value, sample.Note, rejected);
        foreach (var sample in request.Observations) Observe(sample, rejected);
        foreach (var sample in request.Histograms) Add(sample.Labels, sample.Time, sample.Value, null, rejected);
        return rejected;
    }

    /// <summary>Deletes plain samples, and entries with a note, of the metrics that a condition holds for.</summary>
    public void Delete(Predicate<string> metric, long start, long end)
    {
        foreach (var (labels, series) in _series)
        {
            if (!metric(labels.Name)) continue;
            foreach (long time in series.Samples.Keys.Where(time => time >= start && time <= end).ToList()) series.Samples.Remove(time);
            series.Raw.RemoveAll(raw => raw.Time >= start && raw.Time <= end);
        }
    }

    public List<string> Read(long min, long max) =>
        [.. _series.OrderBy(s => s.Key).Select(s => Text(s.Key, s.Value, min, max)).Where(text => text.Contains('='))];

    public List<string> ReadRaw(long from, long to)
    {
        var all = new List<(RawCursor Place, RawSample Sample)>();
        foreach (var (labels, series) in _series)
        {
            ulong hash = StableHash.Of(labels);
            var noted = series.Raw.Select(r => r.Time).ToHashSet();
            var entries = series.Samples.Where(s => s.Value is double && !noted.Contains(s.Key))
                .Select(s => new RawSample(labels, s.Key, (double)s.Value, null)).Concat(series.Raw);
            foreach (var time in entries.GroupBy(e => e.Time))
                all.AddRange(time.Select((entry, arrival) => (new RawCursor(entry.Time, hash, arrival), entry)));
        }
        return [.. all.Where(e => e.Sample.Time >= from && e.Sample.Time <= to).OrderBy(e => e.Place).Select(e => e.Sample.ToString())];
    }

    private void Add(Labels labels, long time, object value, SampleNote? note, List<string> rejected)
    {
        if (IsRepeat(labels, note)) return;
        var series = Of(labels);
        if (series.Observations.Count > 0)
        {
            rejected.Add("kind-conflict");
            return;
        }
        if (series.Samples.TryGetValue(time, out object? there) && !there.Equals(value))
        {
            rejected.Add("duplicate-timestamp");
            return;
        }
        series.Samples.TryAdd(time, value);
        if (note is not null) Keep(labels, new RawSample(labels, time, (double)value, note));
    }

    private void Observe(Observation sample, List<string> rejected)
    {
        if (IsRepeat(sample.Labels, sample.Note)) return;
        var series = Of(sample.Labels);
        if (series.Samples.Count > 0)
        {
            rejected.Add("kind-conflict");
            return;
        }
        if (sample.Time < series.Newest - 600_000)
        {
            rejected.Add("too-old");
            return;
        }
        series.Observations.Add((sample.Time, sample.Value));
        series.Newest = Math.Max(series.Newest, sample.Time);
        Keep(sample.Labels, new RawSample(sample.Labels, sample.Time, sample.Value, sample.Note));
    }

    private void Keep(Labels labels, RawSample raw)
    {
        Of(labels).Raw.Add(raw);
        if (raw.Note?.Id is { } id) _ids.Add((labels, id));
    }

    private bool IsRepeat(Labels labels, SampleNote? note) => note?.Id is { } id && _ids.Contains((labels, id));

    private Series Of(Labels labels) => _series.TryGetValue(labels, out var series) ? series : _series[labels] = new Series();

    private static string Text(Labels labels, Series series, long min, long max)
    {
        var parts = new List<string> { labels.Name };
        foreach (var (time, value) in series.Observations.Count > 0 ? Cumulative(series.Observations) : series.Samples)
            if (time >= min && time <= max)
                parts.Add($"{time}={(value is Histogram h ? Describe(h) : value)}");
        return string.Join(' ', parts);
    }

    public static string Describe(Histogram h) =>
        $"{{n={h.Count} z={h.ZeroCount} sum={Math.Round(h.Sum, 6)} {string.Join(',', h.Positive.Indexes.Zip(h.Positive.Counts))};{string.Join(',', h.Negative.Indexes.Zip(h.Negative.Counts))}}}";

    private static SortedDictionary<long, object> Cumulative(List<(long Time, double Value)> observations)
    {
        var samples = new SortedDictionary<long, object>();
        var soFar = new HistogramRecorder();
        long before = long.MinValue;
        foreach (var slot in observations.GroupBy(o => o.Time / 10_000).OrderBy(g => g.Key))
        {
            if (before < slot.Key - 1) samples.Add((slot.Key - 1) * 10_000, soFar.ToHistogram());
            foreach (var (_, value) in slot) soFar.Record(value);
            samples.Add(slot.Max(o => o.Time), soFar.ToHistogram());
            before = slot.Key;
        }
        return samples;
    }
}
