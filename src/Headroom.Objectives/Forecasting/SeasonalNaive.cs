namespace Headroom.Objectives.Forecasting;

/// <summary>The last cycle again; with period 1 the last value.</summary>
internal sealed class SeasonalNaive(int period) : IForecastModel
{
    public string Name => period == 1 ? "last value" : $"seasonal naive ({period})";

    public void Fit(ReadOnlySpan<double> history) { }

    public void Continue(ReadOnlySpan<double> history, Span<double> into)
    {
        for (int h = 0; h < into.Length; h++) into[h] = history[history.Length - period + (h % period)];
    }
}

/// <summary>
/// The cycle of a longer season again, moved to the level of the latest inner cycle: last week's days at this week's level.
/// </summary>
internal sealed class LevelledNaive(int period, int inner) : IForecastModel
{
    public string Name => $"seasonal naive ({period}) at the level of the last {inner}";

    public void Fit(ReadOnlySpan<double> history) { }

    public void Continue(ReadOnlySpan<double> history, Span<double> into)
    {
        int n = history.Length;
        double now = 0, then = 0;
        for (int i = 1; i <= inner; i++)
        {
            now += history[n - i] / inner;
            then += history[Math.Max(0, n - i - period)] / inner;
        }
        // Of series above zero the ratio carries over better than the difference.
        bool multiply = then > 0 && now > 0 && now / then is > 0.5 and < 2;
        for (int h = 0; h < into.Length; h++)
        {
            double value = history[n - period + (h % period)];
            into[h] = multiply ? value * (now / then) : value + now - then;
        }
    }
}

/// <summary>The mean of the last cycles, and the last cycle's distance from it fading away.</summary>
internal sealed class SeasonalMean(int period, int cycles) : IForecastModel
{
    private const double Fade = 0.97;

    public string Name => $"mean of {cycles} cycles ({period})";

    public void Fit(ReadOnlySpan<double> history) { }

    public void Continue(ReadOnlySpan<double> history, Span<double> into)
    {
        int n = history.Length;
        int used = Math.Max(1, Math.Min(cycles, n / period));
        Span<double> mean = period <= 512 ? stackalloc double[period] : new double[period];
        for (int k = 0; k < period; k++)
        {
            mean[k] = 0;
            for (int c = 1; c <= used; c++) mean[k] += history[n - (c * period) + k] / used;
        }
        double offset = 0;
        int latest = Math.Max(1, period / 4);
        for (int k = period - latest; k < period; k++) offset += (history[n - period + k] - mean[k]) / latest;
        for (int h = 0; h < into.Length; h++)
        {
            offset *= Fade;
            into[h] = mean[h % period] + offset;
        }
    }
}

/// <summary>The last cycle again, grown as the last cycles grew: by their mean ratio where all are above zero, else by their mean difference.</summary>
internal sealed class SeasonalDrift(int period) : IForecastModel
{
    private const int Cycles = 4;

    public string Name => $"seasonal naive with drift ({period})";

    public void Fit(ReadOnlySpan<double> history) { }

    public void Continue(ReadOnlySpan<double> history, Span<double> into)
    {
        int n = history.Length;
        int used = Math.Min(Cycles, n / period);
        Span<double> means = stackalloc double[Cycles];
        for (int c = 0; c < used; c++)
        {
            double sum = 0;
            for (int i = 1; i <= period; i++) sum += history[n - (c * period) - i];
            means[c] = sum / period;
        }
        double oldest = means[used - 1], latest = means[0];
        int gaps = Math.Max(1, used - 1);
        double ratio = oldest > 0 && latest > 0 ? Math.Pow(latest / oldest, 1.0 / gaps) : double.NaN;
        double step = (latest - oldest) / gaps;
        for (int h = 0; h < into.Length; h++)
        {
            double value = history[n - period + (h % period)];
            int cycles = (h / period) + 1;
            into[h] = ratio is > 0.5 and < 2 ? value * Math.Pow(ratio, cycles) : value + (step * cycles);
        }
    }
}
