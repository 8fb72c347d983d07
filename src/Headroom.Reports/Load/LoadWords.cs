using System.Globalization;
using Headroom.Load.Results;

namespace Headroom.Reports.Load;

/// <summary>Words and numbers of the load report.</summary>
internal static class LoadWords
{
    public static string Headline(LoadResult result)
    {
        if (result.Interrupted) return "Interrupted: this covers what was measured until then.";
        if (!result.Valid) return "Invalid: the generator could not carry this run, so it neither passed nor failed.";
        if (result.Endpoints.All(e => e.Count == 0)) return "Invalid: nothing was measured.";
        int broken = result.Thresholds.Count(t => !t.Passed);
        if (result.AbortedBy is { } by) return $"Failed, and ended early by {by}.";
        if (result.Thresholds.Count == 0) return $"Done: {Number(result.Requests.PerSecond)} requests/s, p99 {Ms(result.ResponseTime.P99)}. There are no thresholds to judge by.";
        return broken == 0 ? $"Passed: all {result.Thresholds.Count} thresholds were kept." : $"Failed: {broken} of {result.Thresholds.Count} thresholds were broken.";
    }

    public static string Tone(LoadResult result) =>
        result.Interrupted || result.Endpoints.All(e => e.Count == 0) ? "nodata" : !result.Valid ? "missed" : !result.Passed ? "critical" : "met";

    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Number(double number) => number.ToString("#,0.####", CultureInfo.InvariantCulture);

    public static string Ms(double? milliseconds) => milliseconds is not { } ms ? "–" : ms.ToString(ms < 1 ? "0.000" : ms < 100 ? "0.0#" : "#,0", CultureInfo.InvariantCulture) + " ms";
}
