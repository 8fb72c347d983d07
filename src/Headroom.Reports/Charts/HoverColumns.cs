using System.Text;
using Headroom.Reports.Wording;

namespace Headroom.Reports.Charts;

/// <summary>
/// Invisible columns over a chart, each with a <c>&lt;title&gt;</c> that says the time and what every line was then: a
/// pointer finds the numbers without any script.
/// </summary>
internal sealed class HoverColumns(TimeSeriesChart chart, TimeAxis times, double left, double top, double width, double height)
{
    private const double NarrowestColumn = 6;

    public void Draw(SvgWriter svg)
    {
        int named = Math.Min(chart.Lines.Count, ChartStyle.SeriesColours);
        int columns = (int)Math.Clamp((times.Length / LineShape.Step(chart.Lines.Select(l => l.Points))) + 1, 1, width / NarrowestColumn);
        var cells = new Cell[columns, Math.Max(1, named)];
        var at = new long?[columns];
        for (int i = 0; i < named; i++)
        {
            foreach (var point in chart.Lines[i].Points)
            {
                if (point.Histogram is not null || double.IsNaN(point.Value) || !times.Holds(point.Time)) continue;
                int column = Math.Min(columns - 1, (int)(times.Fraction(point.Time) * columns));
                cells[column, i].Add(point.Value);
                at[column] = point.Time;
            }
        }
        svg.Open("g").With("class", "hc-columns");
        for (int column = 0; column < columns; column++)
        {
            if (at[column] is not { } time) continue;
            svg.OpenRectangle(left + (width * column / columns), top, width / columns, height, "hc-column");
            svg.Open("title").Text(Words(cells, column, named, time)).Close().Close();
        }
        svg.Close();
    }

    private string Words(Cell[,] cells, int column, int named, long time)
    {
        string format = chart.To - chart.From < TimeSpan.FromHours(2) ? "d MMM yyyy, HH:mm:ss" : "d MMM yyyy, HH:mm";
        var words = new StringBuilder(DateTimeOffset.FromUnixTimeMilliseconds(time).UtcDateTime.ToString(format, System.Globalization.CultureInfo.InvariantCulture)).Append(" UTC");
        for (int i = 0; i < named; i++)
        {
            var cell = cells[column, i];
            if (cell.Count == 0) continue;
            words.Append('\n').Append(chart.Lines[i].Name.Length > 0 && chart.Lines.Count > 1 ? PlainText.Shorten(chart.Lines[i].Name, 40) + ": " : "")
                .Append(Quantities.Range(cell.Low, cell.High, chart.Unit));
        }
        return words.ToString();
    }

    private struct Cell
    {
        public int Count;
        public double Low, High;

        public void Add(double value)
        {
            Low = Count == 0 ? value : Math.Min(Low, value);
            High = Count == 0 ? value : Math.Max(High, value);
            Count++;
        }
    }
}
