using Headroom.Load.Measurement;

namespace Headroom.Load.Thresholds;

/// <summary>Follows one threshold through a run.</summary>
internal sealed class ThresholdWatch
{
    private readonly Threshold _threshold;
    private readonly MetricReader _reader;
    private readonly Queue<MetricSample> _window = new();
    private double _worst = double.NaN;
    private bool _anyWindow;

    public ThresholdWatch(Threshold threshold, MeasuredShape shape) => (_threshold, _reader) = (threshold, new MetricReader(threshold, shape));

    public Threshold Threshold => _threshold;

    /// <summary>Takes in one second, after warm-up.</summary>
    public void Observe(Measured second)
    {
        if (_threshold.Window is not { } window) return;
        _window.Enqueue(_reader.Read(second));
        if (_window.Count > (int)window.TotalSeconds) _window.Dequeue();
        // Only whole windows are judged; a shorter run is one window.
        if (_window.Count == (int)window.TotalSeconds) JudgeWindow();
    }

    /// <summary>The value so far, or of the worst window so far; NaN when nothing was measured.</summary>
    public double Value(Measured total, double seconds)
    {
        if (_threshold.Window is null) return _reader.Read(total).Value(_threshold.Expression, seconds);
        if (!_anyWindow && _window.Count > 0) return WindowValue();
        return _worst;
    }

    /// <summary>Whether the bound is broken by what has been measured; false while nothing was.</summary>
    public bool IsBroken(Measured total, double seconds)
    {
        if (_threshold.Window is not null && !_anyWindow) return false;
        double value = Value(total, seconds);
        return !double.IsNaN(value) && !_threshold.Expression.Holds(value);
    }

    private void JudgeWindow()
    {
        double value = WindowValue();
        // A window without traffic says nothing; a run without any fails in the end.
        if (double.IsNaN(value)) return;
        (_worst, _anyWindow) = (_anyWindow ? _threshold.Expression.Worse(_worst, value) : value, true);
    }

    private double WindowValue()
    {
        var sum = new MetricSample();
        foreach (var sample in _window) sum = sum.Plus(sample);
        return sum.Value(_threshold.Expression, _window.Count);
    }
}

/// <summary>What a threshold needs of a stretch of time.</summary>
/// <param name="Sum">Of a rate how often it held; of a counter what it grew.</param>
/// <param name="Count">How much there was to measure; nothing is no data.</param>
/// <param name="Times">Of a distribution the values, in the metric's unit divided by <see cref="Scale"/>.</param>
/// <param name="Scale">1000 where seconds are shown as milliseconds.</param>
internal readonly record struct MetricSample(double Sum, double Count, Distribution? Times, double Scale)
{
    public MetricSample Plus(MetricSample other)
    {
        Distribution? both = null;
        if (Times is not null || other.Times is not null)
        {
            both = new Distribution();
            if (Times is not null) both.Add(Times);
            if (other.Times is not null) both.Add(other.Times);
        }
        return new MetricSample(Sum + other.Sum, Count + other.Count, both, other.Scale);
    }

    /// <summary>The aggregation's value; NaN when there was nothing to measure.</summary>
    public double Value(ThresholdExpression expression, double seconds)
    {
        if (Count <= 0) return double.NaN;
        return expression.Aggregation switch
        {
            Aggregation.Rate => Times is null && Scale == 0 ? Sum / Count : seconds > 0 ? Sum / seconds : double.NaN,
            Aggregation.Count => Times?.Count ?? Sum,
            Aggregation.Value => Sum,
            Aggregation.Average => Times!.Mean * Scale,
            Aggregation.Minimum => Times!.Min * Scale,
            Aggregation.Maximum => Times!.Max * Scale,
            _ => Times!.Quantile(expression.Percentile / 100) * Scale,
        };
    }
}

/// <summary>Reads a threshold's metric from measurements.</summary>
internal sealed class MetricReader
{
    private const double IsShare = 0, IsCounter = 1, InMilliseconds = 1000;

    private readonly string _metric;
    private readonly int _custom;
    private readonly Func<RequestKind, bool> _kinds;
    private readonly Func<int, bool> _codes;

    public MetricReader(Threshold threshold, MeasuredShape shape)
    {
        _metric = threshold.Metric;
        _custom = shape.Metrics.ToList().FindIndex(m => m.Name == _metric);
        var wanted = threshold.Tags.Where(t => t.Key != "status").ToDictionary();
        var chosen = shape.Kinds.Select(k => RequestTags.Match(k.Tags, wanted)).ToArray();
        _kinds = kind => chosen[kind.Index];
        int? status = threshold.Tags.TryGetValue("status", out string? text) && int.TryParse(text, out int code) ? code : null;
        _codes = status is null ? static _ => true : c => c == status;
    }

    public MetricSample Read(Measured measured)
    {
        switch (_metric)
        {
            case BuiltInMetrics.ResponseTime or BuiltInMetrics.ServiceTime:
                var times = measured.Times(_metric == BuiltInMetrics.ServiceTime, _kinds, _codes);
                return new MetricSample(0, times.Count, times, InMilliseconds);
            case BuiltInMetrics.Failed:
                return new MetricSample(measured.Count(_kinds, c => _codes(c) && OutcomeCode.IsFailure(c)), measured.Count(_kinds, _codes), null, IsShare);
            case BuiltInMetrics.Requests:
                return Counter(measured.Count(_kinds, _codes), measured.Count(_kinds, static _ => true));
            case BuiltInMetrics.Checks:
                return new MetricSample(measured.ChecksPassed.Sum(), measured.ChecksPassed.Sum() + measured.ChecksFailed.Sum(), null, IsShare);
            case BuiltInMetrics.IterationDuration:
                return new MetricSample(0, measured.IterationSeconds.Count, Copy(measured.IterationSeconds), InMilliseconds);
            case BuiltInMetrics.Iterations: return Counter(measured.Iterations, Any(measured));
            case BuiltInMetrics.Dropped: return Counter(measured.Dropped, Any(measured) + measured.Dropped);
            case BuiltInMetrics.DataSent: return Counter(measured.BytesSent, Any(measured));
            case BuiltInMetrics.DataReceived: return Counter(measured.BytesReceived, Any(measured));
        }
        var custom = measured.Custom[_custom];
        return custom.Kind switch
        {
            Plans.CustomMetricKind.Rate => new MetricSample(custom.Sum, custom.Count, null, IsShare),
            Plans.CustomMetricKind.Counter => Counter(custom.Sum, custom.Count),
            _ => new MetricSample(0, custom.Count, Copy(custom.Trend), 1),
        };
    }

    private static MetricSample Counter(double sum, double any) => new(sum, any, null, IsCounter);

    private static double Any(Measured measured) => measured.Count(static _ => true, static _ => true);

    // Seconds are measured into one object that is cleared; a window outlives it.
    private static Distribution Copy(Distribution distribution)
    {
        var copy = new Distribution();
        copy.Add(distribution);
        return copy;
    }
}
