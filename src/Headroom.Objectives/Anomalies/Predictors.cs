namespace Headroom.Objectives.Anomalies;

/// <summary>
/// Simple predictors of the next value, weighted by how well each did lately: the last value, exponential averages, and the season's suggestion
/// moved to the present level.
/// </summary>
internal sealed class Predictors
{
    private const double Forget = 0.01;

    private static readonly double[] s_speeds = [1, 0.3, 0.05];

    private readonly double[] _predictions = [double.NaN, double.NaN, double.NaN, double.NaN, double.NaN];
    private readonly double[] _errors = new double[5];
    private double _offset;

    /// <summary>The weighted prediction; NaN before the first value.</summary>
    /// <param name="expected">The season's suggestion, or NaN.</param>
    public double Predict(double expected)
    {
        (_predictions[3], _predictions[4]) = (expected + _offset, expected);
        double sum = 0, weights = 0, largest = 0;
        foreach (double error in _errors) largest = Math.Max(largest, error);
        for (int i = 0; i < _predictions.Length; i++)
        {
            if (double.IsNaN(_predictions[i])) continue;
            double weight = Math.Pow((_errors[i] / Math.Max(largest, double.Epsilon)) + 1e-3, -3);
            sum += weight * _predictions[i];
            weights += weight;
        }
        return weights > 0 ? sum / weights : double.NaN;
    }

    /// <summary>Shows what came.</summary>
    public void Learn(double value, double expected)
    {
        for (int i = 0; i < _predictions.Length; i++)
        {
            // A predictor that could not speak is taken to be as bad as the worst.
            double error = double.IsNaN(_predictions[i]) ? Worst() : Math.Abs(value - _predictions[i]);
            _errors[i] += Forget * (error - _errors[i]);
        }
        for (int i = 0; i < s_speeds.Length; i++) _predictions[i] = double.IsNaN(_predictions[i]) ? value : _predictions[i] + (s_speeds[i] * (value - _predictions[i]));
        if (!double.IsNaN(expected)) _offset += 0.1 * (value - expected - _offset);
    }

    private double Worst()
    {
        double worst = 0;
        foreach (double error in _errors) worst = Math.Max(worst, error);
        return worst;
    }
}
