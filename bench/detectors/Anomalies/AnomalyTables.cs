using Headroom.Objectives.Anomalies;

namespace Headroom.Detectors.Bench.Anomalies;

/// <summary>The tables of the anomaly detector.</summary>
internal static class AnomalyTables
{
    public static AnomalyOptions Options { get; set; } = new();

    public static int[] Alerts(LabelledSeries series)
    {
        long step = series.Times.Length > 1 ? series.Times[1] - series.Times[0] : 0;
        int[] likely = step > 0 && 86_400_000 / step > 1 ? [(int)(86_400_000 / step), (int)(7 * 86_400_000 / step)] : [];
        var detector = new AnomalyDetector(Options, likely);
        var alerts = new List<int>();
        for (int i = 0; i < series.Values.Length; i++)
            if (detector.Add(series.Values[i]).IsAlert)
                alerts.Add(i);
        return [.. alerts];
    }

    public static void Nab(string folder, bool verbose)
    {
        var corpus = NabCorpus.Read(folder);
        var answers = corpus.AsParallel().AsOrdered().WithDegreeOfParallelism(2).Select(s => (s, (IReadOnlyCollection<int>)Alerts(s))).ToArray();
        if (verbose)
            foreach (var (s, alerts) in answers)
                Console.WriteLine(FormattableString.Invariant($"{s.Name,-60} raw {NabScore.Raw(s, alerts),6:0.00} of {s.Windows.Count}; windows {string.Join(" ", s.Windows.Select(w => $"{w.First}-{w.Last}"))}; alerts {string.Join(" ", alerts)}"));
        Console.WriteLine(FormattableString.Invariant($"NAB standard score {NabScore.Normalised(answers):0.0}"));
    }

    public static void Generated(int rounds)
    {
        double all = 0;
        foreach (string kind in AnomalySeriesGenerator.Kinds)
        {
            var answers = Enumerable.Range(0, rounds).AsParallel().WithDegreeOfParallelism(2).Select(seed =>
            {
                var s = AnomalySeriesGenerator.Make(kind, seed);
                return (s, (IReadOnlyCollection<int>)Alerts(s));
            }).ToArray();
            double windows = answers.Sum(a => a.s.Windows.Count);
            double score = windows == 0 ? double.NaN : NabScore.Normalised(answers);
            if (windows > 0) all += score;
            Console.WriteLine(FormattableString.Invariant($"{kind,-28} {score,6:0.0}  alerts per 1,000 points {answers.Average(a => 1000.0 * a.Item2.Count / a.s.Values.Length):0.00}"));
        }
        Console.WriteLine(FormattableString.Invariant($"{"mean of kinds with anomalies",-28} {all / AnomalySeriesGenerator.Kinds.Count(k => !k.StartsWith("no ", StringComparison.Ordinal)):0.0}"));
    }
}
