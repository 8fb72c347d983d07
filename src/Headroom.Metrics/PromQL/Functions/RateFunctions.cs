using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Histograms;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Functions;

/// <summary>
/// <c>rate</c>, <c>increase</c> and <c>delta</c>: the change over a window, extrapolated to its borders. Where a counter
/// was reset is found once per series; windows then only look at the resets within them.
/// </summary>
/// <param name="context">The query.</param>
/// <param name="place">The argument, for annotations.</param>
/// <param name="counter">Whether a fall is a reset.</param>
/// <param name="perSecond">Whether to divide by the width.</param>
internal sealed class ExtrapolatedChange(QueryContext context, Span place, bool counter, bool perSecond) : RangeFunction
{
    private readonly List<int> _resets = [];
    private int _nextReset;
    private string _metric = "";
    private bool _suspicious;
    private bool[] _histogramResets = [];

    public override void Begin(RangeSamples samples, Labels labels)
    {
        _metric = labels.Name;
        _suspicious = counter && _metric.Length > 0
            && !_metric.EndsWith("_total", StringComparison.Ordinal) && !_metric.EndsWith("_sum", StringComparison.Ordinal)
            && !_metric.EndsWith("_count", StringComparison.Ordinal) && !_metric.EndsWith("_bucket", StringComparison.Ordinal);
        _resets.Clear();
        _nextReset = 0;
        if (!counter) return;
        var values = samples.Values;
        for (int i = 1; i < values.Length; i++)
            if (values[i] < values[i - 1]) _resets.Add(i);
        var histograms = samples.Histograms;
        if (histograms.Length == 0) return;
        _histogramResets = new bool[histograms.Length];
        for (int i = 1; i < histograms.Length; i++) _histogramResets[i] = HistogramArithmetic.DetectReset(histograms[i], histograms[i - 1]);
    }

    public override bool Evaluate(in Window window, out RangeResult result)
    {
        result = default;
        if (window.Count > 0 && window.HistogramCount > 0)
        {
            context.Annotations.MixedFloatsAndHistograms(_metric, place);
            return false;
        }
        if (window.HistogramCount > 0) return Histogram(window, out result);
        if (window.Count < 2) return false;

        // 1. The change, with what each reset within the window took away.
        var values = window.Series.Values;
        int low = window.Low, high = window.High;
        double first = values[low], change = values[high - 1] - first;
        while (_nextReset < _resets.Count && _resets[_nextReset] <= low) _nextReset++;
        for (int i = _nextReset; i < _resets.Count && _resets[i] < high; i++) change += values[_resets[i] - 1];

        // 2. Extrapolated.
        var times = window.Series.Times;
        double factor = Factor(window, times[low], times[high - 1], window.Count, first, change);
        if (_suspicious)
        {
            context.Annotations.MaybeNotACounter(_metric, place);
            _suspicious = false;
        }
        result = new RangeResult(change * factor);
        return true;
    }

    /// <summary>
    /// By how much the change between the first and last sample grows when drawn out to the window's borders: all the
    /// way when a sample could be expected no further off than 1.1 average intervals, half an interval otherwise, and
    /// never past the point where a counter would have been zero.
    /// </summary>
    private double Factor(in Window window, long firstTime, long lastTime, int count, double first, double change)
    {
        double sampled = (lastTime - firstTime) / 1000.0;
        double average = sampled / (count - 1);
        double toStart = (firstTime - window.From) / 1000.0, toEnd = (window.To - lastTime) / 1000.0;
        double threshold = average * 1.1;
        if (toStart >= threshold) toStart = average / 2;
        if (counter && change > 0 && first >= 0)
        {
            double toZero = sampled * (first / change);
            if (toZero < toStart) toStart = toZero;
        }
        if (toEnd >= threshold) toEnd = average / 2;
        double factor = (sampled + toStart + toEnd) / sampled;
        return perSecond ? factor / ((window.To - window.From) / 1000.0) : factor;
    }

    private bool Histogram(in Window window, out RangeResult result)
    {
        result = default;
        var histograms = window.Histograms;
        if (histograms.Length < 2) return false;
        var first = histograms[0];
        var last = histograms[^1];
        if (counter)
        {
            foreach (var histogram in histograms)
                if (histogram.Reset == ResetHint.Gauge) context.Annotations.HistogramNotCounter(_metric, place);
        }
        else if (first.Reset != ResetHint.Gauge || last.Reset != ResetHint.Gauge) context.Annotations.HistogramNotGauge(_metric, place);

        // Nearly every window: one layout and no reset.
        if (SameLayout(histograms) && !AnyReset(window))
        {
            double change = last.Count - first.Count;
            if (HistogramArithmetic.ScaledChange(last, first, Factor(window, window.HistogramTimes[0], window.HistogramTimes[^1], histograms.Length, first.Count, change)) is { } scaled)
            {
                result = new RangeResult(0, scaled);
                return true;
            }
        }
        // After a reset between the first two, the first one says nothing, and its layout is of no concern.
        bool skipFirst = counter && _histogramResets[window.HistogramLow + 1];
        var total = last;
        for (int i = skipFirst ? 1 : 0; i < histograms.Length - 1; i++)
        {
            if (i > 0 && !counter) break;
            if (histograms[i].IsCustom() != last.IsCustom()) return Incompatible();
            // All samples count in choosing the resolution, so that it does not flicker from window to window.
            total = total.ToScale(histograms[i].Scale);
        }
        if (!skipFirst)
        {
            if (HistogramArithmetic.Subtract(total, first, out var outcome) is not { } difference) return Incompatible();
            if (outcome.HasFlag(CombineOutcome.BoundsReconciled)) context.Annotations.BoundsReconciled("subtraction", place);
            total = difference;
        }
        for (int i = skipFirst ? 2 : 1; counter && i < histograms.Length; i++)
        {
            if (!_histogramResets[window.HistogramLow + i]) continue;
            if (HistogramArithmetic.Add(total, histograms[i - 1], out var outcome) is not { } sum) return Incompatible();
            if (outcome.HasFlag(CombineOutcome.BoundsReconciled)) context.Annotations.BoundsReconciled("addition", place);
            total = sum;
        }
        double factor = Factor(window, window.HistogramTimes[0], window.HistogramTimes[^1], histograms.Length, first.Count, total.Count);
        result = new RangeResult(0, HistogramArithmetic.Multiply(total, factor).With(reset: ResetHint.Gauge).Compact());
        return true;
    }

