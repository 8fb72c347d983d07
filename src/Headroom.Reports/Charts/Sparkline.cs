using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;
using Headroom.Reports.Wording;

namespace Headroom.Reports.Charts;

/// <summary>A line the size of a word: where a value went over a window, and where it ended.</summary>
public static class Sparkline
{
    private const double Margin = 3;

    /// <summary>Draws a sparkline as SVG in the style of the page around it (<see cref="TimeSeriesChart.PageStyle"/>).</summary>
    /// <param name="name">What it shows, for those who cannot see it.</param>
    /// <param name="points">Samples in time order; gaps stay gaps.</param>
    /// <param name="from">Start of the window.</param>
    /// <param name="to">End of the window.</param>
    /// <param name="target">Shaded where values should be; null shades nothing.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    public static string ToSvg(string name, IReadOnlyList<Point> points, DateTimeOffset from, DateTimeOffset to, Bound? target = null, int width = 96, int height = 26)
    {
        var times = new TimeAxis(from, to, 1);
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (var point in points)
        {
            if (point.Histogram is not null || !double.IsFinite(point.Value) || !times.Holds(point.Time)) continue;
            low = Math.Min(low, point.Value);
            high = Math.Max(high, point.Value);
        }
        var svg = new SvgWriter().Open("svg").With("xmlns", "http://www.w3.org/2000/svg").With("class", "hc hc-spark").With("role", "img")
            .With("viewBox", $"0 0 {width} {height}").With("width", width).With("height", height);
        svg.Open("title").Text(PlainText.OneLine(name)).Close();
        if (low <= high)
        {
            // The shape is the message: the line fills the height, unless all it has is noise in the last digits.
            double most = Math.Max(Math.Abs(low), Math.Abs(high)), span = Math.Max((high / 2) - (low / 2), most * 0.002);
            double middle = (low / 2) + (high / 2);
            double Y(double value) => (height / 2.0) - (span < 1e-290 ? 0 : Math.Clamp(((value / 2) - (middle / 2)) / span, -0.5, 0.5) * (height - (2 * Margin)));
            double? X(long time) => times.Holds(time) ? Margin + (times.Fraction(time) * (width - (2 * Margin))) : null;
            if (target is { Operator: BoundOperator.Within } && target.High > target.Low)
                svg.Rectangle(0, Y(target.High), width, Math.Max(0, Y(target.Low) - Y(target.High)), "hc-good");
            Pixel? last = null;
            foreach (var run in LineShape.Runs(points, LineShape.LongestPause([points]), X, Y))
            {
                if (run.Count == 1) svg.Circle(run[0].X, run[0].Y, 1.2, "hc-f0");
                else svg.Path(LineShape.Path(run), "hc-l hc-s0");
                last = run[^1];
            }
            if (last is { } end) svg.Circle(end.X, end.Y, 2.3, "hc-f0");
        }
        return svg.Close().ToString();
    }
}
