using System.Text;

namespace Headroom.Cli.Output;

/// <summary>Rows of text in aligned columns, two spaces apart. Control characters are shown escaped, never sent to the terminal.</summary>
internal sealed class TextTable(params IReadOnlyList<(string Header, bool Right)> columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params IReadOnlyList<string> cells) => _rows.Add([.. cells.Select(Printable)]);

    public void WriteTo(TextWriter output)
    {
        var widths = new int[columns.Count];
        for (int i = 0; i < widths.Length; i++) widths[i] = Math.Max(columns[i].Header.Length, _rows.Count == 0 ? 0 : _rows.Max(r => r[i].Length));
        output.WriteLine(Line([.. columns.Select(c => c.Header)], widths));
        foreach (string[] row in _rows) output.WriteLine(Line(row, widths));
    }

    /// <summary>A text from outside, safe to print.</summary>
    public static string Printable(string text)
    {
        if (!text.Any(char.IsControl)) return text;
        var safe = new StringBuilder(text.Length + 8);
        foreach (char c in text)
            if (char.IsControl(c)) safe.Append($"\\x{(int)c:x2}");
            else safe.Append(c);
        return safe.ToString();
    }

    private string Line(string[] cells, int[] widths)
    {
        var line = new StringBuilder();
        for (int i = 0; i < cells.Length; i++)
        {
            if (i > 0) line.Append("  ");
            line.Append(columns[i].Right ? cells[i].PadLeft(widths[i]) : cells[i].PadRight(widths[i]));
        }
        return line.ToString().TrimEnd();
    }
}
