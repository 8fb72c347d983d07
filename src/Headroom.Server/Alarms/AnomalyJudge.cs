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
        var detector = new AnomalyDetector(Options, Cycles.Of(step, history.Count));
        var verdicts = new bool?[history.Count];
        for (int i = 0; i < verdicts.Length; i++)
        {
            double score = detector.Add(history[i].Value).Score;
            verdicts[i] = i < Options.Learning ? null : score >= Options.Threshold;
        }
        return verdicts;
    }
}
