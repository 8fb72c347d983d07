using System.Globalization;

namespace Headroom.Cli.Top;

/// <summary>What a server says about itself at one instant, read off its <c>/metrics</c>.</summary>
/// <param name="Samples">Samples accepted since it started.</param>
/// <param name="Requests">Requests answered since it started.</param>
/// <param name="Series">Active series.</param>
/// <param name="LogBytes">Size of the write-ahead log.</param>
/// <param name="ResidentBytes">Memory it holds.</param>
/// <param name="CacheHitPercent">Share of reads answered from the cache; null when none could have been.</param>
internal sealed record ServerCounts(double Samples, double Requests, double Series, double LogBytes, double ResidentBytes, double? CacheHitPercent)
{
    /// <summary>Reads OpenMetrics text; what is missing is zero.</summary>
    public static ServerCounts Read(string metrics)
    {
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var line in metrics.AsSpan().EnumerateLines())
        {
            if (line.IsEmpty || line[0] == '#') continue;
            int space = line.LastIndexOf(' ');
            int brace = line.IndexOf('{');
            if (space <= 0 || !double.TryParse(line[(space + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)) continue;
            string name = line[..(brace > 0 ? brace : space)].ToString();
            sums[name] = sums.GetValueOrDefault(name) + value;
        }
        return new ServerCounts(sums.GetValueOrDefault("headroom_ingest_samples_total"), sums.GetValueOrDefault("headroom_http_requests_total"),
            sums.GetValueOrDefault("headroom_store_active_series"), sums.GetValueOrDefault("headroom_store_log_bytes"),
            sums.GetValueOrDefault("headroom_process_resident_memory_bytes"), sums.TryGetValue("CacheHitRate", out double hit) ? hit : null);
    }

    /// <summary>The line that shows it; rates need an earlier look.</summary>
    public string Line(ServerCounts? before, TimeSpan since)
    {
        string rates = before is null || since <= TimeSpan.Zero
            ? string.Create(CultureInfo.InvariantCulture, $"{Samples:#,0} samples, {Requests:#,0} requests so far")
            // A server that started again counts from zero.
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, Samples - before.Samples) / since.TotalSeconds:#,0.0} samples/s, {Math.Max(0, Requests - before.Requests) / since.TotalSeconds:#,0.0} requests/s");
        string cache = CacheHitPercent is { } hit ? string.Create(CultureInfo.InvariantCulture, $", cache hit rate {hit:0}%") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{rates}, {Series:#,0} active series, log {LogBytes / (1 << 20):0.0} MiB, memory {ResidentBytes / (1 << 20):0} MiB{cache}");
    }
}
