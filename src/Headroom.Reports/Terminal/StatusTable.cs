using Headroom.Objectives.Budgets;
using Headroom.Objectives.Goals;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Trends;
using Headroom.Reports.Wording;
using Spectre.Console;

namespace Headroom.Reports.Terminal;

/// <summary>The KPI table of <c>headroom status</c>, alone or beside an earlier one.</summary>
public static class StatusTable
{
    /// <summary>Writes the table; columns that no KPI fills, or that do not fit, are left out.</summary>
    /// <param name="console">Made by <see cref="TerminalConsole"/>.</param>
    /// <param name="status">What to show.</param>
    /// <param name="before">The same KPIs earlier; null shows no comparison.</param>
    public static void Write(IAnsiConsole console, StatusReport status, StatusReport? before = null)
    {
        if (status.Kpis.Count == 0)
        {
            console.WriteLine("No KPIs are configured.");
            return;
        }
        var table = new TextTable(console).Column("KPI");
        if (before is not null) table.Column("Before", right: true);
        table.Column(before is null ? "Value" : "Now", right: true);
        if (before is not null) table.Column("Change", importance: 1, right: true);
        table.Column("Status").Column("Target", importance: 2).Column("Baseline", importance: 6, right: true).Column("7 days", importance: 4)
            .Column("30 days", importance: 7).Column("Budget used", importance: 3, right: true).Column("Goals", importance: 5).Column("Note", importance: 8);
        foreach (var row in KpiRow.Of(status, before)) table.Row([.. Cells(row, before is not null)]);
        table.Write();
    }

    private static List<Cell> Cells(KpiRow row, bool compared)
    {
        var kpi = row.Kpi;
        string name = row.Series.Length == 0 ? kpi.Name : $"{kpi.Name} · {row.Series}";
        var cells = new List<Cell> { new(name, row.IsFirst ? Palette.Strong : null) };
        if (compared) cells.Add(row.Before is { } was ? new Cell(Value(was), Palette.Of(was.Status)) : new Cell(Quantities.NoData, Palette.Quiet));
        cells.Add(new Cell(Value(kpi), Palette.Strong));
        if (compared) cells.Add(Change(row.Before?.Value, kpi.Value));
        cells.Add(new Cell($"{kpi.Status.Sign()} {kpi.Status.Word()}", Palette.Of(kpi.Status)));
        cells.Add(kpi.Target is null ? "" : Quantities.Condition(kpi.Target, kpi.Unit));
        cells.Add(kpi.Baseline is null ? "" : kpi.ChangeFromBaselinePercent is null ? Quantities.Start(kpi.Baseline, kpi.Unit) : $"{Quantities.Change(kpi.ChangeFromBaselinePercent)} from {Quantities.Start(kpi.Baseline, kpi.Unit)}");
        cells.Add(Trend(kpi.Trend7d, kpi.Unit));
        cells.Add(Trend(kpi.Trend30d, kpi.Unit));
        cells.Add(Budget(kpi.Budget));
        cells.Add(kpi.Goals.Count == 0 ? "" : $"{kpi.Goals.Count(g => g.Status == GoalStatus.Reached)}/{kpi.Goals.Count} reached");
        cells.Add(new Cell(string.Join("; ", kpi.Notes), Palette.Quiet));
        return cells;
    }

    private static string Value(KpiStatus kpi) => Quantities.FormatJudged(kpi.Value, kpi.Unit, kpi.Target, kpi.Critical);

    private static string Change(double? before, double? now) =>
        before is { } was && now is { } then && was != 0 ? Quantities.Change((then - was) / Math.Abs(was) * 100) : "";

    private static Cell Trend(Trend? trend, string? unit) => trend is null ? ""
        : new Cell($"{trend.Arrow()} {trend.Direction.Word()} {Quantities.Move(trend.From, trend.To, unit)}", Palette.Of(trend.Direction));

    private static Cell Budget(BudgetUse? budget) => budget is null ? ""
        : budget.UsedPercent is { } used ? new Cell(Quantities.Share(used), used > 100 ? Palette.Of(KpiVerdict.Critical) : null)
        : new Cell("does not apply", Palette.Quiet);
}
