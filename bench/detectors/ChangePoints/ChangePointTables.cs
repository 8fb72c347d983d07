using System.Diagnostics;
using Headroom.Objectives.ChangePoints;

namespace Headroom.Detectors.Bench.ChangePoints;

/// <summary>The tables of the change-point detector: false alarms, recall, agreement with annotators, honesty of p-values, speed.</summary>
internal static class ChangePointTables
{
    public static void FalseAlarms(int rounds)
    {
        Console.WriteLine($"{"noise",-28} false changes per 1,000 points at n = 100, 300, 1,000 | recall ±5: step 2σ | 20 points 2σ: start, end");
        foreach (string kind in NoiseKinds.All)
        {
            var rates = new List<string>();
            foreach (int n in new[] { 100, 300, 1000 })
            {
                int repeat = rounds * (n == 1000 ? 1 : 1000 / n / 2);
                var counts = Run(repeat, seed => (double)ChangePointDetector.Detect(NoiseKinds.Series(kind, n, new Draw(seed)), Options).Count);
                double mean = counts.Average() * 1000 / n;
                double error = Math.Sqrt(counts.Select(c => (c - counts.Average()) * (c - counts.Average())).Sum()) / counts.Length * 1000 / n;
                rates.Add(FormattableString.Invariant($"{mean:0.00}±{error:0.00}"));
            }
            double step = Run(rounds, seed => Recall(kind, seed, 1000, 0)[0]).Average();
            var bumps = Enumerable.Range(0, rounds).AsParallel().WithDegreeOfParallelism(2).Select(seed => Recall(kind, seed, 1000, 20)).ToArray();
            Console.WriteLine(FormattableString.Invariant($"{kind,-28} {rates[0],12} {rates[1],12} {rates[2],12} | {step:0.000} | {bumps.Average(b => b[0]):0.000} {bumps.Average(b => b[1]):0.000} ±10: {bumps.Average(b => b[2]):0.000}"));
        }
    }

    public static ChangePointOptions Options { get; set; } = new();

    private static double[] Recall(string kind, int seed, int n, int lasting)
    {
        var draw = new Draw(seed + 1_000_000);
        var values = NoiseKinds.Series(kind, n, draw);
        int at = draw.Whole(100, n - 150);
        int end = lasting == 0 ? n : at + lasting;
        for (int i = at; i < end; i++) values[i] += 2;
        var found = ChangePointDetector.Detect(values, Options);
        return [found.Any(c => Math.Abs(c.Index - at) <= 5) ? 1 : 0, found.Any(c => Math.Abs(c.Index - end) <= 5) ? 1 : 0, found.Any(c => Math.Abs(c.Index - at) <= 10) ? 1 : 0];
    }

    public static void Misses(string kind, int lasting, int rounds)
    {
        for (int seed = 0; seed < rounds; seed++)
        {
            var draw = new Draw(seed + 1_000_000);
            var values = NoiseKinds.Series(kind, 1000, draw);
            int at = draw.Whole(100, 850);
            int end = lasting == 0 ? 1000 : at + lasting;
            for (int i = at; i < end; i++) values[i] += 2;
            var found = ChangePointDetector.Detect(values, Options);
            if (!found.Any(c => Math.Abs(c.Index - at) <= 5)) Console.WriteLine($"{at}-{end}: " + string.Join(" ", found.Select(c => $"{c.Index}[{c.Low},{c.High}] {c.Before:0.0}->{c.After:0.0} p={c.PValue:0.0e0}")));
        }
    }

    public static void Show(string kind, int rounds)
    {
        for (int seed = 0; seed < rounds; seed++)
        {
            var series = AnnotatedSeriesGenerator.Make(kind, seed);
            var found = ChangePointDetector.Detect(series.Values, Options);
            Console.WriteLine($"n={series.Values.Length} true {string.Join(" | ", series.Annotators.Select(a => string.Join(",", a)))} found " + string.Join(" ", found.Select(c => $"{c.Index}[{c.Low},{c.High}]{c.Kind} {c.Before:0.0}->{c.After:0.0} p={c.PValue:0.0e0}")));
        }
    }

    public static void Annotated(int rounds)
    {
        Console.WriteLine($"{"kind",-20} F1      precision recall | never alert");
        double all = 0, none = 0;
        foreach (string kind in AnnotatedSeriesGenerator.Kinds)
        {
            var scores = Enumerable.Range(0, rounds).AsParallel().WithDegreeOfParallelism(2).Select(seed =>
            {
                var series = AnnotatedSeriesGenerator.Make(kind, seed);
                var score = AnnotatedScore.Of(series.Annotators, ChangePointDetector.Detect(series.Values, Options).Select(c => c.Index));
                return (score.F1, score.Precision, score.Recall, Never: AnnotatedScore.Of(series.Annotators, []).F1);
            }).ToArray();
            all += scores.Average(s => s.F1) / AnnotatedSeriesGenerator.Kinds.Length;
            none += scores.Average(s => s.Never) / AnnotatedSeriesGenerator.Kinds.Length;
            Console.WriteLine(FormattableString.Invariant($"{kind,-20} {scores.Average(s => s.F1):0.000}   {scores.Average(s => s.Precision):0.000}     {scores.Average(s => s.Recall):0.000}  | {scores.Average(s => s.Never):0.000}"));
        }
        Console.WriteLine(FormattableString.Invariant($"{"mean",-20} {all:0.000}                     | {none:0.000}"));
    }

    /// <summary>Shares of changeless series with a change at p at most 0.01, 0.05, 0.2: honest when at most those.</summary>
    public static void PValues(int rounds)
    {
        Console.WriteLine("share of changeless series whose smallest p-value is at most 0.01, 0.05, 0.2");
        foreach (string kind in NoiseKinds.All)
            foreach (int n in new[] { 30, 100, 300, 1000 })
            {
                var p = Run(rounds, seed => ChangePointDetector.Detect(NoiseKinds.Series(kind, n, new Draw(seed)), Options with { SmallestSignificance = 0.999, MinimumSize = 0 }).Select(c => c.PValue).DefaultIfEmpty(1).Min());
                Console.WriteLine(FormattableString.Invariant($"{kind,-28} n={n,5} {p.Count(v => v <= 0.01) / (double)rounds:P1} {p.Count(v => v <= 0.05) / (double)rounds:P1} {p.Count(v => v <= 0.2) / (double)rounds:P1}"));
            }
    }

    public static void Speed()
    {
        var series = Enumerable.Range(0, 1000).Select(i => NoiseKinds.Series(NoiseKinds.All[i % NoiseKinds.All.Length], 1000, new Draw(i))).ToArray();
        ChangePointDetector.Detect(series[0], Options);
        var clock = Stopwatch.StartNew();
        int found = series.AsParallel().WithDegreeOfParallelism(2).Sum(s => ChangePointDetector.Detect(s, Options).Count);
        Console.WriteLine(FormattableString.Invariant($"1,000 series of 1,000 points on two threads: {clock.Elapsed.TotalSeconds:0.00} s; {found} changes"));
    }

    private static double[] Run(int rounds, Func<int, double> one) => Enumerable.Range(0, rounds).AsParallel().AsOrdered().WithDegreeOfParallelism(2).Select(one).ToArray();
}
