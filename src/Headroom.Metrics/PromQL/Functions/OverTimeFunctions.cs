using Headroom.Metrics.PromQL.Aggregations;
using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Histograms;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Functions;

/// <summary>What functions over floats share: histograms in the window are left out, with a note when both kinds are there.</summary>
internal abstract class FloatsOverTime(QueryContext context, Span place) : RangeFunction
{
    /// <summary>Windows up to this many samples are looked at one by one; beyond, through a <see cref="Pyramid{T}"/>.</summary>
    protected const int Direct = 64;

    private string _metric = "";

    public override void Begin(RangeSamples samples, Labels labels) => _metric = labels.Name;

    public sealed override bool Evaluate(in Window window, out RangeResult result)
    {
        result = default;
        if (window.Count == 0) return false;
        if (window.HistogramCount > 0) context.Annotations.HistogramsIgnoredInRange(_metric, place);
        if (!Of(window, out double value)) return false;
        result = new RangeResult(value);
        return true;
    }

    protected abstract bool Of(in Window window, out double value);
}

/// <summary><c>sum_over_time</c> and <c>avg_over_time</c>.</summary>
internal sealed class SumOverTime(QueryContext context, Span place, bool average) : RangeFunction
{
    private readonly Pyramid<SumBlock> _blocks = new();
    private string _metric = "";

    public override void Begin(RangeSamples samples, Labels labels)
    {
        _metric = labels.Name;
        _blocks.Clear();
    }

    public override bool Evaluate(in Window window, out RangeResult result)
    {
        result = default;
        if (window.Count > 0 && window.HistogramCount > 0)
        {
            context.Annotations.MixedFloatsAndHistograms(_metric, place);
            return false;
        }
        if (window.HistogramCount > 0) return Histograms(window, out result);
        if (window.Count > 64)
        {
            var (sum, lost) = _blocks.Of(window.Series.Values, window.Low, window.High);
            if (double.IsFinite(sum))
            {
                result = new RangeResult(average ? (sum / window.Count) + (lost / window.Count) : sum + lost);
                return true;
            }
            // Infinite or not a number: which one depends on the order, so it is gone through as such.
        }
        result = new RangeResult(average ? Average(window.Values) : Sum(window.Values));
        return true;
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        var sum = new Kahan();
        foreach (double value in values) sum.Add(value);
        return sum.Value;
    }

    private static double Average(ReadOnlySpan<double> values)
    {
        double sum = values[0], lost = 0;
        bool running = false;
        for (int i = 1; i < values.Length; i++) Mean.Add(values[i], ref sum, ref lost, i + 1, ref running);
        return Mean.Finish(sum, lost, values.Length, running);
    }

    private bool Histograms(in Window window, out RangeResult result)
    {
        result = default;
        var histograms = window.Histograms;
        var sum = new HistogramSum(histograms[0]);
        for (int i = 1; i < histograms.Length; i++)
        {
            if (sum.Add(histograms[i])) continue;
            context.Annotations.MixedSchemas(_metric, place);
            return false;
        }
        if (sum.Outcome.HasFlag(CombineOutcome.ResetsCollide)) context.Annotations.ResetsCollide("aggregation", place);
        if (sum.Outcome.HasFlag(CombineOutcome.BoundsReconciled)) context.Annotations.BoundsReconciled("aggregation", place);
        var total = sum.Total();
        result = new RangeResult(0, (average ? HistogramArithmetic.Divide(total, sum.Terms) : total).Compact());
        return true;
    }
}

/// <summary><c>min_over_time</c> and <c>max_over_time</c>; NaN only when there is nothing else.</summary>
internal sealed class ExtremeOverTime(QueryContext context, Span place, bool max) : FloatsOverTime(context, place)
{
    private readonly Pyramid<MinBlock> _lows = new();
    private readonly Pyramid<MaxBlock> _highs = new();

    public override void Begin(RangeSamples samples, Labels labels)
    {
        base.Begin(samples, labels);
        _lows.Clear();
        _highs.Clear();
    }

    protected override bool Of(in Window window, out double value)
    {
        if (window.Count > Direct)
        {
            var all = window.Series.Values;
            value = max ? _highs.Of(all, window.Low, window.High).Value : _lows.Of(all, window.Low, window.High).Value;
            return true;
        }
        var values = window.Values;
        value = values[0];
        foreach (double one in values)
            if ((max ? one > value : one < value) || double.IsNaN(value)) value = one;
        return true;
    }
}

