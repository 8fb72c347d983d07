using Headroom.Metrics;
using Headroom.Objectives.Deployments;

namespace Headroom.Objectives.Regressions;

/// <summary>One series compared between two windows.</summary>
/// <param name="Query">What was compared.</param>
/// <param name="Labels">The series.</param>
/// <param name="Baseline">Typical value (median of the time slots) in the base window.</param>
/// <param name="Candidate">Typical value in the candidate window.</param>
/// <param name="ChangePercent">(candidate − baseline) / |baseline| in percent.</param>
/// <param name="ChangeLowPercent">Lower end of the change's 95% confidence interval.</param>
/// <param name="ChangeHighPercent">Upper end of the change's 95% confidence interval.</param>
/// <param name="PValue">Two-sided Mann–Whitney p-value over time slots, after Holm's correction over all series compared.</param>
/// <param name="EffectSize">Probability that a candidate slot exceeds a base slot, ties half (0.5 is no difference).</param>
/// <param name="Verdict">Worse or better by more than the tolerance and significantly so, else unchanged.</param>
/// <param name="BaselineSlots">Time slots with data in the base window.</param>
/// <param name="CandidateSlots">Time slots with data in the candidate window.</param>
public sealed record RegressionFinding(
    string Query, Labels Labels, double Baseline, double Candidate, double ChangePercent, double ChangeLowPercent, double ChangeHighPercent,
    double PValue, double EffectSize, RegressionVerdict Verdict, int BaselineSlots, int CandidateSlots)
{
    /// <summary>The KPI whose query this is; null when it is none.</summary>
    public string? Kpi { get; init; }

    /// <summary>Deployments in the time compared that may have brought the change, the latest first.</summary>
    public IReadOnlyList<Deployment> Deployments { get; init; } = [];

    /// <summary>The id of a deployment that announced this regression; null when none did.</summary>
    public string? ExplainedBy { get; init; }

    /// <summary>Whether it got worse and nobody said it would.</summary>
    public bool IsUnexplainedRegression => Verdict == RegressionVerdict.Regression && ExplainedBy is null;

    /// <summary>The finding beside the deployments of the time compared.</summary>
    public RegressionFinding Beside(IReadOnlyList<Deployment> deployments, TimeWindow before, TimeWindow after)
    {
        var near = DeploymentMatch.Near(deployments, Labels, before.From.ToUnixTimeMilliseconds(), after.To.ToUnixTimeMilliseconds());
        var explaining = Verdict == RegressionVerdict.Regression ? DeploymentMatch.Explaining(near, Query, Kpi ?? Query) : null;
        return this with { Deployments = near, ExplainedBy = explaining?.Id };
    }
}

/// <summary>The judgement of a <see cref="RegressionFinding"/>.</summary>
public enum RegressionVerdict
{
    /// <summary>Within tolerance, or not significant.</summary>
    Unchanged,

    /// <summary>Worse by more than the tolerance (20% by default: document 2), and significant.</summary>
    Regression,

    /// <summary>Better by more than the tolerance, and significant.</summary>
    Improvement,

    /// <summary>Too few slots on a side to say.</summary>
    NoData,
}
