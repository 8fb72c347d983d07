using System.Runtime.InteropServices;
using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.PromQL;

/// <summary>
/// Samples in memory as a source for PromQL, for example those of text files. Samples may be added in any order; of two
/// at the same time of a series the one added last counts. Adding must be over before the first query.
/// </summary>
public sealed class MemorySeriesSource : ISeriesSource
{
    private readonly Dictionary<Labels, MemorySeries> _series = [];
    private readonly Lock _lock = new();
    private List<MemorySeries>? _sorted;

    /// <summary>How many series there are.</summary>
    public int SeriesCount => _series.Count;

    /// <summary>How many samples were added.</summary>
    public long SampleCount { get; private set; }

    /// <summary>Adds a float sample.</summary>
    /// <param name="labels">The series.</param>
    /// <param name="time">Unix milliseconds UTC.</param>
    /// <param name="value">Any float; <see cref="StaleMarker.Value"/> ends the series.</param>
    public void Add(Labels labels, long time, double value) => SeriesOf(labels).Add(time, value, null);

    /// <summary>Adds a native histogram.</summary>
    /// <param name="labels">The series.</param>
    /// <param name="time">Unix milliseconds UTC.</param>
    /// <param name="histogram">The sample.</param>
    public void Add(Labels labels, long time, Histogram histogram) => SeriesOf(labels).Add(time, 0, histogram);

    private MemorySeries SeriesOf(Labels labels)
    {
        ref var series = ref CollectionsMarshal.GetValueRefOrAddDefault(_series, labels, out bool exists);
        if (!exists) _sorted = null;
        SampleCount++;
        return series ??= new MemorySeries(labels);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ISeries> Select(IReadOnlyList<LabelMatcher> matchers, long minTime, long maxTime)
    {
        List<MemorySeries> sorted;
        lock (_lock)
        {
            if (_sorted is null)
            {
                _sorted = [.. _series.Values];
                _sorted.Sort(static (a, b) => a.Labels.CompareTo(b.Labels));
                foreach (var series in _sorted) series.Seal();
            }
            sorted = _sorted;
        }
        var found = new List<ISeries>();
        foreach (var series in sorted)
            if (series.Overlaps(minTime, maxTime) && LabelMatcher.AllMatch(matchers, series.Labels)) found.Add(series);
        return found;
    }

    private sealed class MemorySeries(Labels labels) : ISeries
    {
        private readonly List<long> _times = [];
        private readonly List<double> _values = [];
        private List<Histogram?>? _histograms;
        private bool _ordered = true;

        public Labels Labels { get; } = labels;

        public void Add(long time, double value, Histogram? histogram)
        {
            if (_times.Count > 0 && time <= _times[^1]) _ordered = false;
            if (histogram is not null && _histograms is null)
            {
                _histograms = new List<Histogram?>(_times.Count + 1);
                CollectionsMarshal.SetCount(_histograms, _times.Count);
            }
            _times.Add(time);
            _values.Add(value);
            _histograms?.Add(histogram);
        }

        public void Seal()
        {
            if (_ordered) return;
            // Stable, so that among equal times the last one added stays last.
            int[] order = [.. Enumerable.Range(0, _times.Count).OrderBy(i => _times[i])];
            long[] times = [.. _times];
            double[] values = [.. _values];
            Histogram?[]? histograms = _histograms?.ToArray();
            _times.Clear();
            _values.Clear();
            _histograms?.Clear();
            for (int i = 0; i < order.Length; i++)
            {
                int from = order[i];
                if (i + 1 < order.Length && times[order[i + 1]] == times[from]) continue;
                _times.Add(times[from]);
                _values.Add(values[from]);
                _histograms?.Add(histograms![from]);
            }
            _ordered = true;
        }

        public bool Overlaps(long minTime, long maxTime) => _times.Count > 0 && _times[0] <= maxTime && _times[^1] >= minTime;

        public void Read(long minTime, long maxTime, SampleBuffer into)
        {
            int from = _times.BinarySearch(minTime);
            if (from < 0) from = ~from;
            for (int i = from; i < _times.Count && _times[i] <= maxTime; i++)
            {
                if (_histograms?[i] is { } histogram) into.Add(_times[i], histogram);
                else into.Add(_times[i], _values[i]);
            }
        }
    }
}
