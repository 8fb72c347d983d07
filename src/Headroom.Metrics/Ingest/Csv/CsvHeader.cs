using System.Text;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Metrics.Ingest.Csv;

/// <summary>Where the columns stand that are asked for.</summary>
/// <param name="Delimiter">What separates the fields.</param>
/// <param name="Columns">Number of columns.</param>
/// <param name="Time">Position of the times.</param>
/// <param name="Value">Position of the values.</param>
/// <param name="Labels">Positions of the label columns, in the order asked for.</param>
internal sealed record CsvHeader(byte Delimiter, int Columns, int Time, int Value, int[] Labels)
{
    private static readonly byte[] Delimiters = [(byte)',', (byte)';', (byte)'\t'];

    /// <summary>Reads the header, trying the delimiters in turn when none is prescribed.</summary>
    /// <exception cref="ProblemException">A column is missing or stands twice.</exception>
    public static CsvHeader Parse(ReadOnlySpan<byte> bytes, CsvImportOptions options)
    {
        byte[] candidates = options.Delimiter is { } given ? [(byte)given] : Delimiters;
        Problem? first = null;
        foreach (byte delimiter in candidates)
        {
            var record = new CsvRecord(delimiter);
            if (record.Scan(bytes, isAtEnd: true) != CsvScan.Complete)
            {
                first ??= new Problem("csv-bad-header", $"the header cannot be read: {record.Fault.Reason}", "line 1");
                continue;
            }
            var names = new string[record.Count];
            for (int i = 0; i < names.Length; i++) names[i] = Encoding.UTF8.GetString(record.Text(bytes, i)).Trim();
            var problem = TryFind(names, delimiter, options, out var header);
            if (header is not null) return header;
            first ??= problem;
        }
        throw new ProblemException(first!);
    }

    private static Problem? TryFind(string[] names, byte delimiter, CsvImportOptions options, out CsvHeader? header)
    {
        header = null;
        int time = -1, value = -1;
        int[] labels = new int[options.LabelColumns.Count];
        var problem = Find(names, options.TimeColumn, "--time-column", out time)
            ?? Find(names, options.ValueColumn, "--value-column", out value);
        for (int i = 0; problem is null && i < labels.Length; i++)
            problem = Find(names, options.LabelColumns[i], "--label-columns", out labels[i]);
        if (problem is null) header = new CsvHeader(delimiter, names.Length, time, value, labels);
        return problem;
    }

    /// <summary>Exactly, else ignoring case.</summary>
    private static Problem? Find(string[] names, string column, string option, out int position)
    {
        position = -1;
        foreach (var comparison in (StringComparison[])[StringComparison.Ordinal, StringComparison.OrdinalIgnoreCase])
        {
            position = Array.FindIndex(names, name => name.Equals(column, comparison));
            if (position < 0) continue;
            if (Array.FindLastIndex(names, name => name.Equals(column, comparison)) == position) return null;
            return new Problem("csv-duplicate-column", $"the header has the column '{column}' twice", "line 1", "Rename one of them.");
        }
        string known = string.Join(", ", names.Take(20).Select(name => name.Length > 40 ? name[..40] + "…" : name));
        return new Problem("csv-missing-column", $"the header has no column '{column}'; it has: {known}", "line 1", $"Name the column with {option}.");
    }
}
