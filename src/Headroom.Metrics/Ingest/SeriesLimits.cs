namespace Headroom.Metrics.Ingest;

/// <summary>How much of a series' identity is accepted, whatever protocol it comes by. Sizes are bytes of UTF-8.</summary>
public sealed record SeriesLimits
{
    /// <summary>Labels of one series, the metric's name included. Default 40.</summary>
    public int MaxLabels { get; init; } = 40;

    /// <summary>Size of a label's name. Default 1 KiB.</summary>
    public int MaxLabelNameBytes { get; init; } = 1024;

    /// <summary>Size of a label's value, the metric's name included. Default 4 KiB.</summary>
    public int MaxLabelValueBytes { get; init; } = 4096;
}
