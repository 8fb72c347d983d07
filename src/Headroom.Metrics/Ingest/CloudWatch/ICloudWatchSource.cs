namespace Headroom.Metrics.Ingest.CloudWatch;

/// <summary>
/// The two calls of CloudWatch that reading metrics needs. Implementations do not retry: the poller does, within its
/// budget of calls, and it must know when it is throttled.
/// </summary>
public interface ICloudWatchSource
{
    /// <summary>ListMetrics: the sets of dimensions under which a metric has data, a page at a time.</summary>
    /// <exception cref="CloudWatchThrottledException">The call was throttled.</exception>
    ValueTask<CloudWatchMetricPage> ListMetricsAsync(CloudWatchMetricFilter filter, string? nextToken, CancellationToken cancel);

    /// <summary>GetMetricData for at most 500 queries, a page at a time.</summary>
    /// <exception cref="CloudWatchThrottledException">The call was throttled.</exception>
    ValueTask<CloudWatchDataPage> GetMetricDataAsync(CloudWatchDataRequest request, string? nextToken, CancellationToken cancel);
}

/// <summary>Which metrics to list.</summary>
/// <param name="Region">AWS Region.</param>
/// <param name="Namespace">For example <c>AWS/ECS</c>.</param>
/// <param name="Metric">The metric's name.</param>
/// <param name="Dimensions">Dimensions that must be there; an empty value means any.</param>
public sealed record CloudWatchMetricFilter(string Region, string Namespace, string Metric, IReadOnlyList<Label> Dimensions);

/// <summary>A page of ListMetrics.</summary>
/// <param name="DimensionSets">The dimensions of each metric found, possibly none.</param>
/// <param name="NextToken">For the next page; null on the last.</param>
public sealed record CloudWatchMetricPage(IReadOnlyList<IReadOnlyList<Label>> DimensionSets, string? NextToken);

/// <summary>One statistic of one metric.</summary>
/// <param name="Id">Unique in the request, for example <c>q17</c>.</param>
/// <param name="Namespace">For example <c>AWS/ECS</c>.</param>
/// <param name="Metric">The metric's name.</param>
/// <param name="Dimensions">Exactly the metric's dimensions.</param>
/// <param name="Statistic">For example <c>Average</c> or <c>p99</c>.</param>
/// <param name="PeriodSeconds">Length of a period.</param>
public sealed record CloudWatchQuery(string Id, string Namespace, string Metric, IReadOnlyList<Label> Dimensions, string Statistic, int PeriodSeconds);

/// <summary>A request of GetMetricData.</summary>
/// <param name="Region">AWS Region.</param>
/// <param name="Queries">At most 500.</param>
/// <param name="Start">Unix milliseconds, included.</param>
/// <param name="End">Unix milliseconds, not included.</param>
public sealed record CloudWatchDataRequest(string Region, IReadOnlyList<CloudWatchQuery> Queries, long Start, long End);

/// <summary>A page of GetMetricData. A query's values may be spread over pages.</summary>
/// <param name="Results">What was found.</param>
/// <param name="NextToken">For the next page; null on the last.</param>
public sealed record CloudWatchDataPage(IReadOnlyList<CloudWatchResult> Results, string? NextToken);

/// <summary>Values of one query.</summary>
/// <param name="Id">The query's.</param>
/// <param name="Times">Beginning of each period, Unix milliseconds, in any order.</param>
/// <param name="Values">As many.</param>
/// <param name="Error">Why there are no values; null when there is no error.</param>
public sealed record CloudWatchResult(string Id, IReadOnlyList<long> Times, IReadOnlyList<double> Values, string? Error = null);

/// <summary>CloudWatch asks to be called less.</summary>
public sealed class CloudWatchThrottledException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CloudWatchThrottledException(string message, TimeSpan? retryAfter = null) : base(message) => RetryAfter = retryAfter;

    /// <summary>When to call again; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; }
}
