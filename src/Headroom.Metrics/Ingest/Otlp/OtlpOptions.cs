namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>How OTLP metrics and traces become series.</summary>
public sealed record OtlpOptions
{
    /// <summary>The largest body after decompression, in bytes. Default 64 MiB, as the OTLP specification asks.</summary>
    public int MaxBodyBytes { get; init; } = 64 << 20;

    /// <summary>What explicit-bucket histograms become. Default classic series.</summary>
    public ExplicitHistograms Histograms { get; init; } = ExplicitHistograms.Classic;

    /// <summary>Whether series bear <c>otel_scope_name</c>, <c>otel_scope_version</c>, <c>otel_scope_schema_url</c> and the scope's attributes. Default false, as in Prometheus 3.</summary>
    public bool ScopeLabels { get; init; }

    /// <summary>Limits of labels.</summary>
    public SeriesLimits Series { get; init; } = new();

    /// <summary>Bounds of one explicit-bucket histogram; each is a series. Default 1,024.</summary>
    public int MaxExplicitBounds { get; init; } = 1024;

    /// <summary>Populated buckets of one exponential histogram that are read; above 4,096 the scale is lowered. Default 65,536.</summary>
    public int MaxExponentialBuckets { get; init; } = 65_536;

    /// <summary>Samples, buckets and exemplars that one request may come to; its further points are refused. Default 8,000,000.</summary>
    public int MaxRequestItems { get; init; } = 8_000_000;

    /// <summary>Exemplars kept of one data point. Default 10.</summary>
    public int MaxExemplarsPerPoint { get; init; } = 10;

    /// <summary>
    /// How long before a point its count may have started for the start to be written as a sample of 0, so that
    /// <c>rate</c> sees the first count. Default 10 min.
    /// </summary>
    public TimeSpan StartWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Running totals of delta series kept in memory; those used least recently are read from the store again. Default 500,000.</summary>
    public int MaxDeltaSeries { get; init; } = 500_000;

    /// <summary>How far back the store is searched for a delta series' total after a restart. Default 1 h.</summary>
    public TimeSpan ResumeWithin { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Memory for the labels of known series by the bytes they come as, in bytes. Default 512 MiB, about 600,000 series.</summary>
    public long MaxCacheBytes { get; init; } = 512L << 20;

    /// <summary>Operations (span names) of one service; spans of further ones are counted under one name. Default 1,000, and 250,000 for all services together.</summary>
    public int MaxOperationsPerService { get; init; } = 1000;

    /// <summary>Slowest spans of a series kept as exemplars in each slot of 10 s. Default 3.</summary>
    public int SlowestSpansPerSlot { get; init; } = 3;

    /// <summary>How far ahead of this machine's clock a span may end. Default 10 min: one far ahead would make its series refuse all others as too old.</summary>
    public TimeSpan MaxSpanAhead { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>What explicit-bucket histograms become.</summary>
public enum ExplicitHistograms
{
    /// <summary>Series <c>_bucket</c>, <c>_sum</c> and <c>_count</c>.</summary>
    Classic,

    /// <summary>One native histogram with custom bounds.</summary>
    Native,
}
