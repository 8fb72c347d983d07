namespace Headroom.Metrics.Ingest.RemoteWrite;

/// <summary>Bounds of one remote write request, and what is added to its series.</summary>
public sealed record RemoteWriteOptions
{
    /// <summary>Bytes after decompression. Default 32 MiB.</summary>
    public int MaxDecodedBytes { get; init; } = 32 << 20;

    /// <summary>Samples and histograms together; beyond it nothing of the request is kept. Default 500,000 (Prometheus sends 2,000).</summary>
    public int MaxSamples { get; init; } = 500_000;

    /// <summary>Series whose labels are remembered, so that they need not be read again. Default 4,000,000, and at most 256 MiB of their bytes.</summary>
    public int RememberedSeries { get; init; } = 4_000_000;

    /// <summary>Problems that are worded; all are counted. Default 20.</summary>
    public int MaxProblemsListed { get; init; } = 20;

    /// <summary>Limits of labels.</summary>
    public SeriesLimits Limits { get; init; } = new();

    /// <summary>The label <c>service</c> of series with neither that label nor <c>job</c>; null adds none. Default <see cref="ServiceLabel.Unknown"/>.</summary>
    public string? DefaultService { get; init; } = ServiceLabel.Unknown;

    /// <summary>
    /// How long before a sample its count may have begun for a zero to be written there. Default 10 min: what began
    /// longer ago was counted by somebody else.
    /// </summary>
    public TimeSpan StartWindow { get; init; } = TimeSpan.FromMinutes(10);
}
