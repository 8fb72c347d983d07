using Headroom.Objectives.Statistics;

namespace Headroom.Objectives.Forecasting;

/// <summary>
/// What models would have said at earlier points of a history, and how far off they would have been. Folds begin a horizon apart where the history is
/// long enough, else closer; each leaves the models the points they need.
/// </summary>
internal sealed class BackTests
{
    private readonly List<int> _origins = [];
    // By model, fold and step: continuation − what came.
    private readonly double[][][] _errors;
    // By fold: the level now relative to that at the fold, where errors grow with the level; else 1.
    private readonly List<double> _levels = [];
    private readonly int _horizon;
    private readonly int _reach;
    private readonly int _weightFolds;

    public BackTests(double[] history, List<IForecastModel> models, int horizon, int weightFolds, int intervalFolds, int least)
    {
        _horizon = horizon;
        int n = history.Length;
        // A horizon longer than half of what is left is back-tested as far as it goes.
        least = Math.Min(n - 1, least);
        _reach = Math.Clamp((n - least) / 2, 1, horizon);
        int step = Math.Max(1, Math.Min(_reach, (n - least - _reach) / Math.Max(1, intervalFolds - 1)));
        for (int f = 0; f < intervalFolds; f++)
        {
            int origin = n - _reach - (f * step);
            if (origin < least) break;
            _origins.Add(origin);
        }
        int cycle = Math.Max(1, least / 2);
        double now = Level(history, n, cycle);
        bool grows = _origins.Count > 0 && Lowest(history) > 0 && now / Level(history, _origins[^1], cycle) is > GrowsFrom or < 1 / GrowsFrom;
        foreach (int origin in _origins) _levels.Add(grows ? now / Level(history, origin, cycle) : 1);
        _weightFolds = Math.Min(_origins.Count, step < _reach ? intervalFolds : weightFolds);
        _errors = new double[models.Count][][];
        for (int m = 0; m < models.Count; m++)
        {
            _errors[m] = new double[_origins.Count][];
            if (_origins.Count > 0) models[m].Fit(history.AsSpan(0, _origins[^1]));
            for (int f = 0; f < _origins.Count; f++)
            {
                var said = new double[_reach];
                models[m].Continue(history.AsSpan(0, _origins[f]), said);
                for (int h = 0; h < _reach; h++) said[h] -= history[_origins[f] + h];
                _errors[m][f] = said;
            }
        }
    }

    /// <summary>How many earlier points the history was continued from.</summary>
    public int Folds => _origins.Count;

    /// <summary>Shares by mean absolute error to the power of −<paramref name="power"/> over the latest folds; equal without folds.</summary>
    public double[] Weights(double power)
    {
        var weights = new double[_errors.Length];
        double sum = 0, best = double.PositiveInfinity;
        for (int m = 0; m < weights.Length; m++)
        {
            double error = 0;
            for (int f = 0; f < _weightFolds; f++)
                foreach (double e in _errors[m][f])
                    error += Math.Abs(e) / _weightFolds;
            weights[m] = error;
            if (double.IsFinite(error)) best = Math.Min(best, error);
        }
        for (int m = 0; m < weights.Length; m++)
        {
            weights[m] = !double.IsFinite(weights[m]) ? 0 : best == 0 ? (weights[m] == 0 ? 1 : 0) : Math.Pow(weights[m] / best, -power);
            sum += weights[m];
        }
        for (int m = 0; m < weights.Length; m++) weights[m] = sum > 0 ? weights[m] / sum : 1.0 / weights.Length;
        return weights;
    }

    /// <summary>Half the width of the 95% interval at each step.</summary>
    public double[] Widths(double[] weights)
    {
        var widths = new double[_horizon];
        int folds = _origins.Count;
        if (folds == 0)
        {
            Array.Fill(widths, double.NaN);
            return widths;
        }
        var errors = new double[folds * _reach];
        var squares = new double[_reach];
        for (int f = 0; f < folds; f++)
            for (int h = 0; h < _reach; h++)
            {
                double e = 0;
                for (int m = 0; m < weights.Length; m++) e += weights[m] == 0 ? 0 : weights[m] * _errors[m][f][h];
                e *= _levels[f];
                errors[(f * _reach) + h] = e;
                squares[h] += e * e / folds;
            }
        var (constant, growth) = Growth(squares);
        double together = Togetherness(errors, folds);
        for (int i = 0; i < errors.Length; i++) errors[i] = Math.Abs(errors[i]) / Scale(constant, growth, i % _reach);
        Array.Sort(errors);
        // Errors of one fold resemble each other where levels wander: then there are as many surprises as folds, not as points.
        double quantile = Order.Quantile(errors, Coverage) * (1 + (Widening * together) + (Slack / folds));
        for (int h = 0; h < _horizon; h++) widths[h] = quantile * Scale(constant, growth, h);
        return widths;
    }

    private const double GrowsFrom = 1.25;

    private static double Level(double[] history, int end, int cycle)
    {
        int start = Math.Max(0, end - cycle);
        double sum = 0;
        for (int i = start; i < end; i++) sum += history[i];
        return sum / (end - start);
    }

    private static double Lowest(double[] history)
    {
        double low = double.PositiveInfinity;
        foreach (double value in history) low = Math.Min(low, value);
        return low;
    }

    private const double Coverage = 0.95;

    // Measured: see the coverage table of docs/objectives.md.
    private const double Widening = 0.4;
    private const double Slack = 0.2;

    /// <summary>The share of the squared errors that is common to a whole fold: 0 for independent errors, near 1 where folds miss by a level.</summary>
    private double Togetherness(double[] errors, int folds)
    {
        double common = 0, all = 0;
        for (int f = 0; f < folds; f++)
        {
            double mean = 0;
            for (int h = 0; h < _reach; h++)
            {
                double e = errors[(f * _reach) + h];
                mean += e / _reach;
                all += e * e / _reach;
            }
            common += mean * mean;
        }
        return all > 0 && _reach > 1 ? Math.Clamp(((common / all) - (1.0 / _reach)) / (1 - (1.0 / _reach)), 0, 1) : 0;
    }

    private static double Scale(double constant, double growth, int h) => Math.Sqrt(constant + (growth * (h + 1))) is > 0 and var s ? s : 1e-300;

    /// <summary>Squared errors as a + b·step, neither below zero: errors grow with distance, never shrink.</summary>
    private static (double Constant, double Growth) Growth(double[] squares)
    {
        int n = squares.Length;
        double meanH = (n + 1) / 2.0, mean = 0, covariance = 0, variance = 0;
        foreach (double s in squares) mean += s / n;
        for (int h = 0; h < n; h++)
        {
            covariance += (h + 1 - meanH) * (squares[h] - mean);
            variance += (h + 1 - meanH) * (h + 1 - meanH);
        }
        double growth = variance > 0 ? Math.Max(0, covariance / variance) : mean;
        double constant = mean - (growth * meanH);
        return constant >= 0 ? (constant, growth) : (0, mean / meanH);
    }
}
