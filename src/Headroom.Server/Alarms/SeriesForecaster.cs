using Headroom.Metrics.PromQL;
using Headroom.Objectives.Alarms;
using Headroom.Objectives.Forecasting;

namespace Headroom.Server.Alarms;

/// <summary>The forecaster, asked by alarms: steps without a value are gaps, and a history of fewer than ten points says nothing.</summary>
internal sealed class SeriesForecaster : ISeriesForecaster
{
    private const int FewestPoints = 10;

    public IReadOnlyList<PredictedPoint>? Forecast(IReadOnlyList<Point> history, TimeSpan step, int steps)
    {
        if (history.Count < FewestPoints) return null;
        long width = (long)step.TotalMilliseconds;
        long first = history[0].Time;
        var values = new double[((history[^1].Time - first) / width) + 1];
        Array.Fill(values, double.NaN);
        foreach (var point in history) values[(point.Time - first) / width] = point.Value;
        var forecast = Forecaster.Continue(values, steps, Cycles.Of(step, values.Length));
        return [.. forecast.Points.Select((p, i) => new PredictedPoint(history[^1].Time + ((i + 1) * width), p.Value, p.Lower, p.Upper))];
    }
}
