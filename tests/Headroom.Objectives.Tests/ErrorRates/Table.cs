using Headroom.TestKit;
using System.Globalization;
using System.Text;

namespace Headroom.Objectives.Tests.ErrorRates;

/// <summary>A table of measured rates in docs/objectives.md. The seeds are fixed, so what is printed there is what runs here.</summary>
internal sealed class Table(string name, params string[] columns)
{
    private readonly StringBuilder _text = new(
        $"| {string.Join(" | ", columns)} |\n|{string.Concat(columns.Select((_, i) => i == 0 ? "---|" : "---:|"))}\n");

    public void Row(string first, params double[] rates) =>
        _text.Append("| ").Append(first).Append(" | ").AppendJoin(" | ", rates.Select(r => r.ToString("P1", CultureInfo.InvariantCulture).Replace(" ", "", StringComparison.Ordinal))).Append(" |\n");

    /// <summary>Compares the table with the one in the document, or with HEADROOM_UPDATE=1 writes it there.</summary>
    public void CompareWithDocument()
    {
        string path = Repository.PathOf("docs", "objectives.md");
        string document = File.ReadAllText(path);
        string begin = $"<!-- measured: {name} -->\n";
        const string end = "<!-- end -->";
        int from = document.IndexOf(begin, StringComparison.Ordinal) + begin.Length;
        Assert.True(from >= begin.Length, $"docs/objectives.md has no place for '{name}'");
        int to = document.IndexOf(end, from, StringComparison.Ordinal);
        if (Repository.Updates) File.WriteAllText(path, document[..from] + _text + document[to..]);
        else Compare(document[from..to].Split('\n'), _text.ToString().Split('\n'));
    }

    /// <summary>Rates may differ by half a point: another machine's sine may differ in the last bit, and turn a case.</summary>
    private static void Compare(string[] printed, string[] measured)
    {
        Assert.Equal(printed.Length, measured.Length);
        foreach (var (before, now) in printed.Zip(measured))
        {
            var (cells, again) = (before.Split('|'), now.Split('|'));
            Assert.Equal(cells.Length, again.Length);
            foreach (var (cell, rate) in cells.Zip(again))
                if (rate.TrimEnd().EndsWith('%') && double.TryParse(rate.Trim().TrimEnd('%'), CultureInfo.InvariantCulture, out double percent))
                    Assert.InRange(double.Parse(cell.Trim().TrimEnd('%'), CultureInfo.InvariantCulture), percent - 0.5, percent + 0.5);
                else
                    Assert.Equal(cell, rate);
        }
    }
}
