namespace Headroom.Detectors.Bench.Anomalies;

/// <summary>
/// The benchmark's score with its standard profile (Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms", 2015): within a window the first
/// alert counts by a sigmoid of its place, false alerts cost 0.11 by their distance after the last window, a missed window costs 1; the first 15% (at most 750 points) do not count.
/// </summary>
internal static class NabScore
{
    private const double FalsePositive = 0.11;

    public static double Raw(LabelledSeries series, IReadOnlyCollection<int> alerts)
    {
        int probation = Math.Min((int)Math.Floor(0.15 * series.Values.Length), 750);
        double score = 0;
        var detected = new double[series.Windows.Count];
        foreach (int alert in alerts)
        {
            if (alert < probation) continue;
            int inside = -1, before = -1;
            for (int w = 0; w < series.Windows.Count; w++)
            {
                if (alert >= series.Windows[w].First && alert <= series.Windows[w].Last) inside = w;
                if (series.Windows[w].Last < alert) before = w;
            }
            if (inside >= 0)
            {
                var (first, last) = series.Windows[inside];
                double position = -((last - alert + 1) / (double)(last - first + 1));
                // An alert at the window's start is worth the most, and the first alert counts.
                detected[inside] = Math.Max(detected[inside], Sigmoid(position) / Sigmoid(-1));
            }
            else if (before < 0) score -= FalsePositive;
            else
            {
                var (first, last) = series.Windows[before];
                int width = last - first;
                double position = width == 0 ? 4 : Math.Abs(last - alert) / (double)Math.Max(1, width - 1);
                score += FalsePositive * (position > 3 ? -1 : Sigmoid(position));
            }
        }
        foreach (double d in detected) score += d > 0 ? d : -1;
        return score;
    }

    /// <summary>0 for no alerts at all, 100 for every window hit at its start and nothing else.</summary>
    public static double Normalised(IEnumerable<(LabelledSeries Series, IReadOnlyCollection<int> Alerts)> answers)
    {
        double raw = 0, windows = 0;
        foreach (var (series, alerts) in answers)
        {
            raw += Raw(series, alerts);
            windows += series.Windows.Count;
        }
        return 100 * (raw + windows) / (2 * windows);
    }

    private static double Sigmoid(double position) => (2 / (1 + Math.Exp(5 * position))) - 1;
}
