using System.Globalization;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;
using Headroom.Reports.Wording;

namespace Headroom.Reports.Charts;

/// <summary>
/// Draws one <see cref="TimeSeriesChart"/>: 1. scales, 2. frame and words, 3. zones, 4. lines, 5. bounds and markers
/// above them, 6. what a pointer finds, 7. the legend.
/// </summary>
internal sealed class TimeSeriesDrawing
{
    private const double FontSize = 11.5;
    private const double MarkerRow = 16;

    private readonly TimeSeriesChart _chart;
    private readonly SvgWriter _svg = new();
    private readonly ValueAxis _values;
    private readonly TimeAxis _times;
    private readonly ChartLegend _legend;
    private readonly double _left, _top, _width, _height, _fullWidth, _fullHeight;
    private readonly (double Low, double High, int Count) _extent;

    public TimeSeriesDrawing(TimeSeriesChart chart)
    {
        // 1. The value axis decides how much room its labels need; the rest follows.
        _chart = chart;
        _fullWidth = Math.Max(200, chart.Width);
        _height = Math.Max(100, chart.Height) - 40;
        var window = new TimeAxis(chart.From, chart.To, 1);
        _extent = Extent(chart.Lines, window);
        var (low, high) = ValueDomain.Of(_extent.Low, _extent.High, chart.Target, chart.Critical);
        _values = ValueAxis.Over(low, high, chart.Unit, Math.Max(2, (int)(_height / 42)));
        _left = Math.Min(_fullWidth / 3, _values.Ticks.Max(t => TextWidth.Of(t.Label, FontSize)) + 10);
        _width = _fullWidth - _left - 10;
        _times = new TimeAxis(chart.From, chart.To, Math.Max(2, (int)(_width / 76)));
        _legend = new ChartLegend(chart.Lines, BoundNames(), _left, _width);
        _top = (chart.StandAlone ? 52 : 10) + (chart.Markers.Any(m => window.Holds(m.At.ToUnixTimeMilliseconds())) ? MarkerRow : 0);
        _fullHeight = _top + _height + 34 + _legend.Height;
    }

    /// <summary>Width of the whole drawing in pixels.</summary>
    public double Width => _fullWidth;

    /// <summary>Height of the whole drawing in pixels.</summary>
    public double Height => _fullHeight;

    private double Bottom => _top + _height;

    public string Draw()
    {
        // 2.
        _svg.Open("svg").With("xmlns", "http://www.w3.org/2000/svg").With("class", "hc").With("role", "img")
            .With("viewBox", string.Create(CultureInfo.InvariantCulture, $"0 0 {_fullWidth:0.#} {_fullHeight:0.#}"));
        if (_chart.StandAlone) _svg.With("width", _fullWidth).With("height", _fullHeight);
        _svg.Open("title").Text(PlainText.OneLine(_chart.Title)).Close();
        _svg.Open("desc").Text(Description()).Close();
        if (_chart.StandAlone) Heading();
        Grid();
        // 3. to 7.
        Zone(_chart.Target, "hc-good", inside: true);
        Zone(_chart.Critical, "hc-bad", inside: false);
        Lines();
        BoundLines();
        Markers();
        if (_extent.Count == 0)
        {
            // The halo keeps a bound's line from crossing the words out.
            foreach (string style in (string[])["hc-halo", "hc-nothing"])
                _svg.Label(_left + (_width / 2), _top + (_height / 2) + 4, "no data in this window", style, "middle");
        }
        new HoverColumns(_chart, _times, _left, _top, _width, _height).Draw(_svg);
        _legend.Draw(_svg, Bottom + 38);
        return _svg.Close().ToString();
    }

    private void Heading()
    {
        _svg.Style(ChartStyle.Tokens(".hc") + ChartStyle.Rules);
        _svg.OpenRectangle(0, 0, _fullWidth, _fullHeight, "hc-back").With("rx", 8).Close();
        _svg.Label(14, 24, TextWidth.Fit(PlainText.OneLine(_chart.Title), 15, _fullWidth - 28), "hc-title");
        _svg.Label(14, 41, Quantities.Window(_chart.From, _chart.To), "hc-subtitle");
    }

