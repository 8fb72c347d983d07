using Headroom.Reports.Wording;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Headroom.Reports.Terminal;

/// <summary>A piece of text and how it looks.</summary>
internal readonly record struct Cell(string Text, Style? Style = null)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <summary>
/// A table that leaves out its least important columns where the width is short, and becomes a list of blocks where
/// not even the important ones fit. On a terminal it has a frame; in a file or a pipe it is plain columns.
/// </summary>
internal sealed class TextTable(IAnsiConsole console)
{
    private const int Frame = 3;
    private const int NarrowestFirstColumn = 16;

    private readonly List<(string Title, int Importance, bool Right)> _columns = [];
    private readonly List<Cell[]> _rows = [];

    /// <summary>Adds a column; the one of the lowest importance is left out first, 0 never.</summary>
    public TextTable Column(string title, int importance = 0, bool right = false)
    {
        _columns.Add((title, importance, right));
        return this;
    }

    public void Row(params ReadOnlySpan<Cell> cells)
    {
        var row = cells.ToArray();
        for (int i = 0; i < row.Length; i++) row[i] = row[i] with { Text = Spoken(PlainText.OneLine(row[i].Text)) };
        _rows.Add(row);
    }

    public void Write()
    {
        // A column that says nothing anywhere is left out everywhere.
        var shown = Enumerable.Range(0, _columns.Count).Where(c => c == 0 || _rows.Any(row => row[c].Text.Length > 0)).ToList();
        int width = console.Profile.Width;
        int[] widths = [.. _columns.Select((column, c) => Math.Max(Width(column.Title), _rows.Select(row => Width(row[c].Text)).DefaultIfEmpty(0).Max()))];
        int framing = console.Profile.Capabilities.Interactive ? Frame : 2;
        int Needed() => 1 + shown.Sum(c => framing + widths[c]);
        while (Needed() > width && shown.Where(c => _columns[c].Importance > 0).OrderByDescending(c => _columns[c].Importance).FirstOrDefault(-1) is >= 0 and var least)
            shown.Remove(least);
        // The first column holds names and may be cut; the others hold numbers, which may not.
        int over = Needed() - width, first = widths[0];
        if (over > 0 && first - over < NarrowestFirstColumn)
        {
            WriteBlocks();
            return;
        }
        WriteTable(shown, over > 0 ? first - over : first);
    }

    private void WriteTable(List<int> shown, int widthOfFirst)
    {
        bool framed = console.Profile.Capabilities.Interactive;
        var table = new Table { Border = !framed ? TableBorder.None : console.Profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii, BorderStyle = new Style(Color.Grey), ShowRowSeparators = false };
        foreach (int c in shown)
        {
            var column = new TableColumn(new Text(_columns[c].Title, framed ? new Style(decoration: Decoration.Bold) : null)) { NoWrap = true, Padding = framed ? new Padding(1, 0) : new Padding(0, 0, 2, 0) };
            if (_columns[c].Right) column.RightAligned();
            table.AddColumn(column);
        }
        foreach (var row in _rows)
            table.AddRow(shown.Select(c => (IRenderable)new Text(c == 0 ? Cut(row[c].Text, widthOfFirst) : row[c].Text, row[c].Style)));
        console.Write(table);
    }

    private void WriteBlocks()
    {
        int title = _columns.Max(c => c.Title.Length);
        foreach (var row in _rows)
        {
            console.WriteLine(row[0].Text, row[0].Style ?? Style.Plain);
            for (int c = 1; c < row.Length; c++)
            {
                if (row[c].Text.Length == 0) continue;
                console.Write(new Paragraph($"  {_columns[c].Title.PadRight(title)}  ").Append(row[c].Text, row[c].Style));
                console.WriteLine();
            }
        }
    }

    /// <summary>Signs beyond ASCII have plain stand-ins where the output cannot carry them.</summary>
    private string Spoken(string text)
    {
        if (console.Profile.Capabilities.Unicode) return text;
        return text.Replace("→", "->").Replace("↗", "up").Replace("↘", "down").Replace("✓ ", "").Replace("✗ ", "").Replace("! ", "").Replace("? ", "")
            .Replace("µ", "u").Replace("▲ ", "").Replace("▼ ", "").Replace("= ", "").Replace("×", "x").Replace("–", "-").Replace("·", "-").Replace("…", "...");
    }

    private static string Cut(string text, int width)
    {
        if (Width(text) <= width) return text;
        int length = Math.Min(text.Length, width);
        while (length > 1 && Width(PlainText.Shorten(text, length)) > width) length--;
        return PlainText.Shorten(text, length);
    }

    private static int Width(string text) => text.Length == 0 ? 0 : new Segment(text).CellCount();
}
