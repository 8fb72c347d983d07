using Headroom.Metrics.Histograms;

namespace Headroom.Load.Measurement;

/// <summary>Values merged from many recorders: a histogram, with the exact smallest and largest.</summary>
internal sealed class Distribution
{
    private readonly HistogramMerger _merger = new();

    public double Min { get; private set; } = double.NaN;

    public double Max { get; private set; } = double.NaN;

    public long Count { get; private set; }

    public double Sum { get; private set; }

    public void Add(HistogramRecorder recorder)
    {
        if (recorder.Count == 0) return;
        Add(recorder.ToHistogram(), recorder.Min, recorder.Max);
    }

    public void Add(Distribution other)
    {
        if (other.Count == 0) return;
        Add(other.ToHistogram(), other.Min, other.Max);
    }

    public void Add(Histogram histogram, double min, double max)
    {
        _merger.Add(histogram);
        Count += (long)histogram.Count;
        Sum += histogram.Sum;
        if (!(Min <= min)) Min = min;
        if (!(Max >= max)) Max = max;
    }

    public Histogram ToHistogram() => _merger.ToHistogram();

    public double Mean => Count == 0 ? double.NaN : Sum / Count;

    /// <summary>A quantile, never outside what was seen.</summary>
    public double Quantile(double q)
    {
        if (Count == 0) return double.NaN;
        return q >= 1 ? Max : q <= 0 ? Min : Math.Clamp(ToHistogram().Quantile(q), Min, Max);
    }

    public void Clear()
    {
        _merger.Clear();
        (Min, Max, Count, Sum) = (double.NaN, double.NaN, 0, 0);
    }
}
