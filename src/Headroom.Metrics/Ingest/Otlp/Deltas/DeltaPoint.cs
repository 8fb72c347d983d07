using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>What a data point of delta temporality says happened between two instants.</summary>
internal readonly record struct DeltaPoint
{
    public required MetricFamily Family { get; init; }

    public required PointSeries Series { get; init; }

    /// <summary>Position of the point in the request, for its account.</summary>
    public required int Point { get; init; }

    /// <summary>Begin of the interval, Unix milliseconds; 0 when the producer does not say.</summary>
    public required long Start { get; init; }

    /// <summary>End of the interval, Unix milliseconds.</summary>
    public required long End { get; init; }

    /// <summary>What is added: a number, or the sum of a histogram (NaN when it has none).</summary>
    public double Value { get; init; }

    /// <summary>Observations of a histogram.</summary>
    public double Count { get; init; }

    /// <summary>Bounds of a classic histogram; null for other points.</summary>
    public double[]? Bounds { get; init; }

    /// <summary>Where its bucket counts begin in <see cref="MetricsBatch.DeltaCounts"/>: one more than there are bounds.</summary>
    public int CountsAt { get; init; }

    /// <summary>A native histogram; null for other points.</summary>
    public Histogram? Histogram { get; init; }
}
