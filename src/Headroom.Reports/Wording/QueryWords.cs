using System.Buffers;
using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Headroom.Reports.Wording;

/// <summary>
/// Reads off a PromQL expression what a person would: which metric it is about, and the unit that metric's name states
/// by Prometheus's naming convention. Only for words; nothing is judged by it, and in doubt it says nothing.
/// </summary>
internal static partial class QueryWords
{
    /// <summary>What leaves the unit of its argument as it is.</summary>
    private static readonly FrozenSet<string> KeepsUnit = new[]
    {
        "sum", "avg", "min", "max", "quantile", "topk", "bottomk", "by", "without", "last_over_time", "avg_over_time", "min_over_time", "max_over_time",
        "quantile_over_time", "sort", "sort_desc", "histogram_quantile", "histogram_avg", "offset",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly SearchValues<char> Arithmetic = SearchValues.Create("*/+-%^<>=");

    /// <summary>The one metric an expression selects; null when there is none or several.</summary>
    public static string? Metric(string query)
    {
        string bare = Bare(query);
        if (PlainName().IsMatch(bare)) return bare.Trim();
        var names = Selected().Matches(bare).Select(m => m.Value).Distinct(StringComparer.Ordinal).Take(2).ToList();
        return names.Count == 1 ? names[0] : null;
    }

    /// <summary><c>s</c> or <c>By</c> when the metric's name ends in its unit and nothing in the expression changes it; else null.</summary>
    public static string? Unit(string query)
    {
        if (Metric(query) is not { } metric) return null;
        string? unit = metric.EndsWith("_seconds", StringComparison.Ordinal) ? "s" : metric.EndsWith("_bytes", StringComparison.Ordinal) ? "By" : null;
        if (unit is null) return null;
        string bare = Grouping().Replace(Braces().Replace(Bare(query), ""), "");
        bool arithmetic = bare.AsSpan().ContainsAny(Arithmetic);
        return !arithmetic && Identifier().Matches(bare).All(m => m.Value == metric || KeepsUnit.Contains(m.Value)) ? unit : null;
    }

    // Strings and durations hold letters that are no names.
    private static string Bare(string query) => Window().Replace(Text().Replace(query, ""), "[]");

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|`[^`]*`")]
    private static partial Regex Text();

    [GeneratedRegex(@"\[[^\]]*\]|\b\d[\w.]*")]
    private static partial Regex Window();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"\b(?:by|without)\s*\([^)]*\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"[a-zA-Z_:][a-zA-Z0-9_:]*(?=\s*[{\[])")]
    private static partial Regex Selected();

    [GeneratedRegex(@"^\s*[a-zA-Z_:][a-zA-Z0-9_:]*\s*$")]
    private static partial Regex PlainName();

    [GeneratedRegex("[a-zA-Z_:][a-zA-Z0-9_:]*")]
    private static partial Regex Identifier();
}
