using Headroom.Metrics.PromQL;
using Headroom.Objectives.Alarms;
using Headroom.Objectives.Anomalies;

namespace Headroom.Server.Alarms;

/// <summary>The streaming detector, asked by alarms: a point breaches when its score reaches the detector's threshold.</summary>
internal sealed class AnomalyJudge : IAnomalyJudge
{
    private static readonly AnomalyOptions Options = new();

    public IReadOnlyList<bool?> Judge(IReadOnlyList<Point> history, TimeSpan step)
    {
        // The cycles people live by, where the history is long enough to show them twice.
        int[] likely = [.. ((TimeSpan[])[TimeSpan.FromDays(1), TimeSpan.FromDays(7)]).Select(cycle => (int)(cycle / step)).Where(period => period >= 2 && period * 2 <= history.Count)];
        var detector = new AnomalyDetector(Options, likely);
        var verdicts = new bool?[history.Count];
        for (int i = 0; i < verdicts.Length; i++)
        {
            double score = detector.Add(history[i].Value).Score;
            verdicts[i] = i < Options.Learning ? null : score >= Options.Threshold;
        }
        return verdicts;
    }
}