/// <summary><c>ts_of_min_over_time</c> and <c>ts_of_max_over_time</c>: when the extreme was last there.</summary>
internal sealed class TimeOfExtreme(QueryContext context, Span place, bool max) : FloatsOverTime(context, place)
{
    protected override bool Of(in Window window, out double value)
    {
        var values = window.Values;
        int at = 0;
        for (int i = 1; i < values.Length; i++)
            if ((max ? values[i] >= values[at] : values[i] <= values[at]) || double.IsNaN(values[at])) at = i;
        value = window.Times[at] / 1000.0;
        return true;
    }
}

/// <summary><c>stddev_over_time</c> and <c>stdvar_over_time</c> of a population.</summary>
internal sealed class SpreadOverTime(QueryContext context, Span place, bool root) : FloatsOverTime(context, place)
{
    private readonly Pyramid<SpreadBlock> _blocks = new();

    public override void Begin(RangeSamples samples, Labels labels)
    {
        base.Begin(samples, labels);
        _blocks.Clear();
    }

    protected override bool Of(in Window window, out double value)
    {
        if (window.Count > Direct)
        {
            var block = _blocks.Of(window.Series.Values, window.Low, window.High);
            value = block.Squares / block.Count;
        }
        else value = Variance(window.Values);
        if (root) value = Math.Sqrt(value);
        return true;
    }

    // Welford's method with compensated sums.
    private static double Variance(ReadOnlySpan<double> values)
    {
        double count = 0;
        Kahan mean = default, squares = default;
        foreach (double value in values)
        {
            count++;
            double delta = value - (mean.Sum + mean.Lost);
            mean.Add(delta / count);
            squares.Add(delta * (value - (mean.Sum + mean.Lost)));
        }
        return (squares.Sum + squares.Lost) / count;
    }
}

/// <summary><c>quantile_over_time</c>. The window is kept sorted as it moves.</summary>
internal sealed class QuantileOverTime(QueryContext context, Span place, Span parameterPlace, Scalar q) : FloatsOverTime(context, place)
{
    private readonly QueryContext _context = context;
    private readonly SortedWindow _sorted = new();

    public override void Begin(RangeSamples samples, Labels labels)
    {
        base.Begin(samples, labels);
        _sorted.Clear();
    }

    protected override bool Of(in Window window, out double value)
    {
        double at = q[window.Step];
        if (!(at >= 0 && at <= 1)) _context.Annotations.QuantileOutOfRange(at, parameterPlace);
        value = Quantiles.OfSorted(at, _sorted.MoveTo(window.Series.Values, window.Low, window.High));
        return true;
    }
}

/// <summary><c>mad_over_time</c>: the median of distances from the median.</summary>
internal sealed class DeviationOverTime(QueryContext context, Span place) : FloatsOverTime(context, place)
{
    private readonly SortedWindow _sorted = new();

    public override void Begin(RangeSamples samples, Labels labels)
    {
        base.Begin(samples, labels);
        _sorted.Clear();
    }

    protected override bool Of(in Window window, out double value)
    {
        var sorted = _sorted.MoveTo(window.Series.Values, window.Low, window.High);
        double median = Quantiles.OfSorted(0.5, sorted);
        double[] distances = sorted.ToArray();
        for (int i = 0; i < distances.Length; i++) distances[i] = Math.Abs(distances[i] - median);
        Array.Sort(distances);
        value = Quantiles.OfSorted(0.5, distances);
        return true;
    }
}

/// <summary>The values of a window in ascending order, NaN first; kept up as the window moves a little.</summary>
internal sealed class SortedWindow
{
    private double[] _sorted = [];
    private int _count;
    private int _low;
    private int _high;

    public void Clear() => _count = _low = _high = 0;

    public ReadOnlySpan<double> MoveTo(ReadOnlySpan<double> values, int low, int high)
    {
        int size = high - low;
        if (_sorted.Length < size + 1) Array.Resize(ref _sorted, Math.Max(size + 1, _sorted.Length * 2));
        int changes = low - _low + (high - _high);
        if (low >= _high || changes > size / 4)
        {
            values[low..high].CopyTo(_sorted);
            _sorted.AsSpan(0, size).Sort();
            _count = size;
        }
        else
        {
            for (int i = _low; i < low; i++) Remove(values[i]);
            for (int i = _high; i < high; i++) Insert(values[i]);
        }
        (_low, _high) = (low, high);
        return _sorted.AsSpan(0, _count);
    }

    private void Remove(double value)
    {
        int at = Array.BinarySearch(_sorted, 0, _count, value);
        Array.Copy(_sorted, at + 1, _sorted, at, --_count - at);
    }

    private void Insert(double value)
    {
        if (_sorted.Length == _count) Array.Resize(ref _sorted, _count * 2);
        int at = Array.BinarySearch(_sorted, 0, _count, value);
        if (at < 0) at = ~at;
        Array.Copy(_sorted, at, _sorted, at + 1, _count++ - at);
        _sorted[at] = value;
    }
}
