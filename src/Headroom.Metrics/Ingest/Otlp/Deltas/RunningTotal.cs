using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>Everything that the deltas of one series have come to. Guarded by the lock of <see cref="DeltaTotals"/>.</summary>
internal sealed class RunningTotal(Labels series)
{
    public Labels Series { get; } = series;

    /// <summary>End of the last interval added, Unix milliseconds.</summary>
    public long End { get; set; }

    /// <summary>Begin of the last interval; -1 when it is not known because the total was taken up from the store.</summary>
    public long Start { get; set; }

    /// <summary>What the last interval added, to know it again.</summary>
    public double Last { get; set; }

    /// <summary>Total of a number, or of a classic histogram's sum; NaN when a sum was missing.</summary>
    public double Value { get; set; }

    /// <summary>Total observations of a classic histogram.</summary>
    public double Count { get; set; }

    /// <summary>Bounds of a classic histogram; null for others.</summary>
    public double[]? Bounds { get; set; }

    /// <summary>Total observations up to each bound and +Inf.</summary>
    public double[] Below { get; set; } = [];

    /// <summary>Total of a native histogram; null for others.</summary>
    public Histogram? Native { get; set; }

    /// <summary>Requests that added to it and are not yet acknowledged.</summary>
    public int InFlight { get; set; }

    /// <summary>Whether one of them failed: then what is stored, and not this, is the truth.</summary>
    public bool IsDoubtful { get; set; }

    /// <summary>Whether a delta is of the same kind, and can be added.</summary>
    public bool Takes(in DeltaPoint delta) =>
        delta.Histogram is { } histogram ? Native is not null && Histogram.CanMerge(Native, histogram)
        : Native is null && (delta.Bounds is null ? Bounds is null : Bounds is not null && Bounds.AsSpan().SequenceEqual(delta.Bounds));
}
