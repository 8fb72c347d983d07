namespace Headroom.Metrics.Storage;

/// <summary>The first byte of a chunk: how its samples are encoded. Numbers are part of the format on disk.</summary>
internal enum ChunkEncoding : byte
{
    /// <summary>Float samples as <see cref="GorillaBits"/>.</summary>
    Floats = 1,

    /// <summary>Histogram samples as <see cref="HistogramChunk"/>.</summary>
    Histograms = 2,

    /// <summary>Raw observations and noted samples as <see cref="RawChunk"/>.</summary>
    Raw = 3,

    /// <summary>Float samples as <see cref="NumberChunk"/>: what is written since format version 2.</summary>
    Numbers = 4,

    /// <summary>Minima, maxima, sums and counts of intervals as <see cref="AggregateChunk"/>.</summary>
    Aggregates = 5,
}

/// <summary>Bounds of all chunks.</summary>
internal static class ChunkLimits
{
    /// <summary>Samples after which a float or raw chunk is finished.</summary>
    public const int Floats = 256;

    /// <summary>Samples after which a histogram chunk is finished: each is as large as many floats.</summary>
    public const int Histograms = 64;

    /// <summary>More samples than this in one chunk are damage; keeps a forged count from filling the memory.</summary>
    public const int Readable = 4096;
}