    private void Grid()
    {
        foreach (var tick in _values.Ticks)
        {
            double y = Bottom - (tick.Fraction * _height);
            _svg.Line(_left, y, _left + _width, y, tick.Fraction == 0 ? "hc-axis" : "hc-grid");
            _svg.Label(_left - 7, y + 4, TextWidth.Fit(tick.Label, FontSize, _left - 8), "hc-value", "end");
        }
        double free = double.NegativeInfinity;
        foreach (var tick in _times.Ticks)
        {
            double x = _left + (tick.Fraction * _width);
            double half = Math.Max(TextWidth.Of(tick.Label, FontSize), TextWidth.Of(tick.Date ?? "", FontSize)) / 2;
            _svg.Line(x, Bottom, x, Bottom + 4, "hc-axis");
            double centre = Math.Clamp(x, half, _fullWidth - half);
            if (centre - half < free) continue;
            free = centre + half + 4;
            _svg.Label(centre, Bottom + 16, tick.Label, "hc-time", "middle");
            if (tick.Date is { } date) _svg.Label(centre, Bottom + 29, date, "hc-time", "middle");
        }
    }

    /// <summary>Shades the side of a bound on which its condition holds.</summary>
    private void Zone(Bound? bound, string cssClass, bool inside)
    {
        if (bound is null) return;
        var (from, to) = bound.Operator switch
        {
            BoundOperator.Less or BoundOperator.LessOrEqual => (0, Y(bound.High)),
            BoundOperator.Greater or BoundOperator.GreaterOrEqual => (Y(bound.Low), 1),
            _ => (Y(bound.Low), Y(bound.High)),
        };
        // A good zone that fills the chart says nothing and hides the paper.
        if (!(to > from) || (inside && to - from >= 1)) return;
        _svg.Rectangle(_left, Bottom - (to * _height), _width, (to - from) * _height, cssClass);

        double Y(double value) => double.IsNaN(value) ? 0 : double.IsInfinity(value) ? (value > 0 ? 1 : 0) : _values.Fraction(value);
    }

    private void Lines()
    {
        double pause = LineShape.LongestPause(_chart.Lines.Select(l => l.Points));
        // Backwards, so that the first and most important line lies on top.
        for (int i = _chart.Lines.Count - 1; i >= 0; i--)
        {
            var runs = LineShape.Runs(_chart.Lines[i].Points, pause, X, value => Bottom - (_values.Fraction(value) * _height));
            bool coloured = i < ChartStyle.SeriesColours;
            foreach (var run in runs)
            {
                if (run.Count == 1)
                {
                    _svg.Circle(run[0].X, run[0].Y, coloured ? 2.2 : 1.5, coloured ? $"hc-f{i}" : "hc-rest");
                    continue;
                }
                string path = LineShape.Path(run);
                if (_chart.Lines.Count == 1 && _values.StartsAtZero)
                    _svg.Path(string.Create(CultureInfo.InvariantCulture, $"{path}L{run[^1].X:0.#} {Bottom:0.#}L{run[0].X:0.#} {Bottom:0.#}Z"), "hc-area hc-f0");
                _svg.Path(path, coloured ? $"hc-l hc-s{i}" : "hc-rest");
            }
            if (coloured) Infinities(_chart.Lines[i].Points, $"hc-f{i}");
        }
    }

    /// <summary>An infinite sample has no place on the axis; a small triangle at the edge says it was there.</summary>
    private void Infinities(IReadOnlyList<Point> points, string cssClass)
    {
        double before = double.NegativeInfinity;
        foreach (var point in points)
        {
            if (!double.IsInfinity(point.Value) || point.Histogram is not null || X(point.Time) is not { } x || x - before < 6) continue;
            before = x;
            var (edge, tip) = point.Value > 0 ? (_top + 6, _top) : (Bottom - 6, Bottom);
            _svg.Path(string.Create(CultureInfo.InvariantCulture, $"M{x - 3:0.#} {edge:0.#}L{x + 3:0.#} {edge:0.#}L{x:0.#} {tip:0.#}Z"), cssClass);
        }
    }

