using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.PromQL.Evaluation;

/// <summary>What a function over a window came to: a float, or a histogram when that is not null.</summary>
internal readonly record struct RangeResult(double Value, Histogram? Histogram = null);

/// <summary>
/// A window on one series: the samples with From &lt; time ≤ To. Positions in the series' arrays are there too, so that a
/// function can use what it worked out once for the whole series.
/// </summary>
internal readonly ref struct Window(RangeSamples samples, int low, int high, int histogramLow, int histogramHigh, long from, long to, long time, int step)
{
    public ReadOnlySpan<long> Times => samples.Times[low..high];

    public ReadOnlySpan<double> Values => samples.Values[low..high];

    public ReadOnlySpan<long> HistogramTimes => samples.HistogramTimes[histogramLow..histogramHigh];

    public ReadOnlySpan<Histogram> Histograms => samples.Histograms[histogramLow..histogramHigh];

    public RangeSamples Series => samples;

    /// <summary>Position of the first float of the window, and of the first after it.</summary>
    public int Low => low;

    public int High => high;

    public int HistogramLow => histogramLow;

    public int HistogramHigh => histogramHigh;

    public int Count => high - low;

    public int HistogramCount => histogramHigh - histogramLow;

    /// <summary>The border on the left, not part of the window; Unix milliseconds.</summary>
    public long From => from;

    /// <summary>The border on the right, part of the window; Unix milliseconds.</summary>
    public long To => to;

    /// <summary>When the expression is evaluated; differs from <see cref="To"/> under <c>offset</c> and <c>@</c>.</summary>
    public long Time => time;

    public int Step => step;
}

/// <summary>A function from windows to samples.</summary>
internal abstract class RangeFunction
{
    /// <summary>Called once for each series before its windows, which then come in time order.</summary>
    public virtual void Begin(RangeSamples samples, Labels labels)
    {
    }

    /// <summary>The function's value for a window that holds at least one sample; false for none.</summary>
    public abstract bool Evaluate(in Window window, out RangeResult result);
}
