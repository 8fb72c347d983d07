namespace Headroom.Objectives.Kpis;

/// <summary>
/// Decides whether a status lets a pipeline pass (<c>--fail-on missed|critical</c>). The gate fails closed: a KPI
/// without data, or a project without KPIs, never passes it.
/// </summary>
public static class StatusGate
{
    /// <summary>Judges a report.</summary>
    /// <param name="report">The status.</param>
    /// <param name="failOn">From which verdict on the gate is shut: <see cref="KpiVerdict.Missed"/> or <see cref="KpiVerdict.Critical"/>.</param>
    public static GateResult Judge(StatusReport report, KpiVerdict failOn)
    {
        var bad = report.Kpis.Where(k => k.Status >= failOn).ToList();
        var unknown = report.Kpis.Where(k => k.Status == KpiVerdict.NoData).ToList();
        var outcome = bad.Count > 0 ? GateOutcome.Missed
            : unknown.Count > 0 || report.Kpis.Count == 0 ? GateOutcome.NoVerdict
            : GateOutcome.Passed;
        return new GateResult(outcome, bad, unknown);
    }
}

/// <summary>What a gate decided.</summary>
/// <param name="Outcome">The decision.</param>
/// <param name="Failing">The KPIs that shut the gate by their value.</param>
/// <param name="WithoutData">The KPIs that shut it because there is no data.</param>
public sealed record GateResult(GateOutcome Outcome, IReadOnlyList<KpiStatus> Failing, IReadOnlyList<KpiStatus> WithoutData);

/// <summary>The decisions of a gate.</summary>
public enum GateOutcome
{
    /// <summary>Every KPI has data, and none is as bad as the gate forbids: exit code 0.</summary>
    Passed,

    /// <summary>No KPI is known to be bad, but some have no data, or there are none: exit code 98.</summary>
    NoVerdict,

    /// <summary>Some KPI is as bad as the gate forbids: exit code 99.</summary>
    Missed,
}
