namespace Headroom.Detectors.Bench.ChangePoints;

/// <summary>A series with the change points five people saw in it.</summary>
internal sealed record AnnotatedSeries(string Kind, double[] Values, IReadOnlyList<int[]> Annotators);

/// <summary>
/// Generated series that imitate what public labelled sets hold: yearly economics, monthly figures with seasons, counts, sensors, prices,
/// quality control; and people who overlook small changes, place them a little off, and see some that are not there.
/// </summary>
internal static class AnnotatedSeriesGenerator
{
    public static readonly string[] Kinds = ["one shift", "no change", "yearly economics", "monthly with season", "counts", "sensor", "price", "kinks", "growth", "bump", "short", "seasonal no change", "variance"];

    public static AnnotatedSeries Make(string kind, int seed)
    {
        var draw = new Draw(seed * 7919 + Array.IndexOf(Kinds, kind) * 104729);
        var truth = new List<(int At, double Visible)>();
        double[] values = kind switch
        {
            "one shift" => OneShift(draw, truth),
            "no change" => NoChange(draw),
            "yearly economics" => Economics(draw, truth),
            "monthly with season" => Monthly(draw, truth),
            "counts" => Counts(draw, truth),
            "sensor" => Sensor(draw, truth),
            "price" => Price(draw, truth),
            "kinks" => Kinks(draw, truth),
            "growth" => Growth(draw),
            "bump" => Bump(draw, truth),
            "short" => Short(draw, truth),
            "seasonal no change" => SeasonalNoChange(draw),
            _ => Variance(draw, truth),
        };
        var annotators = new List<int[]>();
        for (int person = 0; person < 5; person++)
        {
            var marks = new List<int>();
            foreach (var (at, visible) in truth)
                if (draw.Chance(visible))
                    marks.Add(Math.Clamp(at + (int)Math.Round(draw.Gauss() * 1.2), 1, values.Length - 1));
            if (draw.Chance(0.12)) marks.Add(draw.Whole(5, values.Length - 3));
            annotators.Add([.. marks.Distinct().Order()]);
        }
        return new AnnotatedSeries(kind, values, annotators);
    }

    private static double[] OneShift(Draw draw, List<(int, double)> truth)
    {
        int n = draw.Whole(80, 300);
        int at = draw.Whole(n / 5, n * 4 / 5);
        double size = draw.Uniform(1, 4);
        var values = draw.Autoregression(n, draw.Uniform(0, 0.4));
        for (int i = at; i < n; i++) values[i] += size;
        truth.Add((at, Math.Min(0.95, size / 3)));
        return values;
    }

    private static double[] NoChange(Draw draw) => draw.Whole(0, 3) switch
    {
        0 => draw.Autoregression(draw.Whole(50, 400), draw.Uniform(0, 0.5)),
        1 => draw.Autoregression(draw.Whole(50, 400), draw.Uniform(0.5, 0.85)),
        2 => WithTrend(draw.Autoregression(draw.Whole(50, 400), draw.Uniform(0, 0.6)), draw.Uniform(3, 20)),
        _ => NoiseKinds.Series("lognormal with 2% outliers", draw.Whole(50, 400), draw),
    };

    private static double[] Economics(Draw draw, List<(int, double)> truth)
    {
        int n = draw.Whole(40, 70);
        var values = new double[n];
        double level = 100, slope = draw.Uniform(1, 4), noise = draw.Uniform(0.5, 2.5), wander = 0;
        int drop = draw.Whole(10, n - 8);
        int second = draw.Chance(0.5) ? draw.Whole(10, n - 8) : -1;
        for (int i = 0; i < n; i++)
        {
            if (i == drop) (level, slope) = (level - draw.Uniform(8, 25), slope * draw.Uniform(0.5, 1.5));
            if (i == second && Math.Abs(second - drop) > 8) slope = draw.Chance(0.5) ? slope * 2.5 : -slope * 0.3;
            level += slope;
            wander = (0.7 * wander) + (noise * draw.Gauss());
            values[i] = level + wander;
        }
        truth.Add((drop, 0.8));
        if (second >= 0 && Math.Abs(second - drop) > 8) truth.Add((second, 0.5));
        return values;
    }

    private static double[] Monthly(Draw draw, List<(int, double)> truth)
    {
        int n = draw.Whole(100, 250);
        var season = new double[12];
        for (int k = 0; k < 12; k++) season[k] = draw.Gauss();
        bool grows = draw.Chance(0.4);
        double trend = draw.Uniform(-0.01, 0.03), strength = draw.Uniform(0.5, 3);
        int at = draw.Whole(20, n - 20);
        double size = draw.Uniform(2, 6) * (draw.Chance(0.5) ? 1 : -1);
        bool changes = draw.Chance(0.7);
        var noise = draw.Autoregression(n, draw.Uniform(0, 0.6));
        var values = new double[n];
        for (int i = 0; i < n; i++)
        {
            double level = 12 + (trend * i) + (changes && i >= at ? size : 0);
            values[i] = level + (strength * season[i % 12] * (grows ? level / 12 : 1)) + noise[i];
        }
        if (changes) truth.Add((at, 0.85));
        return values;
    }

