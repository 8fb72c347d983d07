using System.Text;
using System.Text.Json;

namespace Headroom.Load.Plans;

/// <summary>Rows of data that requests draw on, read whole before the run: CSV with a header line, or a JSON array of objects.</summary>
internal sealed class Feed
{
    /// <summary>The largest file read.</summary>
    public const long MaximumBytes = 256 << 20;

    private Feed(string name, FeedOrder order, string[] columns, byte[][] cells) => (Name, Order, Columns, Cells) = (name, order, columns, cells);

    public string Name { get; }

    public FeedOrder Order { get; }

    public IReadOnlyList<string> Columns { get; }

    /// <summary>Row by row, as UTF-8.</summary>
    public byte[][] Cells { get; }

    public int Rows => Cells.Length / Columns.Count;

    /// <summary>Reads CSV (RFC 4180: quotes, doubled quotes, line breaks in quotes).</summary>
    public static Feed? FromCsv(string name, FeedOrder order, string text, out string reason)
    {
        reason = "";
        var rows = Csv(text);
        if (rows.Count < 2) return Fail("it needs a header line and at least one row", out reason);
        string[] columns = [.. rows[0].Select(c => c.Trim())];
        if (columns.Any(c => c.Length == 0) || columns.Distinct().Count() != columns.Length) return Fail("each column needs a name of its own", out reason);
        var cells = new List<byte[]>(rows.Count * columns.Length);
        for (int i = 1; i < rows.Count; i++)
        {
            if (rows[i].Count != columns.Length) return Fail($"row {i + 1} has {rows[i].Count} fields and the header {columns.Length}", out reason);
            cells.AddRange(rows[i].Select(Encoding.UTF8.GetBytes));
        }
        return new Feed(name, order, columns, [.. cells]);
    }

    /// <summary>Reads a JSON array of objects; the first one's members are the columns.</summary>
    public static Feed? FromJson(string name, FeedOrder order, ReadOnlyMemory<byte> json, out string reason)
    {
        reason = "";
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() == 0 || root[0].ValueKind != JsonValueKind.Object || !root[0].EnumerateObject().Any())
                return Fail("it must be an array of objects, and not empty", out reason);
            string[] columns = [.. root[0].EnumerateObject().Select(p => p.Name)];
            var cells = new List<byte[]>(root.GetArrayLength() * columns.Length);
            int row = 0;
            foreach (var item in root.EnumerateArray())
            {
                row++;
                if (item.ValueKind != JsonValueKind.Object) return Fail($"item {row} is no object", out reason);
                foreach (string column in columns)
                {
                    if (!item.TryGetProperty(column, out var value)) return Fail($"item {row} has no '{column}'", out reason);
                    cells.Add(Encoding.UTF8.GetBytes(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText()));
                }
            }
            return new Feed(name, order, columns, [.. cells]);
        }
        catch (JsonException error)
        {
            return Fail($"it is not JSON: {error.Message}", out reason);
        }
    }

    private static Feed? Fail(string why, out string reason)
    {
        reason = why;
        return null;
    }

    private static List<List<string>> Csv(string text)
    {
        var rows = new List<List<string>>();
        var row = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quoted)
            {
                if (c != '"') field.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"') field.Append(text[++i]);
                else quoted = false;
            }
            else if (c == '"' && field.Length == 0)
            {
                quoted = true;
            }
            else if (c == ',')
            {
                row.Add(field.ToString());
                field.Clear();
            }
            else if (c == '\n')
            {
                EndRow();
            }
            else if (c != '\r')
            {
                field.Append(c);
            }
        }
        if (field.Length > 0 || row.Count > 0) EndRow();
        return rows;

        void EndRow()
        {
            row.Add(field.ToString());
            field.Clear();
            // An empty line is no row.
            if (row.Count > 1 || row[0].Length > 0) rows.Add(row);
            row = [];
        }
    }
}

/// <summary>Which row of a feed an iteration gets.</summary>
internal enum FeedOrder
{
    /// <summary>The next one, over all users; from the top again after the last.</summary>
    Sequential,

    /// <summary>Any.</summary>
    Random,
}
