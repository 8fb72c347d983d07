using System.Text;

namespace Headroom.Objectives.Histories;

/// <summary>One line of delimited text. A quoted cell may hold the delimiter and doubled quotes (RFC 4180), but no line break; a quote left open ends with the line.</summary>
internal static class DelimitedLine
{
    /// <summary>The line's cells without their quotes and outer blanks.</summary>
    public static string[] Split(string line, char delimiter)
    {
        if (!line.Contains('"', StringComparison.Ordinal)) return line.Split(delimiter, StringSplitOptions.TrimEntries);
        var cells = new List<string>();
        var cell = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '"')
            {
                if (quoted && i + 1 < line.Length && line[i + 1] == '"') cell.Append(line[++i]);
                else quoted = !quoted;
            }
            else if (c == delimiter && !quoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }
        cells.Add(cell.ToString().Trim());
        return [.. cells];
    }

    /// <summary>The line without what stands in quotes.</summary>
    public static string WithoutQuoted(string line)
    {
        var bare = new StringBuilder();
        bool quoted = false;
        foreach (char c in line)
            if (c == '"') quoted = !quoted;
            else if (!quoted) bare.Append(c);
        return bare.ToString();
    }
}
