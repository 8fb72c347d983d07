using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;

namespace Headroom.Reports.Charts;

/// <summary>
/// Series over time as a line chart in SVG: well-formed XML whatever the data hold, light and dark by the reader's
/// preference, gaps where data are missing, thinned to the pixels there are without losing an extreme.
/// </summary>
public sealed record TimeSeriesChart
{
    /// <summary>The chart's name: its accessible title, and its heading when it stands alone.</summary>
    public required string Title { get; init; }

    /// <summary>Start of the time axis.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End of the time axis.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>What to draw, most important first: the first eight have colours, the rest are thin and grey.</summary>
    public required IReadOnlyList<ChartLine> Lines { get; init; }

    /// <summary>Unit of the values; null when there is none.</summary>
    public string? Unit { get; init; }

    /// <summary>Where values should be: a line (or two), and the good side shaded. Null draws nothing.</summary>
    public Bound? Target { get; init; }

    /// <summary>Where values must never be: a line, and the bad side shaded. Null draws nothing.</summary>
    public Bound? Critical { get; init; }

    /// <summary>Vertical lines with a label.</summary>
    public IReadOnlyList<ChartMarker> Markers { get; init; } = [];

    /// <summary>Width in pixels, at least 200. By default 720.</summary>
    public int Width { get; init; } = 720;

    /// <summary>Height in pixels without heading and legend, at least 100. By default 240.</summary>
    public int Height { get; init; } = 240;

    /// <summary>
    /// Whether the SVG brings its own style, background and heading, to be a file of its own. Otherwise it takes the
    /// style of the page around it (<see cref="PageStyle"/>).
    /// </summary>
    public bool StandAlone { get; init; }

    /// <summary>The style sheet that a page needs once for charts that do not stand alone.</summary>
    public static string PageStyle => ChartStyle.Tokens(":root") + ChartStyle.Rules;

    /// <summary>The lines of a KPI's chart, named by what tells its series apart, worst first.</summary>
    public static TimeSeriesChart Of(KpiChart chart, DateTimeOffset from, DateTimeOffset to) => new()
    {
        Title = chart.Name,
        From = from,
        To = to,
        Lines = ChartLine.WorstFirst(chart),
        Unit = chart.Unit,
        Target = chart.Target,
        Critical = chart.Critical,
        Markers = chart.Markers,
    };

    /// <summary>Draws the chart.</summary>
    public string ToSvg() => new TimeSeriesDrawing(this).Draw();
}
