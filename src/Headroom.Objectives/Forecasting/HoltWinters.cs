namespace Headroom.Objectives.Forecasting;

/// <summary>
/// Level, damped trend and additive season, each smoothed exponentially (Holt, 1957; Winters, 1960; damping of Gardner and McKenzie, 1985). The
/// three speeds minimise the squared one-step errors on a grid, by turns. With period 1 there is no season.
/// </summary>
internal sealed class HoltWinters(int period) : IForecastModel
{
    private const double Damping = 0.98;

    private static readonly double[] s_levels = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9];
    private static readonly double[] s_trends = [0, 0.005, 0.02, 0.08, 0.2];
    private static readonly double[] s_seasons = [0.02, 0.05, 0.1, 0.2, 0.4, 0.7];

    private readonly double[] _season = new double[period];
    private double _alpha = 0.2, _beta, _gamma = 0.1;

    public string Name => period == 1 ? "Holt" : $"Holt–Winters ({period})";

    public void Fit(ReadOnlySpan<double> history)
    {
        (_alpha, _beta, _gamma) = (0.2, 0, 0.1);
        double best = Run(history, _alpha, _beta, _gamma, out _, out _);
        for (int turn = 0; turn < 2; turn++)
        {
            foreach (double alpha in s_levels)
                if (Run(history, alpha, _beta, _gamma, out _, out _) is var error && error < best)
                    (best, _alpha) = (error, alpha);
            foreach (double gamma in period > 1 ? s_seasons : [])
                if (Run(history, _alpha, _beta, gamma, out _, out _) is var error && error < best)
                    (best, _gamma) = (error, gamma);
            foreach (double beta in s_trends)
                if (Run(history, _alpha, beta, _gamma, out _, out _) is var error && error < best)
                    (best, _beta) = (error, beta);
        }
    }

    public void Continue(ReadOnlySpan<double> history, Span<double> into)
    {
        Run(history, _alpha, _beta, _gamma, out double level, out double trend);
        int place = history.Length % period;
        double damped = 0, factor = 1;
        for (int h = 0; h < into.Length; h++)
        {
            factor *= Damping;
            damped += factor * trend;
            into[h] = level + damped + (period > 1 ? _season[place] : 0);
            if (++place == period) place = 0;
        }
    }

    private double Run(ReadOnlySpan<double> values, double alpha, double beta, double gamma, out double level, out double trend)
    {
        int n = values.Length;
        level = 0;
        trend = 0;
        int first = Math.Min(period, n);
        for (int i = 0; i < first; i++) level += values[i] / first;
        for (int k = 0; k < period; k++) _season[k] = period > 1 && k < n ? values[k] - level : 0;
        double errors = 0;
        int place = first == period ? 0 : first;
        for (int i = first; i < n; i++)
        {
            double before = level + (Damping * trend);
            double error = values[i] - before - _season[place];
            errors += error * error;
            double next = before + (alpha * error);
            trend = (Damping * trend) + (alpha * beta * error);
            level = next;
            if (period > 1) _season[place] += gamma * (1 - alpha) * error;
            if (++place == period) place = 0;
        }
        return errors;
    }
}