    private static bool SameLayout(ReadOnlySpan<Histogram> histograms)
    {
        var last = histograms[^1];
        foreach (var histogram in histograms)
            if (histogram.CustomBounds is not null || histogram.Scale != last.Scale) return false;
        return true;
    }

    private bool AnyReset(in Window window) =>
        counter && _histogramResets.AsSpan(window.HistogramLow + 1, window.HistogramCount - 1).Contains(true);

    private bool Incompatible()
    {
        context.Annotations.MixedSchemas(_metric, place);
        return false;
    }
}

/// <summary><c>irate</c> and <c>idelta</c>: the change between the last two samples.</summary>
internal sealed class InstantChange(QueryContext context, Span place, bool rate) : RangeFunction
{
    private string _metric = "";

    public override void Begin(RangeSamples samples, Labels labels) => _metric = labels.Name;

    public override bool Evaluate(in Window window, out RangeResult result)
    {
        result = default;
        if (window.Count + window.HistogramCount < 2) return false;
        var times = window.Times;
        var histogramTimes = window.HistogramTimes;
        // The last two of either kind, by time.
        int floats = 0, histograms = 0;
        while (floats + histograms < 2)
        {
            bool isFloat = histograms >= histogramTimes.Length || (floats < times.Length && times[^(floats + 1)] > histogramTimes[^(histograms + 1)]);
            if (isFloat) floats++;
            else histograms++;
        }
        if (floats == 1)
        {
            context.Annotations.MixedFloatsAndHistograms(_metric, place);
            return false;
        }
        if (histograms == 2) return Histogram(window, out result);

        double seconds = (times[^1] - times[^2]) / 1000.0;
        double last = window.Values[^1], previous = window.Values[^2];
        double change = rate && last < previous ? last : last - previous;
        result = new RangeResult(rate ? change / seconds : change);
        return true;
    }

    private bool Histogram(in Window window, out RangeResult result)
    {
        result = default;
        var last = window.Histograms[^1];
        var previous = window.Histograms[^2];
        bool anyGauge = last.Reset == ResetHint.Gauge || previous.Reset == ResetHint.Gauge;
        bool bothGauge = last.Reset == ResetHint.Gauge && previous.Reset == ResetHint.Gauge;
        if (rate && anyGauge) context.Annotations.HistogramNotCounter(_metric, place);
        if (!rate && !bothGauge) context.Annotations.HistogramNotGauge(_metric, place);
        var change = last;
        if (!rate || !HistogramArithmetic.DetectReset(last, previous))
        {
            if (HistogramArithmetic.Subtract(last, previous, out var outcome) is not { } difference)
            {
                context.Annotations.MixedSchemas(_metric, place);
                return false;
            }
            if (outcome.HasFlag(CombineOutcome.BoundsReconciled)) context.Annotations.BoundsReconciled("subtraction", place);
            change = difference;
        }
        if (rate) change = HistogramArithmetic.Divide(change, (window.HistogramTimes[^1] - window.HistogramTimes[^2]) / 1000.0);
        result = new RangeResult(0, change.With(reset: ResetHint.Gauge).Compact());
        return true;
    }
}

/// <summary>The change functions on windows that have a value at both borders (<c>anchored</c>, <c>smoothed</c>).</summary>
internal sealed class BorderedChange(QueryContext context, string function, RangeMode mode, long range) : RangeFunction
{
    private readonly List<double> _points = [];

    public override bool Evaluate(in Window window, out RangeResult result)
    {
        result = default;
        bool counter = function is "rate" or "increase";
        if (!ExtendedRange.Points(window, mode, context.Options.LookbackMilliseconds, counter, _points)) return false;
        double value = 0;
        for (int i = 1; i < _points.Count; i++)
        {
            double previous = _points[i - 1], current = _points[i];
            switch (function)
            {
                case "changes": value += current != previous && !(double.IsNaN(current) && double.IsNaN(previous)) ? 1 : 0; break;
                case "resets": value += current < previous ? 1 : 0; break;
                default: value += counter && current < previous ? previous : 0; break;
            }
        }
        if (function is "rate" or "increase" or "delta") value += _points[^1] - _points[0];
        if (function == "rate") value /= range / 1000.0;
        result = new RangeResult(value);
        return true;
    }
}
