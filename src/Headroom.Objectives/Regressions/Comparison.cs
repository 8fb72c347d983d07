using Headroom.Objectives.Kpis;

namespace Headroom.Objectives.Regressions;

/// <summary>A query to compare between two windows.</summary>
/// <param name="Query">A PromQL expression that gives numbers.</param>
/// <param name="Better">Which way it gets better. Where nothing says, higher counts as worse.</param>
public sealed record Comparison(string Query, Preference Better)
{
    private static readonly string[] HigherIsBetter =
        ["throughput", "success", "availability", "uptime", "hit_ratio", "hit_rate", "hitrate", "requests_per_second", "rps", "apdex"];

    private static readonly string[] HigherIsWorse =
        ["latency", "duration", "error", "failure", "timeout", "throttle", "_seconds", "response_time"];

    /// <summary>A KPI's query, with the preference that its bounds state.</summary>
    public static Comparison Of(KpiDefinition kpi) =>
        new(kpi.Query, kpi.Preference.Direction == BetterDirection.Unknown ? Guess(kpi.Query) : kpi.Preference);

    /// <summary>A query whose better way is read from the names in it: see <see cref="Guess"/>.</summary>
    public static Comparison Of(string query) => new(query, Guess(query));

    /// <summary>
    /// Guesses which way is better from the words in a query: latencies, durations and errors should be low (document 2, "Performance
    /// Regression Detection"), throughput, success, availability and hit ratios high; without such a word, low.
    /// </summary>
    public static Preference Guess(string query)
    {
        bool Contains(string word) => query.Contains(word, StringComparison.OrdinalIgnoreCase);
        return !HigherIsWorse.Any(Contains) && HigherIsBetter.Any(Contains) ? Preference.Higher : Preference.Lower;
    }
}

/// <summary>A stretch of time, open at its start and closed at its end, as PromQL's ranges are.</summary>
public readonly record struct TimeWindow(DateTimeOffset From, DateTimeOffset To);

/// <summary>How two windows are compared.</summary>
public sealed record BeforeAfterOptions
{
    /// <summary>Changes of the median up to this share are never a finding, in percent. Default 20 (document 2).</summary>
    public double TolerancePercent { get; init; } = 20;

    /// <summary>The chance of any false finding over all series compared, when nothing changed. Default 0.05.</summary>
    public double Significance { get; init; } = 0.05;

    /// <summary>Fewer slots with data than this in a window give no verdict. At least 4. Default 4: with fewer, no p-value can be below 0.05.</summary>
    public int MinimumSlots { get; init; } = 4;

    /// <summary>Draws of the bootstrap. Default 2000.</summary>
    public int Resamples { get; init; } = 2000;

    /// <summary>Seed of the bootstrap, so that the same data give the same answer. Default 1.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>What a comparison found.</summary>
/// <param name="Findings">One for each series: regressions first, the largest change first; then improvements, no data and unchanged.</param>
/// <param name="Notes">Queries that failed, and annotations.</param>
public sealed record ComparisonResult(IReadOnlyList<RegressionFinding> Findings, IReadOnlyList<string> Notes);
