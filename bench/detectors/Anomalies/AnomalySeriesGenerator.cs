namespace Headroom.Detectors.Bench.Anomalies;

/// <summary>Generated series of the kinds that public anomaly sets hold, each with windows of a tenth of its points around what is wrong.</summary>
internal static class AnomalySeriesGenerator
{
    public static readonly string[] Kinds = ["no anomaly: noise", "no anomaly: day", "no anomaly: flat", "no anomaly: square", "day jumps up", "day jumps down", "day flat middle", "day missing", "spike density", "level shift", "single spike", "traffic", "tweets", "advertising", "machine temperature", "taxi", "cpu step", "slow drift"];

    public static LabelledSeries Make(string kind, int seed)
    {
        var draw = new Draw((seed * 6151) + (Array.IndexOf(Kinds, kind) * 7793));
        int perDay = kind is "advertising" ? 24 : kind is "taxi" ? 48 : kind is "traffic" ? 144 : 288;
        int n = kind switch { "advertising" => 1600, "taxi" => 5000, "machine temperature" => 9000, "traffic" => 2400, "tweets" => 9000, _ => 4032 };
        var values = new double[n];
        var at = new List<int>();
        if (!kind.StartsWith("no ", StringComparison.Ordinal))
        {
            at.Add(draw.Whole(n * 4 / 10, n * 6 / 10));
            if (draw.Chance(0.6)) at.Add(draw.Whole(n * 7 / 10, n * 9 / 10));
        }
        Fill(kind, values, at, perDay, draw);
        int half = at.Count == 0 ? 0 : n / 10 / at.Count / 2;
        var times = Enumerable.Range(0, n).Select(i => i * (86_400_000L / perDay)).ToArray();
        return new LabelledSeries(kind, values, [.. at.Select(a => (Math.Max(0, a - half), Math.Min(n - 1, a + half)))], times);
    }

    private static void Fill(string kind, double[] values, List<int> at, int perDay, Draw draw)
    {
        int n = values.Length;
        double noise = draw.Uniform(0.5, 2.5);
        var slow = draw.Autoregression(n, 0.97);
        var quick = draw.Autoregression(n, 0.5);
        int phase = draw.Whole(0, perDay - 1);
        for (int i = 0; i < n; i++)
        {
            int tick = (i + phase) % perDay, day = (i + phase) / perDay;
            double angle = 2 * Math.PI * tick / perDay;
            bool working = tick > perDay * 9 / 24 && tick < perDay * 18 / 24;
            double square = working ? 80 : 40;
            int near = at.FindIndex(a => i >= a && i < a + (perDay / 3));
            int nearDay = at.FindIndex(a => i >= a && i < a + perDay);
            int after = at.FindIndex(a => i >= a);
            double sign = draw.Chance(0) ? 0 : 1;
            values[i] = kind switch
            {
                "no anomaly: noise" => 20 + (noise * draw.Gauss()),
                "no anomaly: day" => square + (noise * draw.Gauss()),
                "no anomaly: flat" => 45,
                "no anomaly: square" => square,
                "day jumps up" => square + (noise * 2 * draw.Uniform(-1, 1)) + (near >= 0 ? 60 : 0),
                "day jumps down" => square + (noise * 2 * draw.Uniform(-1, 1)) - (near >= 0 ? 55 : 0),
                "day flat middle" => nearDay >= 0 ? 40 + (noise * 2 * draw.Uniform(-1, 1)) : square + (noise * 2 * draw.Uniform(-1, 1)),
                "day missing" => nearDay >= 0 ? 40 + (noise * draw.Gauss()) : 60 + (25 * Math.Sin(angle)) + (noise * draw.Gauss()),
                "spike density" => draw.Chance(near >= 0 ? 0.35 : 0.04) ? draw.Uniform(18, 22) : 0.5 * draw.Uniform(),
                "level shift" => 50 + (4 * noise * quick[i]) + (after >= 0 ? 14 * noise * (1 + at.FindLastIndex(a => i >= a)) : 0),
                "single spike" => 2 + (0.1 * noise * Math.Exp(0.8 * quick[i])) + (draw.Chance(0.01) ? draw.Uniform(0, 1.5) : 0) + (at.Any(a => i >= a && i < a + 3) ? draw.Uniform(4, 15) : 0),
                "traffic" => Math.Max(0, 60 + (10 * Math.Sin(angle)) + (6 * draw.HeavyTailed()) - (near >= 0 && i < at[near] + 12 ? 35 : 0)),
                "tweets" => draw.Poisson((12 * (1.2 + Math.Sin(angle)) * Math.Exp(0.4 * quick[i])) + (draw.Chance(0.003) ? draw.Uniform(10, 120) : 0) + (at.Any(a => i >= a && i < a + 10) ? draw.Uniform(100, 500) : 0)),
                "advertising" => 0.1 + (0.05 * Math.Exp(0.5 * quick[i])) + (0.02 * Math.Sin(angle)) + (draw.Chance(0.01) ? draw.Uniform(0, 0.5) : 0) + (at.Any(a => i >= a && i < a + 2) ? draw.Uniform(0.6, 2) : 0),
                "machine temperature" => 85 + (6 * slow[i]) + (0.7 * draw.Gauss()) - (near >= 0 && i < at[near] + 60 ? 40 * Math.Min(1, (i - at[near]) / 20.0) : 0),
                "taxi" => Math.Max(0, (15_000 + (8_000 * Math.Sin(angle)) + (2_500 * Math.Sin(2 * angle)) - (day % 7 >= 5 ? 2_500 : 0)) * (nearDay >= 0 ? 0.55 : 1) * (1 + (0.05 * quick[i]))),
                "cpu step" => (i % 12 == 0 ? 6 : 0) + 35 + (noise * quick[i]) + (near >= 0 ? 12 * noise : 0) * sign,
                _ => 40 + (3 * noise * quick[i]) + (after >= 0 ? Math.Min(25, 0.08 * (i - at[0])) * noise : 0),
            };
        }
    }
}
