using Headroom.Metrics.PromQL;

namespace Headroom.Objectives.Alarms;

/// <summary>Predicts series for alarms that warn ahead. The composition root binds it.</summary>
public interface ISeriesForecaster
{
    /// <summary>Predicts a series.</summary>
    /// <param name="history">Its points, ascending in time, one step apart; steps without a value are left out.</param>
    /// <param name="step">The distance of two points.</param>
    /// <param name="steps">How many points to predict after the last.</param>
    /// <returns>The predicted points; null when the history is too short to say anything.</returns>
    IReadOnlyList<PredictedPoint>? Forecast(IReadOnlyList<Point> history, TimeSpan step, int steps);
}

/// <summary>One predicted value.</summary>
/// <param name="Time">Unix milliseconds UTC.</param>
/// <param name="Value">The expected value.</param>
/// <param name="Lower">Lower end of its 95% interval.</param>
/// <param name="Upper">Upper end of its 95% interval.</param>
public readonly record struct PredictedPoint(long Time, double Value, double Lower, double Upper);

/// <summary>Says which points of a series are unlike those before them. The composition root binds it.</summary>
public interface IAnomalyJudge
{
    /// <summary>Judges points, each from those up to it.</summary>
    /// <param name="history">The points, ascending in time, one step apart; steps without a value are left out.</param>
    /// <param name="step">The distance of two points.</param>
    /// <returns>For each point whether it is anomalous; null while there is too little to compare with.</returns>
    IReadOnlyList<bool?> Judge(IReadOnlyList<Point> history, TimeSpan step);
}

/// <summary>What alarms of some kinds need; a kind whose need is null is refused when the configuration is read.</summary>
/// <param name="Forecaster">For alarms with <c>forecast</c>.</param>
/// <param name="Anomalies">For alarms with <c>anomaly</c>.</param>
public sealed record AlarmPorts(ISeriesForecaster? Forecaster, IAnomalyJudge? Anomalies)
{
    /// <summary>Neither.</summary>
    public static AlarmPorts None { get; } = new(null, null);
}
