using System.Globalization;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Objectives.Histories;

/// <summary>
/// Reads a history from delimited text as programs and people write it: one column of values or several columns with times; a header or none; comma,
/// semicolon or tab; quotes; times in RFC 3339, <c>2026-01-31 12:00:00</c>, Unix seconds or milliseconds, or none; in any order. A value that is empty or no
/// number is a gap, never a lost row: the n-th data row in time order is point n.
/// </summary>
public static class HistoryCsv
{
    /// <summary>More rows than this are refused.</summary>
    public const int MostRows = 2_000_000;

    private const int LongestLine = 1 << 16;
    private const int RowsLookedAt = 50;

    private static readonly string[] s_timeNames = ["timestamp", "time", "date", "datetime", "ts", "ds", "@timestamp"];
    private static readonly string[] s_valueNames = ["value", "y", "values"];

    /// <summary>Reads a text.</summary>
    /// <param name="text">The rows.</param>
    /// <param name="column">The values' column by name, or by number from 1; null to find it.</param>
    /// <exception cref="ProblemException">There are too many rows, a line is too long, or there is no such column.</exception>
    public static History Read(TextReader text, string? column = null)
    {
        var rows = new List<string[]>();
        char delimiter = '\0';
        while (text.ReadLine() is { } line)
        {
            if (line.Length > LongestLine) throw new ProblemException(new Problem("csv-line-too-long", $"A line has more than {LongestLine} characters.", $"line {rows.Count + 1}", "Give one row a line."));
            if (rows.Count == 0) line = line.TrimStart('\uFEFF');
            if (string.IsNullOrWhiteSpace(line) || line[0] == '#')
            {
                // In a file of one column an empty line is a gap; before the first row, and after the last, it is nothing.
                if (rows.Count > 0 && line.Length == 0 && rows[0].Length == 1) rows.Add([""]);
                continue;
            }
            if (delimiter == '\0') delimiter = Delimiter(line);
            rows.Add(DelimitedLine.Split(line, delimiter));
            if (rows.Count > MostRows) throw new ProblemException(new Problem("csv-too-long", $"There are more than {MostRows} rows.", null, "Split the file, or thin it out."));
        }
        while (rows.Count > 0 && rows[^1] is [""]) rows.RemoveAt(rows.Count - 1);
        return Read(rows, delimiter == ';', column);
    }

    private static History Read(List<string[]> rows, bool decimalComma, string? column)
    {
        if (rows.Count == 0) return new History([], null);
        bool header = IsHeader(rows, decimalComma);
        var names = header ? rows[0] : [];
        var data = header ? rows.GetRange(1, rows.Count - 1) : rows;
        int value = column is null ? -1 : Named(names, data, column);
        int time = TimeColumn(names, data, value);
        if (value < 0) value = ValueColumn(names, data, time, decimalComma);
        var values = new double[data.Count];
        var times = time < 0 ? null : new long[data.Count];
        for (int i = 0; i < data.Count; i++)
        {
            values[i] = value < data[i].Length ? Number(data[i][value], decimalComma) : double.NaN;
            if (times is not null) times[i] = time < data[i].Length && TryTime(data[i][time], out long at) ? at : long.MinValue;
        }
        return times is null ? new History(values, null) : InOrder(values, times);
    }

    /// <summary>Rows without a readable time stand where they stood: after the row before them.</summary>
    private static History InOrder(double[] values, long[] times)
    {
        long before = times.FirstOrDefault(t => t != long.MinValue, long.MinValue);
        if (before == long.MinValue) return new History(values, null);
        for (int i = 0; i < times.Length; i++) before = times[i] == long.MinValue ? times[i] = before : times[i];
        var order = Enumerable.Range(0, times.Length).OrderBy(i => times[i]).ToArray();
        return new History([.. order.Select(i => values[i])], [.. order.Select(i => times[i])]);
    }

    private static char Delimiter(string line)
    {
        string bare = DelimitedLine.WithoutQuoted(line);
        return bare.Contains('\t', StringComparison.Ordinal) ? '\t' : bare.Contains(';', StringComparison.Ordinal) ? ';' : ',';
    }

    /// <summary>A first row is a header when no cell of it is a number or a time, and some row below has one.</summary>
    private static bool IsHeader(List<string[]> rows, bool decimalComma) =>
        rows[0].All(c => !IsNumber(c, decimalComma) && !TryTime(c, out _)) && rows[0].Any(c => c.Length > 0)
        && (rows.Count == 1 || rows.Skip(1).Take(RowsLookedAt).Any(r => r.Any(c => IsNumber(c, decimalComma) || IsGap(c))));

