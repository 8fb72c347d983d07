namespace Headroom.Metrics.Storage;

/// <summary>An inverted index over series numbered from 0: label name, value, and the series that have it.</summary>
internal interface ILabelIndex
{
    /// <summary>Number of series; they are numbered from 0.</summary>
    int SeriesCount { get; }

    /// <summary>How many values a label has.</summary>
    int ValueCount(string name);

    /// <summary>The label names in use, in no particular order.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>The values of a label, in no particular order.</summary>
    IEnumerable<string> Values(string name);

    /// <summary>The series with a label value, ascending; empty when there are none.</summary>
    ReadOnlySpan<int> Postings(string name, string value);

    /// <summary>A series' value of a label; empty when it has none.</summary>
    string ValueOf(int series, string name);
}
