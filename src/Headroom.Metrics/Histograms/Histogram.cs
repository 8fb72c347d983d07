namespace Headroom.Metrics.Histograms;

/// <summary>
/// A distribution as a sparse base-2 exponential histogram: bucket i covers (base^i, base^(i+1)] with
/// base = 2^(2^-scale), negative values by magnitude (OpenTelemetry data model, "ExponentialHistogram"; Prometheus's
/// native histogram is the same with its index one higher). Immutable. Counts are doubles, as in Prometheus's float
/// histograms; whole numbers are exact to 2^53.
/// </summary>
public sealed partial class Histogram
{
    /// <summary>Resolution; -4 to 20. Data recorded here has scale 6.</summary>
    public int Scale { get; init; }

    /// <summary>Magnitudes up to this count as zero.</summary>
    public double ZeroThreshold { get; init; }

    /// <summary>Observations in the zero bucket.</summary>
    public double ZeroCount { get; init; }

    /// <summary>All observations, NaN included.</summary>
    public double Count { get; init; }

    /// <summary>Sum of all observations.</summary>
    public double Sum { get; init; }

    /// <summary>Buckets of positive values.</summary>
    public Buckets Positive { get; init; } = Buckets.Empty;

    /// <summary>Buckets of negative values, by magnitude.</summary>
    public Buckets Negative { get; init; } = Buckets.Empty;

    /// <summary>
    /// Upper bounds of a custom-bounds histogram (Prometheus schema -53), ascending, without +Inf; null for an
    /// exponential one. Then bucket i of <see cref="Positive"/> is (bounds[i-1], bounds[i]], the last open to +Inf,
    /// and scale, zero bucket and negative buckets are unused.
    /// </summary>
    public double[]? CustomBounds { get; init; }

    /// <summary>What a producer or an operation says about resets (Prometheus's counter-reset hint).</summary>
    public ResetHint Reset { get; init; }

    /// <summary>
    /// Marks the end of the series, as <see cref="StaleMarker"/> does for floats: a histogram whose sum is that NaN.
    /// </summary>
    public bool IsStale => StaleMarker.IsStale(Sum);
}

/// <summary>
/// A sparse run of buckets: ascending indexes and their counts, both of the same length. Zero counts may be absent.
/// </summary>
public sealed record Buckets(int[] Indexes, double[] Counts)
{
    /// <summary>No bucket is populated.</summary>
    public static readonly Buckets Empty = new([], []);
}

/// <summary>Whether a histogram sample starts a new count, and whether it is a counter at all.</summary>
public enum ResetHint
{
    /// <summary>Compare with the sample before to find out.</summary>
    Unknown,

    /// <summary>This sample starts a new count.</summary>
    CounterReset,

    /// <summary>This sample surely continues the count before.</summary>
    NotCounterReset,

    /// <summary>Not a counter: counts may go down.</summary>
    Gauge,
}
