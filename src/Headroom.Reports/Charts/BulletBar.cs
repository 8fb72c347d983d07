using Headroom.Objectives.Kpis;
using Headroom.Reports.Wording;

namespace Headroom.Reports.Charts;

/// <summary>
/// A KPI's value against what it is judged by, on one horizontal bar (after Few's bullet graph): the value as a bar, or
/// as a dot where the scale does not start at zero; the target's good side and the critical side shaded; a notch for
/// the budget.
/// </summary>
public static class BulletBar
{
    private const double Top = 4;
    private const double Thickness = 10;

    /// <summary>Draws the bar as SVG in the style of the page around it; null when there is nothing to judge by.</summary>
    /// <param name="kpi">The KPI as judged.</param>
    /// <param name="width">Width in pixels.</param>
    public static string? ToSvg(KpiStatus kpi, int width = 132)
    {
        double[] bounds = [.. ValueDomain.Ends(kpi.Target), .. ValueDomain.Ends(kpi.Critical)];
        double? value = kpi.Value is { } v && double.IsFinite(v) ? v : null;
        if (bounds.Length == 0) return null;
        double low = Math.Min(bounds.Min(), value ?? bounds[0]), high = Math.Max(bounds.Max(), value ?? bounds[0]);
        var domain = Domain(low, high);
        var axis = ValueAxis.Over(domain.Low, domain.High, kpi.Unit, 3);
        double X(double at) => axis.Fraction(at) * width;

        var svg = new SvgWriter().Open("svg").With("xmlns", "http://www.w3.org/2000/svg").With("class", "hc hc-bullet").With("role", "img")
            .With("viewBox", $"0 0 {width} 18").With("width", width).With("height", 18);
        svg.Open("title").Text(Words(kpi)).Close();
        svg.Rectangle(0, Top, width, Thickness, "hc-track");
        Side(svg, kpi.Target, X, width, "hc-zone-good");
        Side(svg, kpi.Critical, X, width, "hc-zone-bad");
        string fill = kpi.Status switch
        {
            KpiVerdict.Met => "hc-met",
            KpiVerdict.Missed => "hc-missed",
            KpiVerdict.Critical => "hc-critical-fill",
            _ => "hc-nodata",
        };
        if (value is { } shown)
        {
            if (domain.Low == 0) svg.Rectangle(0, Top + 3, Math.Max(1.5, X(shown)), Thickness - 6, fill);
            else svg.Circle(Math.Clamp(X(shown), 4, width - 4), Top + (Thickness / 2), 4, fill);
        }
        foreach (double end in ValueDomain.Ends(kpi.Target)) svg.Line(Inside(X(end)), Top - 3, Inside(X(end)), Top + Thickness + 3, "hc-tick");
        if (kpi.Budget is { } budget && double.IsFinite(budget.Limit) && axis.Holds(budget.Limit))
        {
            double x = Math.Clamp(X(budget.Limit), 3, width - 3);
            svg.Path(FormattableString.Invariant($"M{x - 3:0.#} 18L{x + 3:0.#} 18L{x:0.#} 14Z"), "hc-notch");
        }
        return svg.Close().ToString();

        double Inside(double x) => Math.Clamp(x, 1, width - 1);
    }

    private static (double Low, double High) Domain(double low, double high)
    {
        (low, high) = (ValueDomain.Snap(low), ValueDomain.Snap(high));
        if (low == 0 && high == 0) return (0, 1);
        if (low >= 0 && low <= 0.8 * high) return (0, Math.Min(high * 1.12, double.MaxValue));
        double room = Math.Max((high / 2) - (low / 2), Math.Max(Math.Abs(low), Math.Abs(high)) * 1e-3) * 0.5;
        return (Math.Max(low - room, -double.MaxValue), Math.Min(high + room, double.MaxValue));
    }

    private static void Side(SvgWriter svg, Bound? bound, Func<double, double> x, double width, string cssClass)
    {
        if (bound is null || double.IsNaN(bound.Low) || double.IsNaN(bound.High)) return;
        var (from, to) = bound.Operator switch
        {
            BoundOperator.Less or BoundOperator.LessOrEqual => (0, At(bound.High)),
            BoundOperator.Greater or BoundOperator.GreaterOrEqual => (At(bound.Low), width),
            _ => (At(bound.Low), At(bound.High)),
        };
        if (to > from) svg.Rectangle(from, Top, to - from, Thickness, cssClass);

        double At(double value) => double.IsPositiveInfinity(value) ? width : double.IsNegativeInfinity(value) ? 0 : x(value);
    }

    private static string Words(KpiStatus kpi) =>
        $"{PlainText.OneLine(kpi.Name)}: {Quantities.FormatJudged(kpi.Value, kpi.Unit, kpi.Target, kpi.Critical)}, {kpi.Status.Word()}"
        + (kpi.Target is null ? "" : $"; target {Quantities.Condition(kpi.Target, kpi.Unit)}")
        + (kpi.Critical is null ? "" : $"; critical {Quantities.Condition(kpi.Critical, kpi.Unit)}")
        + (kpi.Budget is null ? "" : $"; budget {Quantities.Format(kpi.Budget.Limit, kpi.Unit)}");
}
