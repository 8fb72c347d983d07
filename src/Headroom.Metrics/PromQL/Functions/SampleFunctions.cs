using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Histograms;
using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.PromQL.Functions;

/// <summary>Functions that treat floats and histograms alike: how many there are, the first, the last, and their times.</summary>
internal sealed class SamplesOverTime(string function) : RangeFunction
{
    public override bool Evaluate(in Window window, out RangeResult result)
    {
        int floats = window.Count, histograms = window.HistogramCount;
        bool firstIsFloat = histograms == 0 || (floats > 0 && window.Times[0] < window.HistogramTimes[0]);
        bool lastIsFloat = histograms == 0 || (floats > 0 && window.Times[^1] > window.HistogramTimes[^1]);
        result = function switch
        {
            "count_over_time" => new RangeResult(floats + histograms),
            "present_over_time" => new RangeResult(1),
            "first_over_time" => firstIsFloat ? new RangeResult(window.Values[0]) : new RangeResult(0, window.Histograms[0]),
            "ts_of_first_over_time" => new RangeResult((firstIsFloat ? window.Times[0] : window.HistogramTimes[0]) / 1000.0),
            "ts_of_last_over_time" => new RangeResult((lastIsFloat ? window.Times[^1] : window.HistogramTimes[^1]) / 1000.0),
            _ => lastIsFloat ? new RangeResult(window.Values[^1]) : new RangeResult(0, window.Histograms[^1]),
        };
        return true;
    }
}

/// <summary>
/// <c>changes</c> and <c>resets</c>: how often a sample differs from, or falls below, the one before it. Counted up once
/// per series, so that a window is a difference of two numbers.
/// </summary>
internal sealed class Transitions(bool resets) : RangeFunction
{
    // How many transitions there are up to and including a position in time order over both kinds of samples.
    private int[] _before = [];

    public override void Begin(RangeSamples samples, Labels labels)
    {
        var values = samples.Values;
        var histograms = samples.Histograms;
        int total = values.Length + histograms.Length;
        if (_before.Length < total) _before = new int[Math.Max(total, _before.Length * 2)];
        if (histograms.Length == 0)
        {
            if (total > 0) _before[0] = 0;
            for (int i = 1; i < total; i++) _before[i] = _before[i - 1] + (Differs(values[i - 1], null, values[i], null) ? 1 : 0);
            return;
        }
        var times = samples.Times;
        var histogramTimes = samples.HistogramTimes;
        double previous = 0;
        Histogram? previousHistogram = null;
        for (int i = 0, j = 0; i + j < total;)
        {
            int at = i + j;
            bool isFloat = j >= histograms.Length || (i < values.Length && times[i] < histogramTimes[j]);
            var histogram = isFloat ? null : histograms[j++];
            double value = isFloat ? values[i++] : 0;
            _before[at] = at == 0 ? 0 : _before[at - 1] + (Differs(previous, previousHistogram, value, histogram) ? 1 : 0);
            (previous, previousHistogram) = (value, histogram);
        }
    }

    private bool Differs(double previous, Histogram? previousHistogram, double current, Histogram? histogram)
    {
        if (previousHistogram is null && histogram is null)
            return resets ? current < previous : current != previous && !(double.IsNaN(current) && double.IsNaN(previous));
        if (previousHistogram is null || histogram is null) return true;
        if (!resets) return !HistogramArithmetic.AreEqual(histogram, previousHistogram);
        bool flavourChanged = (histogram.Reset == ResetHint.Gauge) != (previousHistogram.Reset == ResetHint.Gauge);
        return flavourChanged || HistogramArithmetic.DetectReset(histogram, previousHistogram);
    }

    public override bool Evaluate(in Window window, out RangeResult result)
    {
        int first = window.Low + window.HistogramLow, last = window.High + window.HistogramHigh - 1;
        result = new RangeResult(_before[last] - _before[first]);
        return true;
    }
}
