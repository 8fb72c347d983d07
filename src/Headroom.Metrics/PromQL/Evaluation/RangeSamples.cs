using System.Runtime.InteropServices;
using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>
/// The samples of one series that windows slide over: floats and histograms apart, stale markers gone. Floats are taken
/// as they lie in the buffer when there is nothing to leave out.
/// </summary>
internal sealed class RangeSamples
{
    private const ulong StaleBits = 0x7ff0000000000002;

    private SampleBuffer? _buffer;
    private long[] _times = [];
    private double[] _values = [];
    private int _count;
    private readonly List<long> _histogramTimes = [];
    private readonly List<Histogram> _histograms = [];

    public ReadOnlySpan<long> Times => _buffer is null ? _times.AsSpan(0, _count) : _buffer.Times;

    public ReadOnlySpan<double> Values => _buffer is null ? _values.AsSpan(0, _count) : _buffer.Values;

    public ReadOnlySpan<long> HistogramTimes => CollectionsMarshal.AsSpan(_histogramTimes);

    public ReadOnlySpan<Histogram> Histograms => CollectionsMarshal.AsSpan(_histograms);

    /// <summary>Shows the samples of a buffer; it must stay as it is meanwhile.</summary>
    public void Load(SampleBuffer buffer)
    {
        Clear();
        if (!buffer.HasHistograms && !MemoryMarshal.Cast<double, ulong>(buffer.Values).Contains(StaleBits))
        {
            _buffer = buffer;
            return;
        }
        var times = buffer.Times;
        var values = buffer.Values;
        for (int i = 0; i < times.Length; i++)
        {
            if (buffer.HistogramAt(i) is { } histogram)
            {
                if (!histogram.IsStale) Add(times[i], histogram);
            }
            else if (!StaleMarker.IsStale(values[i])) Add(times[i], values[i]);
        }
    }

    /// <summary>Takes over the points of a column, as samples at the instants of its steps.</summary>
    public void Load(Column column, Steps steps)
    {
        Clear();
        for (int i = 0; i < column.Length; i++)
        {
            if (!column.Has[i]) continue;
            long time = steps[column.Start + i];
            // Between two steps there may have been samples that a hint about resets knew of and this one does not.
            if (column.Histograms?[i] is { } histogram)
                Add(time, histogram.Reset is ResetHint.CounterReset or ResetHint.NotCounterReset ? PromQL.Histograms.HistogramShape.With(histogram, reset: ResetHint.Unknown) : histogram);
            else Add(time, column.Values[i]);
        }
    }

    /// <summary>Forgets everything; the objects are used for one series after the other.</summary>
    public void Clear()
    {
        _buffer = null;
        _count = 0;
        _histogramTimes.Clear();
        _histograms.Clear();
    }

    private void Add(long time, double value)
    {
        if (_count == _times.Length)
        {
            int size = Math.Max(64, _count * 2);
            Array.Resize(ref _times, size);
            Array.Resize(ref _values, size);
        }
        _times[_count] = time;
        _values[_count++] = value;
    }

    private void Add(long time, Histogram histogram)
    {
        _histogramTimes.Add(time);
        _histograms.Add(histogram);
    }
}
