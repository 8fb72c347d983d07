using Headroom.Load.Generator;

namespace Headroom.Load.Results;

/// <summary>
/// What a run came to. The same record is the JSON document of <c>--out</c>, by these names in camelCase; fields are only ever added
/// within schema 1. Latencies are in milliseconds, and null where nothing was measured.
/// </summary>
public sealed record LoadResult
{
    /// <summary>Version of the document.</summary>
    public int Schema { get; init; } = 1;

    /// <summary>The plan's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the generator carried the run; otherwise it neither passed nor failed.</summary>
    public required bool Valid { get; init; }

    /// <summary>Why it is not valid.</summary>
    public required IReadOnlyList<string> InvalidReasons { get; init; }

    /// <summary>What limits what the run says.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Whether every threshold was kept.</summary>
    public required bool Passed { get; init; }

    /// <summary>Whether somebody stopped it.</summary>
    public bool Interrupted { get; init; }

    /// <summary>The threshold that ended it early, or null.</summary>
    public string? AbortedBy { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it measured, from the end of the warm-up to the last answer.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>How long the warm-up before that was.</summary>
    public double WarmUpSeconds { get; init; }

    /// <summary>How requests travelled.</summary>
    public required string Transport { get; init; }

    /// <summary>The scenarios with their shapes.</summary>
    public required IReadOnlyList<ScenarioSummary> Scenarios { get; init; }

    /// <summary>Requests in numbers.</summary>
    public required RequestCounts Requests { get; init; }

    /// <summary>From the first byte sent to the last received.</summary>
    public required LatencySummary ServiceTime { get; init; }

    /// <summary>From when the plan meant to send to the last byte received: waiting for a free user or connection, connecting and TLS included.</summary>
    public required LatencySummary ResponseTime { get; init; }

    /// <summary>How often each status came.</summary>
    public required IReadOnlyDictionary<string, long> Statuses { get; init; }

    /// <summary>What failed, by class; answers of 4xx and 5xx, and failed checks, included.</summary>
    public required IReadOnlyDictionary<string, long> Errors { get; init; }

    /// <summary>Each kind of request by itself.</summary>
    public required IReadOnlyList<EndpointSummary> Endpoints { get; init; }

    /// <summary>The checks.</summary>
    public required IReadOnlyList<CheckSummary> Checks { get; init; }

    /// <summary>The plan's own metrics.</summary>
    public required IReadOnlyList<MetricSummary> Metrics { get; init; }

    /// <summary>Iterations.</summary>
    public required IterationSummary Iterations { get; init; }

    /// <summary>Bytes.</summary>
    public required DataSummary Data { get; init; }

    /// <summary>The thresholds with what they were judged by.</summary>
    public required IReadOnlyList<ThresholdResult> Thresholds { get; init; }

    /// <summary>How the generator fared.</summary>
    public required GeneratorReport Generator { get; init; }

    /// <summary>The words of the source document for error rate, 95th percentile and throughput.</summary>
    public required IReadOnlyList<AssessmentLine> Assessment { get; init; }

    /// <summary>Seconds that each element of <see cref="Series"/> covers.</summary>
    public required int SlotSeconds { get; init; }

    /// <summary>The run's course.</summary>
    public required IReadOnlyList<SlotSummary> Series { get; init; }
}

/// <summary>Requests in numbers.</summary>
/// <param name="Sent">Handed to the network, warm-up excluded.</param>
/// <param name="Completed">Answered, with whatever status.</param>
/// <param name="Failed">Not answered, or answered with 400 or more.</param>
/// <param name="Unanswered">Of these, under way when the run ended; their age counts as their time.</param>
/// <param name="PerSecond">Completed per second.</param>
/// <param name="FailedRate">Failed of all that ended, from 0 to 1.</param>
public sealed record RequestCounts(long Sent, long Completed, long Failed, long Unanswered, double PerSecond, double FailedRate);

/// <summary>A distribution of latencies, in milliseconds; null where nothing was measured.</summary>
public sealed record LatencySummary
{
    /// <summary>How many.</summary>
    public required long Count { get; init; }

    /// <summary>The least, exactly.</summary>
    public double? Min { get; init; }

    /// <summary>Their mean.</summary>
    public double? Average { get; init; }

    /// <summary>50th percentile; like the others within 0.542% of the exact one.</summary>
    public double? P50 { get; init; }

    /// <summary>90th percentile.</summary>
    public double? P90 { get; init; }

    /// <summary>95th percentile.</summary>
    public double? P95 { get; init; }

    /// <summary>99th percentile.</summary>
    public double? P99 { get; init; }

    /// <summary>99.9th percentile.</summary>
    public double? P999 { get; init; }

    /// <summary>The most, exactly.</summary>
    public double? Max { get; init; }

    /// <summary>The whole distribution, in seconds.</summary>
    public HistogramDocument? Histogram { get; init; }
}

/// <summary>A base-2 exponential histogram: bucket i covers (2^(i/2^scale), 2^((i+1)/2^scale)].</summary>
public sealed record HistogramDocument(int Scale, double ZeroCount, double Count, double Sum, IReadOnlyList<int> Indexes, IReadOnlyList<double> Counts);

/// <summary>A scenario.</summary>
public sealed record ScenarioSummary(string Name, string Executor, string Load);

/// <summary>One kind of request. Latencies are response times.</summary>
public sealed record EndpointSummary(
    string Name, string Scenario, string Method, long Count, long Failed, double SuccessRate, double? Average, double? P50, double? P95, double? P99, double? Max,
    LatencySummary ResponseTime, LatencySummary ServiceTime, IReadOnlyDictionary<string, long> Outcomes);

/// <summary>A check.</summary>
public sealed record CheckSummary(string Name, string Request, long Passed, long Failed);

/// <summary>A metric of the plan's own: a rate's share or a counter's sum as value, a trend's distribution in its own unit.</summary>
public sealed record MetricSummary(string Name, string Kind, double? Value, long Count, LatencySummary? Trend);

/// <summary>Iterations; durations in milliseconds.</summary>
public sealed record IterationSummary(long Completed, double PerSecond, LatencySummary Duration);

/// <summary>Bytes of requests, and of answers with their headers.</summary>
public sealed record DataSummary(long SentBytes, long ReceivedBytes);

/// <summary>A threshold's verdict. The value is null when nothing was measured, which is no pass.</summary>
public sealed record ThresholdResult(string Metric, string Expression, double? Value, bool Passed);

/// <summary>A line of the assessment.</summary>
public sealed record AssessmentLine(string Subject, string Word, string Bound, bool Good);

/// <summary>A stretch of the run, its times from the start. Latencies are response times in milliseconds.</summary>
public sealed record SlotSummary(
    long Second, double PerSecond, double StartedPerSecond, double FailedPerSecond, int ActiveVus, double? P50, double? P90, double? P95, double? P99, double? Max, double LagP99Ms,
    IReadOnlyDictionary<string, long> Outcomes);
