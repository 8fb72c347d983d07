using Headroom.Metrics.Histograms;

namespace Headroom.Metrics;

/// <summary>
/// Samples of one series in time order, as columns. Reused between reads so that a query allocates per series it
/// keeps, not per sample it looks at. A sample is a float or a histogram, never both.
/// </summary>
public sealed class SampleBuffer
{
    private long[] _times = [];
    private double[] _values = [];
    private Histogram?[]? _histograms;

    /// <summary>Number of samples held.</summary>
    public int Count { get; private set; }

    /// <summary>Timestamps, Unix milliseconds UTC, strictly ascending.</summary>
    public ReadOnlySpan<long> Times => _times.AsSpan(0, Count);

    /// <summary>Float values; meaningless where <see cref="HistogramAt"/> is not null.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, Count);

    /// <summary>Whether any sample is a histogram.</summary>
    public bool HasHistograms => _histograms is not null;

    /// <summary>The histogram at a position, or null where the sample is a float.</summary>
    public Histogram? HistogramAt(int index) => _histograms?[index];

    /// <summary>Forgets all samples and keeps the memory.</summary>
    public void Clear()
    {
        Count = 0;
        _histograms = null;
    }

    /// <summary>Appends a float sample. Times must ascend.</summary>
    public void Add(long time, double value)
    {
        if (Count == _times.Length) Grow();
        _times[Count] = time;
        _values[Count] = value;
        Count++;
    }

    /// <summary>Appends a histogram sample. Times must ascend.</summary>
    public void Add(long time, Histogram histogram)
    {
        if (Count == _times.Length) Grow();
        _histograms ??= new Histogram?[_times.Length];
        _times[Count] = time;
        _values[Count] = 0;
        _histograms[Count] = histogram;
        Count++;
    }

    /// <summary>Appends float samples. Times must ascend.</summary>
    public void Add(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        while (_times.Length - Count < times.Length) Grow();
        times.CopyTo(_times.AsSpan(Count));
        values.CopyTo(_values.AsSpan(Count));
        Count += times.Length;
    }

    /// <summary>Appends the samples of another buffer. Times must ascend.</summary>
    public void Add(SampleBuffer other)
    {
        for (int i = 0; i < other.Count; i++)
        {
            if (other.HistogramAt(i) is { } histogram) Add(other._times[i], histogram);
            else Add(other._times[i], other._values[i]);
        }
    }

    private void Grow()
    {
        int size = Math.Max(64, _times.Length * 2);
        Array.Resize(ref _times, size);
        Array.Resize(ref _values, size);
        if (_histograms is not null) Array.Resize(ref _histograms, size);
    }
}
