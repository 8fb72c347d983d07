using System.Text.RegularExpressions;
using Headroom.Metrics.PromQL;

namespace Headroom.Objectives.Slos.OpenSlo;

/// <summary>Turns the queries of OpenSLO, whose meaning over a window is left to tools, into ones over <c>$window</c>.</summary>
internal static partial class OpenSloQueries
{
    /// <summary>What is wrong with a query, or null.</summary>
    public static string? WhatIsWrong(string query)
    {
        try
        {
            PromqlSyntax.Check(query.Replace(SloQueries.Placeholder, "5m", StringComparison.Ordinal));
            return null;
        }
        catch (PromqlException error)
        {
            return error.Message;
        }
    }

    /// <summary>The query over the window, and what had to be assumed.</summary>
    public static (string Query, string? Assumption) OverWindow(string query, bool counter)
    {
        string placed = Templates().Replace(query, SloQueries.Placeholder);
        if (placed.Contains(SloQueries.Placeholder, StringComparison.Ordinal)) return (placed, null);
        if (!counter) return ($"sum_over_time(({query})[$window:1m])", "the query has no window; its values at one-minute steps are added up.");
        if (IsSelector(query.Trim())) return ($"sum(increase({query.Trim()}[$window]))", null);
        // Adding up first would make every restart of one process a drop of the sum.
        if (SumOfSelector().Match(query) is { Success: true } sum && IsSelector(sum.Groups["selector"].Value.Trim()))
            return ($"sum{(sum.Groups["by"].Length > 0 ? " " : "")}{sum.Groups["by"].Value}(increase({sum.Groups["selector"].Value.Trim()}[$window])){sum.Groups["after"].Value}", null);
        return ($"increase(({query})[$window:1m])", "the query has no window; the increase of its values at one-minute steps is taken.");
    }

    private static bool IsSelector(string text)
    {
        try
        {
            PromqlSyntax.ParseSelector(text);
            return true;
        }
        catch (PromqlException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"\{\{\s*\.?window\s*\}\}|\$\{window\}|\$__range\b")]
    private static partial Regex Templates();

    [GeneratedRegex(@"^\s*sum\s*(?<by>(by|without)\s*\([^()]*\)\s*)?\((?<selector>[^()]*)\)(?<after>\s*(by|without)\s*\([^()]*\))?\s*$")]
    private static partial Regex SumOfSelector();
}
