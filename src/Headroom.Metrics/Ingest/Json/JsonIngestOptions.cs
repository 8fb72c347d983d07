namespace Headroom.Metrics.Ingest.Json;

/// <summary>What <c>POST /metrics</c> accepts. Sizes are bytes of UTF-8.</summary>
public sealed record JsonIngestOptions
{
    /// <summary>Size of a request's body. Default 10 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 10 * 1024 * 1024;

    /// <summary>Items in the array of one request. Default 10,000.</summary>
    public int MaxItems { get; init; } = 10_000;

    /// <summary>How deep objects and arrays may nest, the body's own two levels included. Default 32.</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>Size of an item's <c>metadata</c> as it stands in the body. Default 8 KiB.</summary>
    public int MaxMetadataBytes { get; init; } = 8 * 1024;

    /// <summary>Size of an item's <c>id</c>. Default 128.</summary>
    public int MaxIdBytes { get; init; } = 128;

    /// <summary>Size of an item's <c>unit</c>. Default 128.</summary>
    public int MaxUnitBytes { get; init; } = 128;

    /// <summary>How far ahead of this machine's clock a timestamp may lie. Default one day.</summary>
    public TimeSpan MaxAhead { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Limits of labels.</summary>
    public SeriesLimits Series { get; init; } = new();

    /// <summary>How many problems a result lists; the rest are only counted. Default 100.</summary>
    public int MaxProblemsListed { get; init; } = 100;
}
