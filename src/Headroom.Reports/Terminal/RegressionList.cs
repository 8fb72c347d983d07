using Headroom.Objectives.Regressions;
using Headroom.Reports.Wording;
using Spectre.Console;

namespace Headroom.Reports.Terminal;

/// <summary>What two windows compared came to: a sentence for each series that got worse, then every series in a table.</summary>
public static class RegressionList
{
    /// <summary>Writes the findings of a report, named by its KPIs.</summary>
    public static void Write(IAnsiConsole console, ReportModel model)
    {
        Write(console, [.. model.Regressions.Select(finding => (finding, RegressionSubject.Of(finding, model)))]);
        foreach (string note in model.ComparisonNotes) console.WriteLine("Note: " + PlainText.OneLine(note), Palette.Quiet);
    }

    /// <summary>Writes findings that belong to no report.</summary>
    public static void Write(IAnsiConsole console, IReadOnlyList<(RegressionFinding Finding, RegressionSubject Subject)> findings)
    {
        if (findings.Count == 0)
        {
            console.WriteLine("Nothing was compared.");
            return;
        }
        bool worse = false;
        foreach (var (finding, subject) in findings)
        {
            if (finding.Verdict != RegressionVerdict.Regression) continue;
            worse = true;
            console.WriteLine($"Worse: {PlainText.OneLine(ReportSummary.Regression(subject, finding))}", Palette.Of(finding.Verdict));
        }
        if (!worse) console.WriteLine("Nothing got worse.");

        var table = new TextTable(console).Column("Series").Column("Before", right: true).Column("After", right: true).Column("Change", right: true)
            .Column("95% interval", importance: 1).Column("p", importance: 2, right: true).Column("Effect", importance: 3, right: true).Column("Verdict").Column("Slots", importance: 4, right: true);
        foreach (var (finding, subject) in findings)
        {
            bool known = finding.Verdict != RegressionVerdict.NoData;
            table.Row(
                subject.Name,
                finding.BaselineSlots == 0 ? Quantities.NoData : Quantities.FormatBeside(finding.Baseline, subject.Unit, finding.Candidate),
                finding.CandidateSlots == 0 ? Quantities.NoData : Quantities.FormatBeside(finding.Candidate, subject.Unit, finding.Baseline),
                known ? Quantities.Change(finding.ChangePercent) : "",
                known ? $"{Quantities.Change(finding.ChangeLowPercent)} to {Quantities.Change(finding.ChangeHighPercent)}" : "",
                known ? Quantities.Probability(finding.PValue) : "",
                known ? Quantities.Format(finding.EffectSize, null, 2) : "",
                new Cell(finding.Verdict.Word(), Palette.Of(finding.Verdict)),
                $"{finding.BaselineSlots}+{finding.CandidateSlots}");
        }
        table.Write();
    }
}
