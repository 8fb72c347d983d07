using Headroom.Objectives.Kpis;
using Headroom.Objectives.Regressions;
using Headroom.Objectives.Trends;
using Headroom.Reports.Wording;

namespace Headroom.Reports;

/// <summary>What a report comes to: one sentence, how bad it is, and how many KPIs stand where.</summary>
/// <param name="Headline">One sentence, what got worse first.</param>
/// <param name="Tone">The worst verdict the sentence speaks of; <see cref="KpiVerdict.Met"/> when all is well.</param>
/// <param name="Counts">KPIs by verdict, a KPI of several series counted once by its worst; every verdict has an entry.</param>
public sealed record ReportSummary(string Headline, KpiVerdict Tone, IReadOnlyDictionary<KpiVerdict, int> Counts)
{
    /// <summary>Sums a report up.</summary>
    public static ReportSummary Of(ReportModel model)
    {
        var worst = WorstByKpi(model.Status);
        var counts = Verdicts.All.ToDictionary(verdict => verdict, verdict => worst.Count(kpi => kpi.Status == verdict));
        var tone = worst.Count == 0 ? KpiVerdict.NoData : worst.Max(kpi => kpi.Status);
        if (model.Regressions.Any(r => r.Verdict == RegressionVerdict.Regression) && tone < KpiVerdict.Missed) tone = KpiVerdict.Missed;
        return new ReportSummary(Sentence(model, worst, counts), tone, counts);
    }

    /// <summary>The worst series of each KPI, in the file's order.</summary>
    private static List<KpiStatus> WorstByKpi(StatusReport report) =>
        [.. report.Kpis.GroupBy(kpi => kpi.Name, StringComparer.Ordinal).Select(series => series.MaxBy(kpi => kpi.Status)!)];

    private static string Sentence(ReportModel model, List<KpiStatus> worst, Dictionary<KpiVerdict, int> counts)
    {
        string standing = Standing(worst, counts);
        var regressions = model.Regressions.Where(r => r.Verdict == RegressionVerdict.Regression).ToList();
        if (regressions.Count > 0)
        {
            string first = Regression(RegressionSubject.Of(regressions[0], model), regressions[0]);
            return regressions.Count == 1 ? first : $"{regressions.Count} series got worse. {first}";
        }
        if (model.Before is { } before && Fallen(before, worst) is { } fallen) return fallen;
        if (worst.Find(kpi => kpi.Trend7d?.Direction == TrendDirection.Degrading) is { Trend7d: { } trend } drifting)
            return $"{PlainText.OneLine(drifting.Name)} is degrading: {Quantities.Format(trend.From, drifting.Unit)} to {Quantities.FormatBeside(trend.To, drifting.Unit, trend.From)} over 7 days. {standing}";
        return model.Regressions.Count > 0 || model.Before is not null ? $"Nothing got worse. {standing}" : standing;
    }

    /// <summary>One regression in a sentence.</summary>
    internal static string Regression(RegressionSubject subject, RegressionFinding finding) =>
        $"{subject.Name} {(finding.ChangePercent >= 0 ? "rose" : "fell")} {Quantities.Change(finding.ChangePercent).TrimStart('+', '-')}, "
        + $"from {Quantities.Format(finding.Baseline, subject.Unit)} to {Quantities.FormatBeside(finding.Candidate, subject.Unit, finding.Baseline)} "
        + $"(95% interval {Quantities.Change(finding.ChangeLowPercent)} to {Quantities.Change(finding.ChangeHighPercent)}).";

    private static string? Fallen(StatusReport before, List<KpiStatus> now)
    {
        var earlier = WorstByKpi(before).ToDictionary(kpi => kpi.Name, StringComparer.Ordinal);
        foreach (var kpi in now.OrderByDescending(kpi => kpi.Status))
        {
            if (!earlier.TryGetValue(kpi.Name, out var was) || kpi.Status <= was.Status || was.Status == KpiVerdict.NoData) continue;
            return kpi.Status == KpiVerdict.NoData
                ? $"{PlainText.OneLine(kpi.Name)} has no data any more; it was {was.Status.Word()}."
                : $"{PlainText.OneLine(kpi.Name)} went from {was.Status.Word()} to {kpi.Status.Word()}: {Quantities.Format(was.Value, kpi.Unit)} before, "
                    + $"{Quantities.FormatJudged(kpi.Value, kpi.Unit, kpi.Target, kpi.Critical)} now, target {Quantities.Condition(kpi.Target, kpi.Unit)}.";
        }
        return null;
    }

    private static string Standing(List<KpiStatus> worst, Dictionary<KpiVerdict, int> counts)
    {
        if (worst.Count == 0) return "No KPIs are configured.";
        string kpis = worst.Count == 1 ? "The one KPI" : $"All {worst.Count} KPIs";
        if (counts[KpiVerdict.Met] == worst.Count) return $"{kpis} {(worst.Count == 1 ? "meets its target" : "meet their targets")}.";
        if (counts[KpiVerdict.NoData] == worst.Count) return $"{kpis} {(worst.Count == 1 ? "has" : "have")} no data.";
        var said = new List<string>();
        if (counts[KpiVerdict.Critical] > 0) said.Add($"{Names(worst, KpiVerdict.Critical)} {(counts[KpiVerdict.Critical] == 1 ? "is" : "are")} critical");
        if (counts[KpiVerdict.Missed] > 0) said.Add($"{Names(worst, KpiVerdict.Missed)} {(counts[KpiVerdict.Missed] == 1 ? "misses its target" : "miss their targets")}");
        if (counts[KpiVerdict.NoData] > 0) said.Add($"{Names(worst, KpiVerdict.NoData)} {(counts[KpiVerdict.NoData] == 1 ? "has" : "have")} no data");
        return $"{counts[KpiVerdict.Met]} of {worst.Count} KPIs met: {string.Join("; ", said)}.";
    }

    private static string Names(List<KpiStatus> kpis, KpiVerdict verdict)
    {
        const int Named = 3;
        var names = kpis.Where(kpi => kpi.Status == verdict).Select(kpi => PlainText.OneLine(kpi.Name)).ToList();
        return names.Count == 1 ? names[0]
            : names.Count <= Named ? string.Join(", ", names[..^1]) + " and " + names[^1]
            : string.Join(", ", names[..Named]) + $" and {names.Count - Named} more";
    }
}
