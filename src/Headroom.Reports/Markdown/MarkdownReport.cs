using System.Globalization;
using System.Text;
using Headroom.Metrics;
using Headroom.Objectives.Goals;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Regressions;
using Headroom.Objectives.Trends;
using Headroom.Reports.Wording;

namespace Headroom.Reports.Markdown;

/// <summary>A report in GitHub-flavoured Markdown, for pull requests, issues and chat.</summary>
public static class MarkdownReport
{
    /// <summary>Renders the whole report; ends with a line feed.</summary>
    public static string Render(ReportModel model)
    {
        var summary = ReportSummary.Of(model);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Escape(model.Status.Project)}: {Escape(model.Title)}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{Quantities.Window(model.From, model.To)}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"**{Escape(summary.Headline)}**\n\n");
        text.AppendJoin(" · ", Verdicts.All.Select(v => $"{summary.Counts[v]} {v.Word()}")).Append("\n\n");
        Kpis(text, model);
        Goals(text, model.Status);
        Regressions(text, model);
        Queries(text, model);
        text.Append(CultureInfo.InvariantCulture, $"_Headroom {Escape(model.Version)}{(model.GeneratedAt is { } at ? ", written " + Quantities.Instant(at) : "")}. All times are UTC._\n");
        return text.ToString();
    }

    private static void Kpis(StringBuilder text, ReportModel model)
    {
        text.Append("## Key performance indicators\n\n");
        if (model.Status.Kpis.Count == 0)
        {
            text.Append("No KPIs are configured.\n\n");
            return;
        }
        bool compared = model.Before is not null;
        Row(text, ["KPI", .. compared ? ["Before", "Now"] : (string[])["Value"], "Status", "Target", "Critical", "From baseline", "7 days", "30 days", "Budget used"]);
        Row(text, ["---", .. compared ? ["---:", "---:"] : (string[])["---:"], "---", "---", "---", "---:", "---", "---", "---:"]);
        foreach (var row in KpiRow.Of(model.Status, model.Before))
        {
            var kpi = row.Kpi;
            string value = Quantities.FormatJudged(kpi.Value, kpi.Unit, kpi.Target, kpi.Critical);
            string[] values = compared ? [row.Before is { } was ? Quantities.FormatJudged(was.Value, was.Unit, was.Target, was.Critical) : Quantities.NoData, value] : [value];
            string notes = kpi.Notes.Count == 0 ? "" : $" ({string.Join("; ", kpi.Notes)})";
            Row(text,
            [
                row.Series.Length == 0 ? kpi.Name : $"{kpi.Name} ({row.Series})", .. values, kpi.Status.Sign() + " " + kpi.Status.Word() + notes,
                Quantities.Condition(kpi.Target, kpi.Unit), Quantities.Condition(kpi.Critical, kpi.Unit),
                kpi.Baseline is null ? "none" : $"{Quantities.Change(kpi.ChangeFromBaselinePercent)} from {Quantities.Start(kpi.Baseline, kpi.Unit)}",
                Trend(kpi.Trend7d, kpi.Unit), Trend(kpi.Trend30d, kpi.Unit),
                kpi.Budget is null ? "none" : kpi.Budget.UsedPercent is { } used ? $"{Quantities.Share(used)} of {Quantities.Format(kpi.Budget.Limit, kpi.Unit)}" : $"does not apply ({kpi.Budget.Note})",
            ]);
        }
        text.Append('\n');
    }

    private static void Goals(StringBuilder text, StatusReport status)
    {
        var goals = status.Kpis.SelectMany(kpi => kpi.Goals.Select(goal => (kpi, goal))).ToList();
        if (goals.Count == 0) return;
        text.Append("## Goals\n\n");
        Row(text, ["KPI", "Horizon", "By", "Goal", "Now", "Stands", "To go"]);
        Row(text, ["---", "---", "---", "---", "---:", "---", "---:"]);
        foreach (var (kpi, goal) in goals)
        {
            Row(text,
            [
                kpi.Labels.Count == 0 ? kpi.Name : $"{kpi.Name} ({SeriesNames.Full(kpi.Labels)})", goal.Horizon, goal.By?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "",
                Quantities.Condition(goal.Target, kpi.Unit), Quantities.FormatJudged(kpi.Value, kpi.Unit, goal.Target, null),
                goal.Status switch { GoalStatus.Reached => "reached", GoalStatus.Open => "open", GoalStatus.Overdue => "overdue", _ => "no data" },
                goal.RemainingPercent is { } left ? Quantities.Share(Math.Abs(left)) : "",
            ]);
        }
        text.Append('\n');
    }

    private static void Regressions(StringBuilder text, ReportModel model)
    {
        if (model.Regressions.Count == 0 && model.ComparisonNotes.Count == 0) return;
        text.Append("## What changed\n\n");
        if (model.Regressions.Count > 0) Findings(text, model);
        foreach (string note in model.ComparisonNotes) text.Append(CultureInfo.InvariantCulture, $"- {Escape(note)}\n");
        if (model.ComparisonNotes.Count > 0) text.Append('\n');
    }

    private static void Findings(StringBuilder text, ReportModel model)
    {
        Row(text, ["Series", "Verdict", "Before", "After", "Change", "95% interval", "p", "Effect"]);
        Row(text, ["---", "---", "---:", "---:", "---:", "---", "---:", "---:"]);
        foreach (var finding in model.Regressions)
        {
            var subject = RegressionSubject.Of(finding, model);
            bool known = finding.Verdict != RegressionVerdict.NoData;
            string verdict = finding.Verdict == RegressionVerdict.Regression ? "**worse**" : finding.Verdict.Word();
            text.Append(CultureInfo.InvariantCulture, $"| {Escape(subject.Name)} | {verdict} ");
            Row(text,
            [
                finding.BaselineSlots == 0 ? Quantities.NoData : Quantities.FormatBeside(finding.Baseline, subject.Unit, finding.Candidate),
                finding.CandidateSlots == 0 ? Quantities.NoData : Quantities.FormatBeside(finding.Candidate, subject.Unit, finding.Baseline),
                known ? Quantities.Change(finding.ChangePercent) : "", known ? $"{Quantities.Change(finding.ChangeLowPercent)} to {Quantities.Change(finding.ChangeHighPercent)}" : "",
                known ? Quantities.Probability(finding.PValue) : "", known ? Quantities.Format(finding.EffectSize, null, 2) : "",
            ]);
        }
        text.Append('\n');
    }

    private static void Queries(StringBuilder text, ReportModel model)
    {
        var queries = model.Status.Kpis.DistinctBy(k => k.Name).Select(k => (k.Name, k.Query)).ToList();
        queries.AddRange(model.Regressions.DistinctBy(r => r.Query).Where(r => model.Status.Kpis.All(k => k.Query != r.Query))
            .Select(r => (RegressionSubject.Of(r with { Labels = Labels.Empty }, model).Name, r.Query)));
        if (queries.Count == 0) return;
        text.Append("## How each number was made\n\n");
        foreach (var (name, query) in queries)
        {
            string lines = PlainText.Lines(query);
            string fence = new('`', Math.Max(3, LongestRun(lines, '`') + 1));
            text.Append(CultureInfo.InvariantCulture, $"**{Escape(name)}**\n\n{fence}promql\n{lines}\n{fence}\n\n");
        }
    }

    private static void Row(StringBuilder text, ReadOnlySpan<string> cells)
    {
        text.Append('|');
        foreach (string cell in cells) text.Append(' ').Append(cell.AsSpan().TrimStart("-:").IsEmpty ? cell : Escape(cell)).Append(" |");
        text.Append('\n');
    }

    private static string Trend(Trend? trend, string? unit) => trend is null ? "too few data"
        : $"{trend.Arrow()} {trend.Direction.Word()}, {Quantities.Move(trend.From, trend.To, unit)}";

    /// <summary>
    /// Backslashes before everything that Markdown could take for its own, entities for HTML. A zero-width space keeps
    /// names from becoming links or notifying the person they name.
    /// </summary>
    internal static string Escape(string value)
    {
        var escaped = new StringBuilder(value.Length + 8);
        foreach (char c in PlainText.OneLine(value))
        {
            _ = c switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                '\\' or '`' or '*' or '_' or '[' or ']' or '#' or '|' or '~' => escaped.Append('\\').Append(c),
                _ => escaped.Append(c),
            };
        }
        return escaped.Replace("@", "@\u200B").Replace("://", "\u200B://").Replace("www.", "www\u200B.").ToString();
    }

    private static int LongestRun(string text, char sought)
    {
        int longest = 0, run = 0;
        foreach (char c in text)
        {
            run = c == sought ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        return longest;
    }
}
