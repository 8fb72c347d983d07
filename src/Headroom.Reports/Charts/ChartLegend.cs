namespace Headroom.Reports.Charts;

/// <summary>
/// Names under a chart, in as many rows as the width needs: of lines when there are several, and of the bounds, which
/// written beside their lines would hide data.
/// </summary>
internal sealed class ChartLegend
{
    private const double FontSize = 11.5;
    private const double RowHeight = 18;
    private const double SwatchWidth = 18;
    private const double Space = 16;

    private readonly List<(double X, double Y, string Text, string Swatch)> _entries = [];

    public ChartLegend(IReadOnlyList<ChartLine> lines, IEnumerable<(string Text, string Swatch)> bounds, double left, double width)
    {
        double x = left, y = 0;
        int named = lines.Count == 1 ? 0 : Math.Min(lines.Count, ChartStyle.SeriesColours);
        for (int i = 0; i < named; i++) Add(lines[i].Name, $"hc-l hc-s{i}");
        if (lines.Count > ChartStyle.SeriesColours) Add($"and {lines.Count - named} more", "hc-rest");
        foreach (var (text, swatch) in bounds) Add(text, swatch);
        Height = _entries.Count == 0 ? 0 : y + RowHeight + 6;

        void Add(string name, string swatch)
        {
            string text = TextWidth.Fit(name.Length == 0 ? "(no labels)" : name, FontSize, width - SwatchWidth);
            double needs = SwatchWidth + TextWidth.Of(text, FontSize);
            if (x > left && x + needs > left + width) (x, y) = (left, y + RowHeight);
            _entries.Add((x, y, text, swatch));
            x += needs + Space;
        }
    }

    public double Height { get; }

    public void Draw(SvgWriter svg, double top)
    {
        foreach (var (x, y, text, swatch) in _entries)
        {
            double middle = top + y + 9;
            svg.Line(x, middle, x + 13, middle, swatch);
            svg.Label(x + SwatchWidth, middle + 4, text, "hc-legend");
        }
    }
}
