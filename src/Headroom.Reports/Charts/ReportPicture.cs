using System.Globalization;
using Headroom.Objectives.Kpis;
using Headroom.Reports.Wording;

namespace Headroom.Reports.Charts;

/// <summary>
/// A report on one card, as an SVG file of its own: the headline, the worst KPIs and the first chart. For a README, a
/// slide or a chat.
/// </summary>
public static class ReportPicture
{
    private const double Width = 880;
    private const double Margin = 28;
    private const double RowHeight = 30;

    /// <summary>Draws the card.</summary>
    /// <param name="model">The report.</param>
    /// <param name="rows">Most KPI rows to show, the worst first.</param>
    public static string ToSvg(ReportModel model, int rows = 6)
    {
        var summary = ReportSummary.Of(model);
        var shown = KpiRow.Of(model.Status, model.Before).OrderByDescending(row => row.Kpi.Status).Take(rows).ToList();
        double table = 132, chartTop = table + 24 + (shown.Count * RowHeight) + 14;
        var drawing = model.Charts.Count == 0 ? null
            : new TimeSeriesDrawing(TimeSeriesChart.Of(model.Charts[0], model.From, model.To) with { Width = (int)(Width - (2 * Margin)), Height = 230 });
        double height = chartTop + (drawing is null ? 0 : drawing.Height + 34) + 12;

        var svg = new SvgWriter().Open("svg").With("xmlns", "http://www.w3.org/2000/svg").With("class", "hc").With("role", "img")
            .With("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {Width:0.#} {height:0.#}")).With("width", Width).With("height", height);
        svg.Open("title").Text($"{PlainText.OneLine(model.Status.Project)}: {PlainText.OneLine(model.Title)}").Close();
        svg.Open("desc").Text(summary.Headline).Close();
        svg.Style(ChartStyle.Tokens(".hc") + ChartStyle.Rules);
        svg.OpenRectangle(0, 0, Width, height, "hc-back").With("rx", 12).Close();
        Header(svg, model, summary);
        Table(svg, shown, table, compared: model.Before is not null);
        if (drawing is not null)
        {
            svg.Label(Margin, chartTop + 16, TextWidth.Fit(PlainText.OneLine(model.Charts[0].Name), 13, Width / 2), "hc-strong hc-medium");
            svg.Nested(Margin, chartTop + 28, drawing.Width, drawing.Height, drawing.Draw());
        }
        return svg.Close().ToString();
    }

    private static void Header(SvgWriter svg, ReportModel model, ReportSummary summary)
    {
        svg.Label(Margin, 38, TextWidth.Fit(PlainText.OneLine(model.Status.Project), 20, Width * 0.45), "hc-strong hc-large");
        svg.Label(Width - Margin, 38, $"{TextWidth.Fit(PlainText.OneLine(model.Title), 12, 160)} · {Quantities.Window(model.From, model.To)}", "hc-subtitle", "end");
        svg.OpenRectangle(Margin, 54, Width - (2 * Margin), 44, Fill(summary.Tone)).With("opacity", 0.13).With("rx", 8).Close();
        svg.Rectangle(Margin, 54, 4, 44, Fill(summary.Tone));
        svg.Label(Margin + 18, 81, TextWidth.Fit(summary.Headline, 14, Width - (2 * Margin) - 30), "hc-strong hc-medium");
    }

    private static void Table(SvgWriter svg, List<KpiRow> rows, double top, bool compared)
    {
        (string Title, double X, string Anchor)[] columns = [("KPI", Margin, "start"), ("Before", 440, "end"), (compared ? "Now" : "Value", 540, "end"), ("Status", 572, "start"), ("Target", 690, "start")];
        foreach (var (title, x, anchor) in columns)
            if (compared || title != "Before")
                svg.Label(x, top, title, "hc-subtitle", anchor);
        double y = top + 10;
        foreach (var row in rows)
        {
            var kpi = row.Kpi;
            svg.Line(Margin, y, Width - Margin, y, "hc-axis");
            double text = y + 20;
            string name = PlainText.OneLine(kpi.Name) + (row.Series.Length > 0 ? " · " + row.Series : "");
            svg.Label(Margin, text, TextWidth.Fit(name, 13, compared ? 320 : 420), "hc-strong hc-medium");
            if (compared && row.Before is { } before) svg.Label(440, text, Quantities.FormatJudged(before.Value, kpi.Unit, kpi.Target, kpi.Critical), "hc-medium", "end");
            svg.Label(540, text, Quantities.FormatJudged(kpi.Value, kpi.Unit, kpi.Target, kpi.Critical), "hc-strong hc-medium", "end");
            svg.OpenRectangle(566, y + 5, 88, 20, Fill(kpi.Status)).With("opacity", 0.16).With("rx", 10).Close();
            svg.Label(576, text - 1, $"{kpi.Status.Sign()} {kpi.Status.Word()}", "hc-strong");
            svg.Label(690, text, TextWidth.Fit(Quantities.Condition(kpi.Target, kpi.Unit), 13, Width - Margin - 690), "hc-medium");
            y += RowHeight;
        }
    }

    private static string Fill(KpiVerdict verdict) => verdict switch
    {
        KpiVerdict.Met => "hc-met",
        KpiVerdict.Missed => "hc-missed",
        KpiVerdict.Critical => "hc-critical-fill",
        _ => "hc-nodata",
    };
}
