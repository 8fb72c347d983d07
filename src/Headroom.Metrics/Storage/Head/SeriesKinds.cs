namespace Headroom.Metrics.Storage;

/// <summary>What a series has held since it began. The numbers are part of the format on disk.</summary>
[Flags]
internal enum SeriesKinds : byte
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>Gauge or counter samples.</summary>
    Floats = 1,

    /// <summary>Histograms that came finished.</summary>
    Histograms = 2,

    /// <summary>Histograms made here of single observations.</summary>
    Observations = 4,
}
