using Headroom.Objectives.Regressions;
using Headroom.Reports.Wording;

namespace Headroom.Reports.Charts;

/// <summary>
/// How much each compared series changed, as a dot with its confidence interval on a scale that all rows share; the
/// band is the tolerance within which a change does not count.
/// </summary>
public sealed class ChangePlot
{
    private readonly double _low;
    private readonly double _high;
    private readonly double _tolerance;

    /// <summary>A scale that holds every finding; intervals that reach much farther than the changes are cut, with an arrow.</summary>
    /// <param name="findings">What was compared.</param>
    /// <param name="tolerancePercent">Half the width of the band, in percent. By default the 20% of document 2.</param>
    public ChangePlot(IEnumerable<RegressionFinding> findings, double tolerancePercent = 20)
    {
        _tolerance = tolerancePercent;
        double reach = Math.Max(tolerancePercent * 1.5, 5), low = -reach, high = reach;
        foreach (var finding in findings)
            if (double.IsFinite(finding.ChangePercent))
                reach = Math.Max(reach, Math.Min(Math.Abs(finding.ChangePercent), 1e6) * 1.4);
        foreach (var finding in findings)
        {
            foreach (double end in (double[])[finding.ChangePercent, finding.ChangeLowPercent, finding.ChangeHighPercent])
            {
                if (!double.IsFinite(end)) continue;
                low = Math.Min(low, Math.Max(end * 1.08, -reach));
                high = Math.Max(high, Math.Min(end * 1.08, reach));
            }
        }
        (_low, _high) = (low, high);
    }

    /// <summary>Draws one row as SVG in the style of the page around it.</summary>
    /// <param name="finding">One of the findings the scale was made for.</param>
    /// <param name="width">Width in pixels.</param>
    public string ToSvg(RegressionFinding finding, int width = 180)
    {
        const double Middle = 10;
        var svg = new SvgWriter().Open("svg").With("xmlns", "http://www.w3.org/2000/svg").With("class", "hc hc-change").With("role", "img")
            .With("viewBox", $"0 0 {width} 20").With("width", width).With("height", 20);
        svg.Open("title").Text(Words(finding)).Close();
        double X(double percent) => double.IsNaN(percent) ? 0 : Math.Clamp((Math.Clamp(percent, _low, _high) - _low) / (_high - _low), 0, 1) * (width - 12) + 6;
        svg.Rectangle(X(-_tolerance), 1, X(_tolerance) - X(-_tolerance), 18, "hc-track");
        svg.Line(X(0), 0, X(0), 20, "hc-axis");
        if (!double.IsNaN(finding.ChangePercent) && finding.Verdict != RegressionVerdict.NoData)
        {
            string kind = finding.Verdict switch { RegressionVerdict.Regression => "worse", RegressionVerdict.Improvement => "better", _ => "same" };
            if (!double.IsNaN(finding.ChangeLowPercent) && !double.IsNaN(finding.ChangeHighPercent))
            {
                double from = X(finding.ChangeLowPercent), to = X(finding.ChangeHighPercent);
                svg.Line(from, Middle, to, Middle, $"hc-whisker hc-w-{kind}");
                End(svg, from, finding.ChangeLowPercent < _low, -1, $"hc-whisker hc-w-{kind}");
                End(svg, to, finding.ChangeHighPercent > _high, 1, $"hc-whisker hc-w-{kind}");
            }
            svg.Circle(X(finding.ChangePercent), Middle, 4, $"hc-d-{kind}");
        }
        return svg.Close().ToString();

        static void End(SvgWriter svg, double x, bool cut, int direction, string cssClass)
        {
            if (!cut) svg.Line(x, Middle - 4, x, Middle + 4, cssClass);
            else svg.Path(FormattableString.Invariant($"M{x - (4 * direction):0.#} {Middle - 4:0.#}L{x:0.#} {Middle:0.#}L{x - (4 * direction):0.#} {Middle + 4:0.#}"), cssClass);
        }
    }

    private static string Words(RegressionFinding finding) => finding.Verdict == RegressionVerdict.NoData
        ? "Too few data to compare"
        : $"Change {Quantities.Change(finding.ChangePercent)}, 95% interval {Quantities.Change(finding.ChangeLowPercent)} to {Quantities.Change(finding.ChangeHighPercent)}: {finding.Verdict.Word()}";
}
