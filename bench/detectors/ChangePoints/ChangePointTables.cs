using System.Diagnostics;
using Headroom.Objectives.ChangePoints;

namespace Headroom.Detectors.Bench.ChangePoints;

/// <summary>The tables of the change-point detector: false alarms, recall, agreement with annotators, honesty of p-values, speed.</summary>
internal static class ChangePointTables
{
    public static void FalseAlarms(int rounds)
    {
        Console.WriteLine("False changes in 1,000 points of changeless noise (± standard error), and recall within 5 points of a shift of 2σ in 1,000 points\n");
        Console.WriteLine("| noise | n = 100 | n = 300 | n = 1,000 | lasting shift | 20 points: start | end | start ±10 |\n|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach (string kind in NoiseKinds.All)
        {
            var rates = new List<string>();
            foreach (int n in new[] { 100, 300, 1000 })
            {
                int repeat = rounds * (n == 1000 ? 1 : 1000 / n / 2);
                var counts = Run(repeat, seed => (double)ChangePointDetector.Detect(NoiseKinds.Series(kind, n, new Draw(seed))).Count);
                double mean = counts.Average() * 1000 / n;
                double error = Math.Sqrt(counts.Select(c => (c - counts.Average()) * (c - counts.Average())).Sum()) / counts.Length * 1000 / n;
                rates.Add(FormattableString.Invariant($"{mean:0.00}±{error:0.00}"));
            }
            double step = Run(rounds, seed => Recall(kind, seed, 1000, 0)[0]).Average();
            var bumps = Enumerable.Range(0, rounds).AsParallel().WithDegreeOfParallelism(2).Select(seed => Recall(kind, seed, 1000, 20)).ToArray();
            Console.WriteLine(FormattableString.Invariant($"| {kind} | {rates[0]} | {rates[1]} | {rates[2]} | {step:0.000} | {bumps.Average(b => b[0]):0.000} | {bumps.Average(b => b[1]):0.000} | {bumps.Average(b => b[2]):0.000} |"));
        }
    }

    private static double[] Recall(string kind, int seed, int n, int lasting)
    {
        var draw = new Draw(seed + 1_000_000);
        var values = NoiseKinds.Series(kind, n, draw);
        int at = draw.Whole(100, n - 150);
        int end = lasting == 0 ? n : at + lasting;
        for (int i = at; i < end; i++) values[i] += 2;
        var found = ChangePointDetector.Detect(values);
        return [found.Any(c => Math.Abs(c.Index - at) <= 5) ? 1 : 0, found.Any(c => Math.Abs(c.Index - end) <= 5) ? 1 : 0, found.Any(c => Math.Abs(c.Index - at) <= 10) ? 1 : 0];
    }

    public static void Annotated(int rounds)
    {
        Console.WriteLine("| generated kind | F1 | precision | recall | F1 of never alerting |\n|---|---:|---:|---:|---:|");
        double all = 0, none = 0;
        foreach (string kind in AnnotatedSeriesGenerator.Kinds)
        {
            var scores = Enumerable.Range(0, rounds).AsParallel().WithDegreeOfParallelism(2).Select(seed =>
            {
                var series = AnnotatedSeriesGenerator.Make(kind, seed);
                var score = AnnotatedScore.Of(series.Annotators, ChangePointDetector.Detect(series.Values).Select(c => c.Index));
                return (score.F1, score.Precision, score.Recall, Never: AnnotatedScore.Of(series.Annotators, []).F1);
            }).ToArray();
            all += scores.Average(s => s.F1) / AnnotatedSeriesGenerator.Kinds.Length;
            none += scores.Average(s => s.Never) / AnnotatedSeriesGenerator.Kinds.Length;
            Console.WriteLine(FormattableString.Invariant($"| {kind} | {scores.Average(s => s.F1):0.000} | {scores.Average(s => s.Precision):0.000} | {scores.Average(s => s.Recall):0.000} | {scores.Average(s => s.Never):0.000} |"));
        }
        Console.WriteLine(FormattableString.Invariant($"| mean | {all:0.000} | | | {none:0.000} |"));
    }

    /// <summary>Shares of changeless series with a change at p at most 0.01, 0.05, 0.2: honest when at most those.</summary>
    public static void PValues(int rounds)
    {
        Console.WriteLine("Share of changeless series whose smallest p-value is at most\n\n| noise | n | 0.01 | 0.05 | 0.2 |\n|---|---:|---:|---:|---:|");
        foreach (string kind in NoiseKinds.All)
            foreach (int n in new[] { 30, 100, 300, 1000 })
            {
                var p = Run(rounds, seed => ChangePointDetector.Detect(NoiseKinds.Series(kind, n, new Draw(seed)), new ChangePointOptions { FalseChangesPerThousand = 1e6, MinimumSize = 0 }).Select(c => c.PValue).DefaultIfEmpty(1).Min());
                Console.WriteLine(FormattableString.Invariant($"| {kind} | {n} | {p.Count(v => v <= 0.01) / (double)rounds:P1} | {p.Count(v => v <= 0.05) / (double)rounds:P1} | {p.Count(v => v <= 0.2) / (double)rounds:P1} |"));
            }
    }

    public static void Speed()
    {
        var series = Enumerable.Range(0, 1000).Select(i => NoiseKinds.Series(NoiseKinds.All[i % NoiseKinds.All.Length], 1000, new Draw(i))).ToArray();
        ChangePointDetector.Detect(series[0]);
        var clock = Stopwatch.StartNew();
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        int found = series.AsParallel().WithDegreeOfParallelism(2).Sum(s => ChangePointDetector.Detect(s).Count);
        Console.WriteLine(FormattableString.Invariant($"1,000 series of 1,000 points on two threads: {clock.Elapsed.TotalSeconds:0.00} s, {(Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds:0.00} s of processor time; {found} changes"));
    }

    private static double[] Run(int rounds, Func<int, double> one) => Enumerable.Range(0, rounds).AsParallel().AsOrdered().WithDegreeOfParallelism(2).Select(one).ToArray();
}
