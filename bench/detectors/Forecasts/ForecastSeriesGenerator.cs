namespace Headroom.Detectors.Bench.Forecasts;

/// <summary>Generated histories with what came after them.</summary>
internal static class ForecastSeriesGenerator
{
    public static readonly string[] Kinds = ["hourly: load", "hourly: traffic", "hourly: sparse counts", "hourly: drifting", "hourly: noisy", "five minutes", "daily with week", "monthly growth", "noise", "random walk", "AR(0.8)", "trend", "heavy tails", "short"];

    public static (double[] History, double[] Future, int Period, int[] Likely) Make(string kind, int seed)
    {
        var draw = new Draw((seed * 4057) + (Array.IndexOf(Kinds, kind) * 99991));
        var (n, horizon, period) = kind switch
        {
            "five minutes" => (2016, 288, 288),
            "daily with week" => (draw.Whole(120, 400), 14, 7),
            "monthly growth" => (draw.Whole(72, 200), 18, 12),
            "short" => (draw.Whole(20, 40), 6, 1),
            _ when kind.StartsWith("hourly", StringComparison.Ordinal) => (draw.Chance(0.5) ? 700 : 960, 48, 24),
            _ => (draw.Whole(200, 600), 24, 1),
        };
        int total = n + horizon;
        int[] likely = period switch { 24 => [24, 168], 288 => [288, 2016], 7 => [7], 12 => [12], _ => [] };
        var noise = draw.Autoregression(total, draw.Uniform(0.6, 0.95));
        var drift = Walk(total, draw);
        var day = Profile(period, draw);
        var weekend = Profile(period, draw);
        double dayEnd = draw.Uniform(0.3, 1), strength = draw.Uniform(0.3, 0.7), spread = draw.Uniform(0.03, 0.12), slope = draw.Uniform(-1, 1.5);
        int weekday = draw.Whole(0, 6), phase = draw.Whole(0, Math.Max(0, period - 1));
        var values = new double[total];
        for (int i = 0; i < total; i++)
        {
            int tick = (i + phase) % Math.Max(1, period), dayNumber = ((i + phase) / Math.Max(1, period)) + weekday;
            bool isWeekend = dayNumber % 7 >= 5;
            double shape = isWeekend ? dayEnd * ((0.5 * day[tick]) + (0.5 * weekend[tick])) : day[tick];
            values[i] = kind switch
            {
                "hourly: load" => 1000 * (1 + (strength * shape) + (spread * noise[i]) + (0.15 * drift[i])),
                "hourly: traffic" => Math.Max(0, 0.05 * Math.Exp(2 * strength * shape) * (1 + (2 * spread * noise[i]) + (0.3 * draw.Gauss() * spread))),
                "hourly: sparse counts" => draw.Poisson(6 * Math.Exp(1.5 * strength * shape)),
                "hourly: drifting" => 500 * (1 + (strength * shape) + (0.6 * drift[i]) + (spread * 0.5 * noise[i])),
                "hourly: noisy" => 100 * (1 + (0.5 * strength * shape) + (3 * spread * draw.Gauss())),
                "five minutes" => 50 + (20 * shape) + (2 * noise[i]) + draw.Gauss(),
                "daily with week" => 200 + (isWeekendDay(i, weekday) ? -60 : 0) + (10 * noise[i]) + (20 * drift[i]),
                "monthly growth" => 100 * Math.Exp((1.2 * i / total) + (0.15 * day[tick]) + (0.03 * noise[i])),
                "noise" => 10 + draw.Gauss(),
                "random walk" => 100 + (8 * drift[i] * Math.Sqrt(total)),
                "AR(0.8)" => 20 + (2 * noise[i]),
                "trend" => 50 + (slope * 0.1 * i) + (3 * noise[i]),
                "heavy tails" => 20 + (2 * draw.HeavyTailed()),
                _ => 30 + (3 * noise[i]) + (0.2 * slope * i),
            };
        }
        return (values[..n], values[n..], period, likely);

        static bool isWeekendDay(int i, int weekday) => (i + weekday) % 7 >= 5;
    }

    private static double[] Walk(int n, Draw draw)
    {
        var walk = new double[n];
        double level = 0;
        for (int i = 0; i < n; i++) walk[i] = level += draw.Gauss() / Math.Sqrt(n);
        return walk;
    }

    private static double[] Profile(int period, Draw draw)
    {
        double a = draw.Uniform(0, 2 * Math.PI), b = draw.Uniform(0, 2 * Math.PI), c = draw.Uniform(0.1, 0.6), d = draw.Uniform(0, 0.3), e = draw.Uniform(0, 2 * Math.PI);
        return [.. Enumerable.Range(0, Math.Max(1, period)).Select(k => Math.Sin((2 * Math.PI * k / period) + a) + (c * Math.Sin((4 * Math.PI * k / period) + b)) + (d * Math.Sin((6 * Math.PI * k / period) + e)))];
    }
}
