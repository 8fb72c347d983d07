using Headroom.Load.Results;
using Headroom.Metrics.PromQL;
using Headroom.Reports.Charts;

namespace Headroom.Reports.Load;

/// <summary>The charts over time of a load test.</summary>
internal static class LoadCharts
{
    /// <summary>All of them, in the order of the page.</summary>
    public static IReadOnlyList<(string Id, TimeSeriesChart Chart)> Of(LoadResult result) =>
    [
        ("latency", Chart(result, "Response time by percentile", "s", ("p50", s => s.P50 / 1000), ("p90", s => s.P90 / 1000), ("p95", s => s.P95 / 1000), ("p99", s => s.P99 / 1000), ("max", s => s.Max / 1000))),
        ("throughput", Chart(result, "Requests per second", null, ("answered", s => s.PerSecond), ("started", s => s.StartedPerSecond))),
        ("errors", Named(result, "Failures per second", IsError)),
        ("statuses", Named(result, "Answers per second by status", name => char.IsAsciiDigit(name[0]))),
        ("users", Chart(result, "Users within an iteration", null, ("users", s => s.ActiveVus))),
        ("lag", Chart(result, "Schedule lag, 99th percentile", "s", ("lag", s => s.LagP99Ms / 1000))),
    ];

    private static bool IsError(string name) => !char.IsAsciiDigit(name[0]) || name[0] is '4' or '5';

    private static TimeSeriesChart Named(LoadResult result, string title, Func<string, bool> chosen)
    {
        var names = result.Series.SelectMany(s => s.Outcomes.Keys).Distinct().Where(chosen).Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 0) return Chart(result, $"{title}: none", null, ("none", _ => 0));
        // A single line has no legend, so the title names it.
        return Chart(result, names.Length == 1 ? $"{title}: {names[0]}" : title, null,
            [.. names.Select(name => (name, (Func<SlotSummary, double?>)(s => s.Outcomes.GetValueOrDefault(name) / (double)result.SlotSeconds)))]);
    }

    private static TimeSeriesChart Chart(LoadResult result, string title, string? unit, params (string Name, Func<SlotSummary, double?> Value)[] lines)
    {
        long start = result.StartedAt.ToUnixTimeMilliseconds();
        double seconds = Math.Max(result.WarmUpSeconds + result.DurationSeconds, result.SlotSeconds);
        return new TimeSeriesChart
        {
            Title = title,
            From = result.StartedAt,
            To = result.StartedAt.AddSeconds(seconds),
            Unit = unit,
            Lines = [.. lines.Select(line => new ChartLine(line.Name, [.. result.Series.Select(s => new Point(start + s.Second * 1000, line.Value(s) ?? double.NaN))]))],
        };
    }
}