    private static double[] Counts(Draw draw, List<(int, double)> truth)
    {
        int n = draw.Whole(100, 500);
        var values = new double[n];
        double rate = draw.Uniform(0.5, 20);
        int next = draw.Whole(20, 150);
        for (int i = 0; i < n; i++)
        {
            if (i == next && i < n - 8)
            {
                double factor = draw.Uniform(1.6, 4);
                rate = rate > 8 || draw.Chance(0.3) ? rate / factor : rate * factor;
                truth.Add((i, 0.8));
                next = i + draw.Whole(30, 250);
            }
            values[i] = draw.Poisson(rate);
        }
        return values;
    }

    private static double[] Sensor(Draw draw, List<(int, double)> truth)
    {
        int n = draw.Whole(200, 700);
        var values = new double[n];
        double level = 100, noise = draw.Uniform(1, 3), state = 0, phi = draw.Uniform(0, 0.5);
        int next = draw.Whole(10, 100);
        for (int i = 0; i < n; i++)
        {
            if (i == next && i < n - 8)
            {
                double size = noise * draw.Uniform(3, 12);
                level += draw.Chance(0.5) ? size : -size;
                truth.Add((i, 0.85));
                next = i + draw.Whole(12, 120);
            }
            state = (phi * state) + (noise * draw.Gauss());
            values[i] = level + state + (draw.Chance(0.01) ? -draw.Uniform(5, 15) * noise : 0);
        }
        return values;
    }

    private static double[] Price(Draw draw, List<(int, double)> truth)
    {
        int n = draw.Whole(200, 600);
        var values = new double[n];
        double log = 4;
        int fall = draw.Whole(40, n - 40);
        for (int i = 0; i < n; i++)
        {
            log += 0.012 * draw.HeavyTailed();
            if (i >= fall && i < fall + 3) log -= draw.Uniform(0.05, 0.15);
            values[i] = Math.Exp(log);
        }
        truth.Add((fall, 0.8));
        return values;
    }

    private static double[] Kinks(Draw draw, List<(int, double)> truth)
    {
        int n = draw.Whole(50, 200);
        int at = draw.Whole(n / 4, n * 3 / 4);
        double before = draw.Uniform(-1, 1), after = before + (draw.Uniform(1, 3) * (draw.Chance(0.5) ? 1 : -1));
        var noise = draw.Autoregression(n, draw.Uniform(0, 0.5));
        var values = new double[n];
        double strength = draw.Uniform(0.5, 4) * n / 100;
        for (int i = 0; i < n; i++) values[i] = (i < at ? before * i : (before * at) + (after * (i - at))) + (strength * noise[i]);
        truth.Add((at, 0.75));
        return values;
    }

    private static double[] Growth(Draw draw)
    {
        int n = draw.Whole(50, 250);
        double rate = draw.Uniform(1, 4), noise = draw.Uniform(0.005, 0.03);
        var wander = draw.Autoregression(n, 0.8);
        return [.. Enumerable.Range(0, n).Select(i => 100 * Math.Exp(rate * i / n) * (1 + (noise * wander[i])))];
    }

    private static double[] Bump(Draw draw, List<(int, double)> truth)
    {
        int n = draw.Whole(100, 400);
        int at = draw.Whole(20, n - 60), length = draw.Whole(12, 40);
        double size = draw.Uniform(2, 5);
        var values = draw.Autoregression(n, draw.Uniform(0, 0.4));
        for (int i = at; i < at + length; i++) values[i] += size;
        truth.Add((at, 0.9));
        truth.Add((at + length, 0.9));
        return values;
    }

    private static double[] Short(Draw draw, List<(int, double)> truth)
    {
        int n = draw.Whole(15, 40);
        var values = draw.Autoregression(n, 0);
        int at = draw.Whole(5, n - 5);
        if (draw.Chance(0.6))
        {
            double size = draw.Uniform(2, 6);
            for (int i = at; i < n; i++) values[i] += size;
            truth.Add((at, 0.85));
        }
        return values;
    }

    private static double[] SeasonalNoChange(Draw draw)
    {
        int period = new[] { 7, 12, 24, 4 }[draw.Whole(0, 3)];
        int n = draw.Whole(8 * period, 400);
        var season = new double[period];
        for (int k = 0; k < period; k++) season[k] = 2 * draw.Gauss();
        var noise = draw.Autoregression(n, draw.Uniform(0, 0.6));
        double trend = draw.Uniform(-4, 4) / n;
        return [.. Enumerable.Range(0, n).Select(i => season[i % period] + noise[i] + (trend * i))];
    }

    private static double[] Variance(Draw draw, List<(int, double)> truth)
    {
        int n = draw.Whole(150, 400);
        int at = draw.Whole(n / 4, n * 3 / 4);
        double factor = draw.Uniform(2.5, 5);
        var values = draw.Autoregression(n, draw.Uniform(0, 0.3));
        for (int i = at; i < n; i++) values[i] *= factor;
        truth.Add((at, 0.6));
        return values;
    }

    private static double[] WithTrend(double[] values, double rise)
    {
        for (int i = 0; i < values.Length; i++) values[i] += rise * i / values.Length;
        return values;
    }
}
