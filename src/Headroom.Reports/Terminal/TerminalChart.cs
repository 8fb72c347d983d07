using Headroom.Metrics.PromQL;
using Headroom.Reports.Charts;
using Headroom.Reports.Wording;
using Spectre.Console;

namespace Headroom.Reports.Terminal;

/// <summary>
/// Series over time as a line chart of text: braille dots, two by four to a character, or one sign per series where
/// several lines cannot be told apart by colour or the output has no braille.
/// </summary>
public static class TerminalChart
{
    /// <summary>Writes a chart as wide as the console, at most 120 columns.</summary>
    /// <param name="console">Made by <see cref="TerminalConsole"/>.</param>
    /// <param name="matrix">What to draw; histograms and NaN are gaps.</param>
    /// <param name="from">Start of the time axis.</param>
    /// <param name="to">End of the time axis.</param>
    /// <param name="unit">Unit of the values; null when there is none.</param>
    /// <param name="rows">Height of the plot in lines.</param>
    public static void Write(IAnsiConsole console, MatrixValue matrix, DateTimeOffset from, DateTimeOffset to, string? unit = null, int rows = 16)
    {
        rows = Math.Clamp(rows, 4, 60);
        var names = SeriesNames.For([.. matrix.Series.Select(s => s.Labels)]);
        var window = new TimeAxis(from, to, 1);
        var values = matrix.Series.SelectMany(s => s.Points).Where(p => p.Histogram is null && double.IsFinite(p.Value) && window.Holds(p.Time)).Select(p => p.Value);
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (double value in values) (low, high) = (Math.Min(low, value), Math.Max(high, value));
        if (low > high)
        {
            console.WriteLine("There is nothing to draw: no samples in this window.", Palette.Quiet);
            return;
        }
        var (start, end) = ValueDomain.Of(low, high, null, null);
        var axis = ValueAxis.Over(start, end, unit, Math.Max(2, rows / 4));
        int margin = axis.Ticks.Max(t => t.Label.Length) + 2;
        int width = Math.Max(10, Math.Min(console.Profile.Width, 120) - margin - 1);
        var times = new TimeAxis(from, to, Math.Max(1, width / 12));

        bool colour = console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors;
        bool dots = console.Profile.Capabilities.Unicode && (colour || matrix.Series.Count == 1);
        var canvas = new DotCanvas(width, rows, dots ? 2 : 1, dots ? 4 : 1);
        double pause = LineShape.LongestPause(matrix.Series.Select(s => s.Points));
        // Backwards, so that where lines cross the first one shows.
        for (int i = matrix.Series.Count - 1; i >= 0; i--)
            foreach (var run in LineShape.Runs(matrix.Series[i].Points, pause,
                         time => times.Holds(time) ? times.Fraction(time) * (canvas.Columns - 1) : null, value => (1 - axis.Fraction(value)) * (canvas.Lines - 1)))
                canvas.Trace(run, i);
        Plot(console, canvas, axis, margin, dots);
        TimeLabels(console, times, margin, width);
        Legend(console, names, dots);
    }

    private static void Plot(IAnsiConsole console, DotCanvas canvas, ValueAxis axis, int margin, bool dots)
    {
        bool unicode = console.Profile.Capabilities.Unicode;
        var labels = axis.Ticks.ToLookup(t => (int)Math.Round((1 - t.Fraction) * (canvas.Height - 1)), t => t.Label);
        for (int row = 0; row < canvas.Height; row++)
        {
            string label = labels[row].FirstOrDefault() ?? "";
            var line = new Paragraph().Append($"{label.PadLeft(margin - 2)} {(unicode ? label.Length > 0 ? '┤' : '│' : '|')}", Palette.Quiet);
            int last = canvas.Width - 1;
            while (last >= 0 && canvas[last, row].Series < 0) last--;
            for (int column = 0; column <= last; column++)
            {
                var (pattern, series) = canvas[column, row];
                if (series < 0) line.Append(" ");
                else line.Append(dots ? ((char)(0x2800 + pattern)).ToString() : Palette.Series[series % Palette.Series.Length].Sign.ToString(), Colour(series));
            }
            console.Write(line);
            console.WriteLine();
        }
        console.WriteLine(new string(' ', margin - 1) + (unicode ? "└" + new string('─', canvas.Width) : "+" + new string('-', canvas.Width)), Palette.Quiet);
    }

    private static void TimeLabels(IAnsiConsole console, TimeAxis times, int margin, int width)
    {
        char[] clock = Blank(), date = Blank();
        int free = 0;
        foreach (var tick in times.Ticks)
        {
            int length = Math.Max(tick.Label.Length, tick.Date?.Length ?? 0);
            int at = Math.Clamp(margin + (int)(tick.Fraction * (width - 1)) - (length / 2), 0, Math.Max(0, clock.Length - length));
            if (at < free || at + length > clock.Length) continue;
            tick.Label.CopyTo(clock.AsSpan(at));
            tick.Date?.CopyTo(date.AsSpan(at));
            free = at + length + 1;
        }
        foreach (char[] line in (char[][])[clock, date])
            if (new string(line).TrimEnd() is { Length: > 0 } text)
                console.WriteLine(text, Palette.Quiet);

        char[] Blank()
        {
            char[] line = new char[margin + width];
            Array.Fill(line, ' ');
            return line;
        }
    }

    private static void Legend(IAnsiConsole console, IReadOnlyList<string> names, bool dots)
    {
        const int Most = 16;
        if (names.Count == 1 && names[0].Length == 0) return;
        for (int i = 0; i < Math.Min(names.Count, Most); i++)
        {
            var (_, sign) = Palette.Series[i % Palette.Series.Length];
            console.Write(new Text($"  {(dots ? '━' : sign)} ", Colour(i)));
            console.WriteLine(names[i].Length == 0 ? "(no labels)" : names[i]);
        }
        if (names.Count > Most) console.WriteLine($"  and {names.Count - Most} more", Palette.Quiet);
    }

    private static Style Colour(int series) => new(Palette.Series[series % Palette.Series.Length].Colour);
}
