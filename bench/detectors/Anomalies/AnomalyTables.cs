using Headroom.Objectives.Anomalies;
using Headroom.Objectives.Histories;

namespace Headroom.Detectors.Bench.Anomalies;

/// <summary>The tables of the anomaly detector.</summary>
internal static class AnomalyTables
{
    private static int[] Alerts(LabelledSeries series)
    {
        var scores = AnomalyDetector.Score(new History(series.Values, series.Times));
        return [.. Enumerable.Range(0, scores.Length).Where(i => scores[i].IsAlert)];
    }

    public static void Nab(string folder)
    {
        var corpus = NabCorpus.Read(folder);
        var answers = corpus.AsParallel().AsOrdered().WithDegreeOfParallelism(2).Select(s => (s, (IReadOnlyCollection<int>)Alerts(s))).ToArray();
        Console.WriteLine("| file | windows | alerts | raw score |\n|---|---:|---:|---:|");
        foreach (var (s, alerts) in answers) Console.WriteLine(FormattableString.Invariant($"| {s.Name} | {s.Windows.Count} | {alerts.Count} | {NabScore.Raw(s, alerts):0.00} |"));
        Console.WriteLine(FormattableString.Invariant($"\nNAB standard profile: {NabScore.Normalised(answers):0.0} of 100"));
    }

    public static void Generated(int rounds)
    {
        double all = 0;
        Console.WriteLine("| generated kind | score | alerts in 1,000 points |\n|---|---:|---:|");
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
            Console.WriteLine(FormattableString.Invariant($"| {kind} | {(windows == 0 ? "" : score.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture))} | {answers.Average(a => 1000.0 * a.Item2.Count / a.s.Values.Length):0.00} |"));
        }
        Console.WriteLine(FormattableString.Invariant($"| mean of kinds with anomalies | {all / AnomalySeriesGenerator.Kinds.Count(k => !k.StartsWith("no ", StringComparison.Ordinal)):0.0} | |"));
    }
}
