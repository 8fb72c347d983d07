using Headroom.Metrics;
using Headroom.Metrics.PromQL;

namespace Headroom.Objectives.Bottlenecks;

/// <summary>
/// What takes the most: slow operations, sources of errors, rate-limit hits and what is nearly full, each ranked by its share of
/// the total (documents 1 §8.1 and 3).
/// </summary>
/// <param name="backend">Where measurements live.</param>
public sealed class BottleneckRanking(IMetricsBackend backend)
{
    /// <summary>Ranks every kind over a stretch of time.</summary>
    /// <param name="queries">What to ask; <see cref="BottleneckQuery.Defaults"/> knows the usual metrics.</param>
    /// <param name="at">End of the stretch, Unix milliseconds.</param>
    /// <param name="window">Its length.</param>
    /// <param name="top">Most entries of one kind.</param>
    /// <param name="cancel">Stops the work.</param>
    public async ValueTask<IReadOnlyList<BottleneckList>> RankAsync(IReadOnlyList<BottleneckQuery> queries, long at, TimeSpan window, int top, CancellationToken cancel)
    {
        var lists = new List<BottleneckList>();
        foreach (var kind in Enum.GetValues<BottleneckKind>())
        {
            var entries = new List<Bottleneck>();
            var notes = new List<string>();
            foreach (var query in queries.Where(q => q.Kind == kind))
            {
                string expression = query.Over(window);
                try
                {
                    var result = await backend.QueryAsync(expression, at, cancel).ConfigureAwait(false);
                    if (result.Value is not VectorValue vector) continue;
                    entries.AddRange(vector.Samples.Where(s => s.Histogram is null && double.IsFinite(s.Value) && s.Value > 0)
                        .Select(s => new Bottleneck(kind, s.Labels, s.Value, double.NaN, expression)));
                }
                catch (PromqlException failure)
                {
                    notes.Add($"{expression}: {failure.Message}");
                }
            }
            // How full something is is no part of a whole; the other kinds add up.
            double total = kind == BottleneckKind.Saturation ? double.NaN : entries.Sum(e => e.Value);
            lists.Add(new BottleneckList(kind, total,
                [.. entries.Select(e => e with { Share = kind == BottleneckKind.Saturation ? e.Value : e.Value / total }).OrderByDescending(e => e.Value).ThenBy(e => e.Labels).Take(top)], notes));
        }
        return lists;
    }
}

/// <summary>The kinds of bottlenecks.</summary>
public enum BottleneckKind
{
    /// <summary>Operations by the time all their calls took, in seconds.</summary>
    SlowOperation,

    /// <summary>Sources of errors by their number.</summary>
    Errors,

    /// <summary>Requests refused because a limit was reached, by their number.</summary>
    RateLimit,

    /// <summary>How full something is, 0 to 1.</summary>
    Saturation,
}

/// <summary>One entry of a ranking.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Labels">What it is.</param>
/// <param name="Value">Seconds, errors, refusals, or how full.</param>
/// <param name="Share">Its part of the total, 0 to 1; of saturation, how full.</param>
/// <param name="Query">The query that found it.</param>
public sealed record Bottleneck(BottleneckKind Kind, Labels Labels, double Value, double Share, string Query);

/// <summary>A ranking of one kind.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Total">Sum over everything, not only over what is listed; NaN for saturation.</param>
/// <param name="Entries">The largest first.</param>
/// <param name="Notes">Queries that failed.</param>
public sealed record BottleneckList(BottleneckKind Kind, double Total, IReadOnlyList<Bottleneck> Entries, IReadOnlyList<string> Notes);

/// <summary>A query for one kind of bottleneck.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Query">PromQL with one number per candidate; <c>$window</c> stands for the stretch of time.</param>
public sealed record BottleneckQuery(BottleneckKind Kind, string Query)
{
    private const string Operation = "service, span_name, span_kind, http_route, endpoint, route, handler, operation, method, http_request_method";

    private const string Durations = "{__name__=~\"traces_span_metrics_duration_seconds|traces_span_metrics_duration|http_server_request_duration_seconds|http_client_request_duration_seconds|http_server_duration_milliseconds|request_duration|request_duration_seconds|http_request_duration_seconds|rpc_server_duration_seconds|db_client_operation_duration_seconds\"";

    /// <summary>
    /// Queries over the metric names that OpenTelemetry's and Prometheus's conventions and Headroom itself use. Names that are not
    /// there find nothing.
    /// </summary>
    public static IReadOnlyList<BottleneckQuery> Defaults { get; } =
    [
        new(BottleneckKind.SlowOperation, $"sum by ({Operation}) (histogram_sum(increase({Durations}}}[$window])))"),
        new(BottleneckKind.SlowOperation, $"sum by ({Operation}) (increase({Sums(Durations)}}}[$window]))"),
        new(BottleneckKind.Errors, $"sum by ({Operation}, code, status, http_response_status_code) (histogram_count(increase({Durations}, status_code=~\"ERROR|STATUS_CODE_ERROR|error\"}}[$window])))"),
        new(BottleneckKind.Errors, $"sum by ({Operation}, http_response_status_code) (histogram_count(increase({Durations}, http_response_status_code=~\"5..\"}}[$window])))"),
        new(BottleneckKind.Errors, $"sum by ({Operation}, code, status) (increase({{__name__=~\"http_requests_total|requests_total|http_server_requests_total\", code=~\"5..\"}}[$window]))"),
        new(BottleneckKind.Errors, $"sum by ({Operation}, status) (increase({{__name__=~\"http_requests_total|requests_total|http_server_requests_total\", status=~\"5..\"}}[$window]))"),
        new(BottleneckKind.RateLimit, $"sum by ({Operation}) (histogram_count(increase({Durations}, http_response_status_code=\"429\"}}[$window])))"),
        new(BottleneckKind.RateLimit, $"sum by ({Operation}) (increase({{__name__=~\"http_requests_total|requests_total|http_server_requests_total\", code=\"429\"}}[$window]))"),
        new(BottleneckKind.RateLimit, "sum by (service, api, table_name, function_name) (sum_over_time({__name__=~\"aws_.*_(throttledrequests|throttles|readthrottleevents|writethrottleevents)_sum\"}[$window]))"),
        new(BottleneckKind.Saturation, "max by (service, instance, cluster_name, service_name, db_instance_identifier) (max_over_time({__name__=~\"aws_.*_(cpuutilization|memoryutilization)_(average|maximum)\"}[$window])) / 100"),
        new(BottleneckKind.Saturation, "max by (service, instance) (1 - (avg by (service, instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[$window]))))"),
        new(BottleneckKind.Saturation, "max by (service, instance) (1 - min_over_time(node_memory_MemAvailable_bytes[$window]) / node_memory_MemTotal_bytes)"),
        new(BottleneckKind.Saturation, "max by (service, instance, mountpoint) (1 - node_filesystem_avail_bytes / node_filesystem_size_bytes)"),
    ];

    /// <summary>The query over a stretch of time.</summary>
    public string Over(TimeSpan window) => Query.Replace("$window", $"{(long)Math.Max(1, window.TotalSeconds)}s", StringComparison.Ordinal);

    // Classic histograms keep the time in a series of its own.
    private static string Sums(string durations) => durations.Replace("|", "_sum|", StringComparison.Ordinal).Replace("\"", "_sum\"", StringComparison.Ordinal).Replace("=~_sum\"", "=~\"", StringComparison.Ordinal);
}
