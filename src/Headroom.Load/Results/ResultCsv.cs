using System.Globalization;
using System.Text;

namespace Headroom.Load.Results;

/// <summary>The run's course as CSV (RFC 4180): a row a second, or what a slot covers in a long run.</summary>
public static class ResultCsv
{
    /// <summary>Writes it; latencies are response times in milliseconds, empty where nothing was measured.</summary>
    public static string Write(LoadResult result)
    {
        var text = new StringBuilder("second,requests_per_second,started_per_second,failed_per_second,active_vus,p50_ms,p90_ms,p95_ms,p99_ms,max_ms,schedule_lag_p99_ms\r\n");
        foreach (var s in result.Series)
            text.Append(CultureInfo.InvariantCulture, $"{s.Second},{s.PerSecond},{s.StartedPerSecond},{s.FailedPerSecond},{s.ActiveVus},{s.P50},{s.P90},{s.P95},{s.P99},{s.Max},{s.LagP99Ms}\r\n");
        return text.ToString();
    }
}
