namespace Headroom.Metrics.Ingest.Csv;

/// <summary>How a CSV file is read.</summary>
public sealed record CsvImportOptions : ImportOptions
{
    /// <summary>The metric's name, any UTF-8; the command line takes the file's name without its extension.</summary>
    public required string Metric { get; init; }

    /// <summary>The column with the times. Default <c>timestamp</c>.</summary>
    public string TimeColumn { get; init; } = "timestamp";

    /// <summary>The column with the values. Default <c>value</c>.</summary>
    public string ValueColumn { get; init; } = "value";

    /// <summary>Columns that become labels of the same name; an empty value is an absent label. Default none.</summary>
    public IReadOnlyList<string> LabelColumns { get; init; } = [];

    /// <summary>
    /// What separates fields. Default null: the comma, unless the header has the needed columns only when split at
    /// semicolons or tabs.
    /// </summary>
    public char? Delimiter { get; init; }
}