    private void BoundLines()
    {
        foreach (var (bound, cssClass) in (ReadOnlySpan<(Bound?, string)>)[(_chart.Critical, "hc-critical"), (_chart.Target, "hc-target")])
        {
            foreach (double end in ValueDomain.Ends(bound))
            {
                if (!_values.Holds(end)) continue;
                double y = Bottom - (_values.Fraction(end) * _height);
                _svg.Line(_left, y, _left + _width, y, cssClass);
            }
        }
    }

    private IEnumerable<(string Text, string Swatch)> BoundNames()
    {
        if (_chart.Target is { } target) yield return ("target " + Quantities.Condition(target, _chart.Unit) + Beyond(target), "hc-target");
        if (_chart.Critical is { } critical) yield return ("critical " + Quantities.Condition(critical, _chart.Unit) + Beyond(critical), "hc-critical");
    }

    /// <summary>A bound so far away that it would squeeze the data is not on the chart, and the legend says so.</summary>
    private string Beyond(Bound bound)
    {
        var ends = ValueDomain.Ends(bound).ToList();
        if (ends.Count == 0 || ends.Any(_values.Holds)) return "";
        return _values.Fraction(ends[0]) >= 1 ? " (above ↑)" : " (below ↓)";
    }

    private void Markers()
    {
        double free = double.NegativeInfinity;
        foreach (var marker in _chart.Markers.OrderBy(m => m.At))
        {
            if (X(marker.At.ToUnixTimeMilliseconds()) is not { } x) continue;
            string full = PlainText.OneLine(marker.Label);
            string text = TextWidth.Fit(full, FontSize, _width);
            double half = TextWidth.Of(text, FontSize) / 2;
            double centre = Math.Clamp(x, Math.Min(_left + half, _left + (_width / 2)), Math.Max(_left + _width - half, _left + (_width / 2)));
            _svg.Open("g").Open("title").Text($"{full}, {Quantities.Instant(marker.At)}").Close();
            _svg.Line(x, _top - 2, x, Bottom, "hc-marker");
            // Labels that would overlap are left to the pointer.
            if (centre - half >= free)
            {
                _svg.Label(centre, _top - 6, text, "hc-marker-label", "middle");
                free = centre + half + 8;
            }
            _svg.Close();
        }
    }

    private string Description()
    {
        if (_extent.Count == 0) return $"No data from {Quantities.Window(_chart.From, _chart.To)}.";
        string series = _chart.Lines.Count == 1 ? "One series" : $"{_chart.Lines.Count} series";
        string bounds = (_chart.Target is null ? "" : $" Target {Quantities.Condition(_chart.Target, _chart.Unit)}.")
            + (_chart.Critical is null ? "" : $" Critical {Quantities.Condition(_chart.Critical, _chart.Unit)}.");
        return $"{series}, {Quantities.Window(_chart.From, _chart.To)}; lowest {Quantities.Format(_extent.Low, _chart.Unit)}, highest {Quantities.Format(_extent.High, _chart.Unit)}.{bounds}";
    }

    private double? X(long time) => _times.Holds(time) ? _left + (_times.Fraction(time) * _width) : null;

    private static (double Low, double High, int Count) Extent(IReadOnlyList<ChartLine> lines, TimeAxis window)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        int count = 0;
        foreach (var line in lines)
        {
            foreach (var point in line.Points)
            {
                if (point.Histogram is not null || double.IsNaN(point.Value) || !window.Holds(point.Time)) continue;
                count++;
                if (double.IsInfinity(point.Value)) continue;
                low = Math.Min(low, point.Value);
                high = Math.Max(high, point.Value);
            }
        }
        return (low, high, count);
    }
}
