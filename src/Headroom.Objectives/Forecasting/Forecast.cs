namespace Headroom.Objectives.Forecasting;

/// <summary>What is expected at one point to come, in the series' unit.</summary>
/// <param name="Time">Unix milliseconds; null in a series without times.</param>
/// <param name="Value">The expected value.</param>
/// <param name="Lower">Lower end of the 95% prediction interval; NaN when the history is too short to say.</param>
/// <param name="Upper">Upper end of the 95% prediction interval; NaN when the history is too short to say.</param>
public readonly record struct ForecastPoint(long? Time, double Value, double Lower, double Upper);

/// <summary>A forecast and how it came about.</summary>
/// <param name="Points">One for each step ahead.</param>
/// <param name="Weights">What each model had to say in it: names and shares that sum to 1.</param>
/// <param name="Periods">The seasons that were assumed, in points.</param>
/// <param name="Folds">Back-tests that chose the weights and the interval's width.</param>
public sealed record Forecast(IReadOnlyList<ForecastPoint> Points, IReadOnlyList<(string Model, double Share)> Weights, IReadOnlyList<int> Periods, int Folds);
