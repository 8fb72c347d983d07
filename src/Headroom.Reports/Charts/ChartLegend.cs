namespace Headroom.Reports.Charts;

/// <summary>Names under a chart, in as many rows as the width needs.</summary>
internal sealed class ChartLegend
{
    private const double FontSize = 11.5;
    private const double RowHeight = 18;
    private const double SwatchWidth = 18;
    private const double Space = 16;

    private readonly List<(double X, double Y, string Text, string Swatch)> _entries = [];

    public ChartLegend(IReadOnlyList<ChartLine> lines, double left, double width)
    {
        double x = left, y = 0;
        int named = Math.Min(lines.Count, ChartStyle.SeriesColours);
        for (int i = 0; i < named; i++) Add(lines[i].Name, $"hc-l hc-s{i}");
        if (lines.Count > named) Add($"and {lines.Count - named} more", "hc-rest");
        Height = y + RowHeight;

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
