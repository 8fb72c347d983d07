using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Histograms;
using Headroom.Metrics.PromQL.Output;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Functions;

/// <summary>Least-squares line through samples, x in seconds.</summary>
internal static class LinearFit
{
    /// <summary>Slope per second, and the line's value at <paramref name="origin"/> (Unix milliseconds).</summary>
    public static (double Slope, double Intercept) Of(ReadOnlySpan<long> times, ReadOnlySpan<double> values, long origin)
    {
        Kahan x = default, y = default, xy = default, xx = default;
        double firstValue = values[0];
        bool constant = true;
        for (int i = 0; i < times.Length; i++)
        {
            double value = values[i];
            constant &= i == 0 || value == firstValue;
            double at = (times[i] - origin) / 1e3;
            x.Add(at);
            y.Add(value);
            xy.Add(at * value);
            xx.Add(at * at);
        }
        // Rounding must not give a constant a slope.
        if (constant) return double.IsInfinity(firstValue) ? (double.NaN, double.NaN) : (0, firstValue);
        double n = times.Length;
        double sumX = x.Sum + x.Lost, sumY = y.Sum + y.Lost, sumXY = xy.Sum + xy.Lost, sumXX = xx.Sum + xx.Lost;
        double covariance = sumXY - (sumX * sumY / n), variance = sumXX - (sumX * sumX / n);
        double slope = covariance / variance;
        return (slope, (sumY / n) - (slope * sumX / n));
    }
}

/// <summary><c>deriv</c>: the slope of the window.</summary>
internal sealed class Derivative(QueryContext context, Span place) : FloatsOverTime(context, place)
{
    protected override bool Of(in Window window, out double value)
    {
        value = 0;
        if (window.Count < 2) return false;
        // A near origin keeps the products small.
        value = LinearFit.Of(window.Times, window.Values, window.Times[0]).Slope;
        return true;
    }
}

/// <summary><c>predict_linear</c>: the value some seconds after the evaluation time.</summary>
internal sealed class LinearPrediction(QueryContext context, Span place, Scalar seconds) : FloatsOverTime(context, place)
{
    protected override bool Of(in Window window, out double value)
    {
        value = 0;
        if (window.Count < 2) return false;
        var (slope, intercept) = LinearFit.Of(window.Times, window.Values, window.Time);
        value = (slope * seconds[window.Step]) + intercept;
        return true;
    }
}

/// <summary><c>double_exponential_smoothing</c> (Holt's linear method, NIST handbook 6.4.3.3).</summary>
internal sealed class DoubleSmoothing(QueryContext context, Span place, Scalar level, Scalar trend) : FloatsOverTime(context, place)
{
    protected override bool Of(in Window window, out double value)
    {
        double levelFactor = Factor(level[window.Step], "smoothing factor", "sf"), trendFactor = Factor(trend[window.Step], "trend factor", "tf");
        value = 0;
        var values = window.Values;
        if (values.Length < 2) return false;
        double smoothed = values[0], slope = values[1] - values[0], before = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (i > 1) slope = (trendFactor * (smoothed - before)) + ((1 - trendFactor) * slope);
            double next = (levelFactor * values[i]) + ((1 - levelFactor) * (smoothed + slope));
            (before, smoothed) = (smoothed, next);
        }
        value = smoothed;
        return true;
    }

    private static double Factor(double factor, string what, string name) => factor is > 0 and < 1
        ? factor
        : throw QueryContext.Failed($"invalid {what}. Expected: 0 < {name} < 1, got: {GoFloat.Plain(factor)}");
}