    private static int Named(string[] names, List<string[]> data, string column)
    {
        int at = Array.FindIndex(names, n => n.Equals(column, StringComparison.OrdinalIgnoreCase));
        if (at >= 0) return at;
        int width = Math.Max(names.Length, data.Take(RowsLookedAt).Select(r => r.Length).DefaultIfEmpty(0).Max());
        if (int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= width) return number - 1;
        throw new ProblemException(new Problem("csv-column-missing", $"There is no column '{column}'.", "--column", names.Length > 0 ? $"The columns are {string.Join(", ", names)}." : $"Without a header, give its number from 1 to {width}."));
    }

    private static int TimeColumn(string[] names, List<string[]> data, int value)
    {
        for (int i = 0; i < names.Length; i++)
            if (i != value && s_timeNames.Contains(names[i], StringComparer.OrdinalIgnoreCase) && Most(data, i, c => TryTime(c, out _)))
                return i;
        int width = data.Take(RowsLookedAt).Select(r => r.Length).DefaultIfEmpty(0).Max();
        for (int i = 0; i < width; i++)
            if (i != value && width > 1 && Most(data, i, c => TryTime(c, out _)))
                return i;
        return -1;
    }

    private static int ValueColumn(string[] names, List<string[]> data, int time, bool decimalComma)
    {
        for (int i = 0; i < names.Length; i++)
            if (i != time && s_valueNames.Contains(names[i], StringComparer.OrdinalIgnoreCase))
                return i;
        int width = data.Take(RowsLookedAt).Select(r => r.Length).DefaultIfEmpty(0).Max();
        var numeric = Enumerable.Range(0, width).Where(i => i != time && Most(data, i, c => IsNumber(c, decimalComma) || IsGap(c))).ToArray();
        // A first column that only counts rows is no measurement.
        if (numeric.Length > 1 && CountsRows(data, numeric[0], decimalComma)) return numeric[1];
        return numeric.Length > 0 ? numeric[0] : time == 0 ? 1 : 0;
    }

    private static bool CountsRows(List<string[]> data, int column, bool decimalComma)
    {
        double before = double.NaN;
        foreach (string[] row in data.Take(RowsLookedAt))
        {
            double value = column < row.Length ? Number(row[column], decimalComma) : double.NaN;
            if (double.IsNaN(value) || (!double.IsNaN(before) && value != before + 1)) return false;
            before = value;
        }
        return data.Count > 1;
    }

    private static bool Most(List<string[]> data, int column, Func<string, bool> test)
    {
        int yes = 0, all = 0;
        foreach (string[] row in data.Take(RowsLookedAt))
        {
            if (column >= row.Length || row[column].Length == 0) continue;
            all++;
            if (test(row[column])) yes++;
        }
        return all > 0 && yes * 2 > all;
    }

    private static bool IsGap(string cell) => cell.Length == 0 || cell.Equals("NaN", StringComparison.OrdinalIgnoreCase) || cell.Equals("NA", StringComparison.OrdinalIgnoreCase) || cell.Equals("null", StringComparison.OrdinalIgnoreCase);

    private static bool IsNumber(string cell, bool decimalComma) => double.IsFinite(Number(cell, decimalComma));

    /// <summary>NaN for what is no finite number.</summary>
    private static double Number(string cell, bool decimalComma)
    {
        if (decimalComma && cell.Contains(',', StringComparison.Ordinal) && !cell.Contains('.', StringComparison.Ordinal)) cell = cell.Replace(',', '.');
        return double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : double.NaN;
    }

    /// <summary>Text with a date in it, or Unix seconds (9 to 11 digits) or milliseconds (12 to 14).</summary>
    private static bool TryTime(string cell, out long milliseconds)
    {
        milliseconds = 0;
        if (double.TryParse(cell, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double unix))
        {
            if (unix is < 1e8 or >= 1e14) return false;
            milliseconds = (long)Math.Round(unix < 1e11 ? unix * 1000 : unix);
            return true;
        }
        if (cell.Length < 6 || !char.IsAsciiDigit(cell[0]) || cell.AsSpan().IndexOfAny("-/.:") < 0) return false;
        if (!DateTimeOffset.TryParse(cell, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out var instant)) return false;
        milliseconds = instant.ToUnixTimeMilliseconds();
        return true;
    }
}
