using System.Text.RegularExpressions;
using Headroom.Metrics.PromQL;

namespace Headroom.Objectives.Slos;

/// <summary>Finds out on how many raw samples a query stands.</summary>
internal static partial class SampleCounting
{
    /// <summary>A query that counts the samples in every range of an expression; null when it has none.</summary>
    public static string? QueryFor(string expression)
    {
        var ranges = RangeSelector().Matches(expression).Select(m => m.Value).Distinct(StringComparer.Ordinal).Where(IsSelector).ToList();
        return ranges.Count == 0 ? null : string.Join(" + ", ranges.Select(r => $"(sum(count_over_time({r})) or vector(0))"));
    }

    private static bool IsSelector(string range)
    {
        try
        {
            PromqlSyntax.Check($"count_over_time({range})");
            return true;
        }
        catch (PromqlException)
        {
            return false;
        }
    }

    // A selector followed by a range; what only looks like one inside a string does not parse, or counts nothing.
    [GeneratedRegex("""[a-zA-Z_:][a-zA-Z0-9_:]*\s*(\{(?:[^{}"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*\})?\s*\[[0-9a-z]+\]""")]
    private static partial Regex RangeSelector();
}
