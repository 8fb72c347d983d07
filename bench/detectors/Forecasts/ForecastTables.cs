using System.Diagnostics;
using Headroom.Objectives.Forecasting;

namespace Headroom.Detectors.Bench.Forecasts;

/// <summary>The tables of the forecaster: OWA as the M4 competition defines it, coverage of the 95% intervals, time a series.</summary>
internal static class ForecastTables
{
    public static void Run(int rounds)
    {
        Console.WriteLine("| generated kind | OWA | OWA of seasonal naive | coverage of 95% | first quarter | last quarter | ms a series |\n|---|---:|---:|---:|---:|---:|---:|");
        foreach (string kind in ForecastSeriesGenerator.Kinds)
        {
            var results = Enumerable.Range(0, rounds).AsParallel().WithDegreeOfParallelism(2).Select(seed =>
            {
                var (history, future, period, likely) = ForecastSeriesGenerator.Make(kind, seed);
                var clock = Stopwatch.StartNew();
                var forecast = Forecaster.Continue(history, future.Length, likely);
                double ms = clock.Elapsed.TotalMilliseconds;
                var said = forecast.Points.Select(p => p.Value).ToArray();
                var naive2 = M4Score.Naive2(history, future.Length, period);
                var seasonal = Enumerable.Range(0, future.Length).Select(h => history[history.Length - period + (h % period)]).ToArray();
                var inside = forecast.Points.Select((p, h) => future[h] >= p.Lower && future[h] <= p.Upper ? 1.0 : 0).ToArray();
                return (S: M4Score.Smape(said, future), M: M4Score.Mase(said, future, history, period), S2: M4Score.Smape(naive2, future), M2: M4Score.Mase(naive2, future, history, period),
                    SS: M4Score.Smape(seasonal, future), SM: M4Score.Mase(seasonal, future, history, period), Inside: inside.Average(), Near: inside.Take(future.Length / 4 + 1).Average(), Far: inside.Skip(future.Length * 3 / 4).Average(), Ms: ms);
            }).ToArray();
            double owa = ((results.Average(r => r.S) / results.Average(r => r.S2)) + (results.Average(r => r.M) / results.Average(r => r.M2))) / 2;
            double naive = ((results.Average(r => r.SS) / results.Average(r => r.S2)) + (results.Average(r => r.SM) / results.Average(r => r.M2))) / 2;
            Console.WriteLine(FormattableString.Invariant($"| {kind} | {owa:0.000} | {naive:0.000} | {results.Average(r => r.Inside):P1} | {results.Average(r => r.Near):P1} | {results.Average(r => r.Far):P1} | {results.Average(r => r.Ms):0.0} |"));
        }
    }
}

/// <summary>The M4 competition's measures (Makridakis, Spiliotis and Assimakopoulos, "The M4 Competition", 2020).</summary>
internal static class M4Score
{
    public static double Smape(double[] said, double[] came) =>
        200 * said.Zip(came, (f, y) => Math.Abs(f) + Math.Abs(y) == 0 ? 0 : Math.Abs(f - y) / (Math.Abs(f) + Math.Abs(y))).Average();

    public static double Mase(double[] said, double[] came, double[] history, int period)
    {
        double scale = 0;
        for (int i = period; i < history.Length; i++) scale += Math.Abs(history[i] - history[i - period]) / (history.Length - period);
        return said.Zip(came, (f, y) => Math.Abs(f - y)).Average() / Math.Max(scale, 1e-12);
    }

    /// <summary>The last value, multiplicatively seasonally adjusted by classical decomposition when a 90% autocorrelation test says so.</summary>
    public static double[] Naive2(double[] history, int horizon, int period)
    {
        int n = history.Length;
        if (period > 1 && n >= 3 * period && Seasonal(history, period) && history.Min() > 0)
        {
            int half = period / 2;
            var ratios = new List<double>[period];
            for (int k = 0; k < period; k++) ratios[k] = [];
            for (int i = half; i < n - half; i++)
            {
                double sum = 0;
                for (int k = -half; k <= half; k++) sum += history[i + k] * (period % 2 == 0 && Math.Abs(k) == half ? 0.5 : 1);
                ratios[i % period].Add(history[i] / (sum / period));
            }
            var index = ratios.Select(r => r.Average()).ToArray();
            double mean = index.Average();
            return [.. Enumerable.Range(0, horizon).Select(h => history[^1] / (index[(n - 1) % period] / mean) * (index[(n + h) % period] / mean))];
        }
        return [.. Enumerable.Repeat(history[^1], horizon)];
    }

    private static bool Seasonal(double[] x, int period)
    {
        double mean = x.Average(), total = x.Sum(v => (v - mean) * (v - mean)), squares = 0;
        double at = 0;
        for (int lag = 1; lag <= period; lag++)
        {
            double r = 0;
            for (int i = lag; i < x.Length; i++) r += (x[i] - mean) * (x[i - lag] - mean);
            r /= total;
            if (lag < period) squares += r * r;
            else at = r;
        }
        return Math.Abs(at) > 1.645 * Math.Sqrt((1 + (2 * squares)) / x.Length);
    }
}
