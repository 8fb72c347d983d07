namespace Headroom.Load.Thresholds;

/// <summary>The metrics that every run has, by k6's names where k6 has them.</summary>
internal static class BuiltInMetrics
{
    public const string ResponseTime = "http_req_duration";
    public const string ServiceTime = "http_req_service_time";
    public const string Failed = "http_req_failed";
    public const string Requests = "http_reqs";
    public const string Checks = "checks";
    public const string Iterations = "iterations";
    public const string IterationDuration = "iteration_duration";
    public const string Dropped = "dropped_iterations";
    public const string DataSent = "data_sent";
    public const string DataReceived = "data_received";

    private static readonly Aggregation[] TrendAggregations = [Aggregation.Average, Aggregation.Minimum, Aggregation.Maximum, Aggregation.Percentile, Aggregation.Count];
    private static readonly Aggregation[] CounterAggregations = [Aggregation.Count, Aggregation.Rate];
    private static readonly Aggregation[] RateAggregations = [Aggregation.Rate];

    /// <summary>Each metric with what can be asked of it, and whether it knows the tags of requests.</summary>
    public static readonly IReadOnlyDictionary<string, (Aggregation[] Aggregations, bool OfRequests)> All = new Dictionary<string, (Aggregation[], bool)>(StringComparer.Ordinal)
    {
        [ResponseTime] = (TrendAggregations, true),
        [ServiceTime] = (TrendAggregations, true),
        [Failed] = (RateAggregations, true),
        [Requests] = (CounterAggregations, true),
        [Checks] = (RateAggregations, false),
        [Iterations] = (CounterAggregations, false),
        [IterationDuration] = (TrendAggregations, false),
        [Dropped] = (CounterAggregations, false),
        [DataSent] = (CounterAggregations, false),
        [DataReceived] = (CounterAggregations, false),
    };

    /// <summary>What can be asked of a metric that the plan defines.</summary>
    public static Aggregation[] Of(Plans.CustomMetricKind kind) => kind switch
    {
        Plans.CustomMetricKind.Rate => RateAggregations,
        Plans.CustomMetricKind.Counter => CounterAggregations,
        _ => TrendAggregations,
    };
}
