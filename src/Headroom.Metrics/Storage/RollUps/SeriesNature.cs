namespace Headroom.Metrics.Storage;

/// <summary>What the float samples of a series are to a roll-up.</summary>
internal enum SeriesNature
{
    /// <summary>Not known, and either may be: what both need is kept.</summary>
    Unsure,

    /// <summary>Only ever grows, but for resets.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,
}

/// <summary>
/// Tells counters from gauges: (1) by the type their producer declared; (2) by the ending of their name, as OpenMetrics and
/// Prometheus name them; (3) a series that falls more often than once in twenty samples is a gauge, since every second sample
/// would be one side of a reset; (4) otherwise it may be either.
/// </summary>
internal static class SeriesNatures
{
    private const int SamplesPerReset = 20;

    public static SeriesNature Of(string metric, MetadataTable metadata)
    {
        // 1.
        if (Declared(metadata.Find(metric)?.Type) is { } declared) return declared;
        foreach (string ending in (ReadOnlySpan<string>)["_total", "_bucket", "_count", "_sum"])
        {
            if (!metric.EndsWith(ending, StringComparison.Ordinal)) continue;
            string? family = metadata.Find(metric[..^ending.Length])?.Type;
            if (ending == "_total" ? family == "counter" : family is "histogram" or "summary") return SeriesNature.Counter;
            if (family == "gaugehistogram") return SeriesNature.Gauge;
            // 2.
            return SeriesNature.Counter;
        }
        return SeriesNature.Unsure;
    }

    /// <summary>What samples say of a series of which nothing else is known.</summary>
    public static SeriesNature ByBehaviour(SampleBuffer samples)
    {
        // 3 and 4.
        int falls = 0;
        double before = double.NaN;
        for (int i = 0; i < samples.Count; i++)
        {
            double value = samples.Values[i];
            if (samples.HistogramAt(i) is not null || double.IsNaN(value)) continue;
            if (value < before) falls++;
            before = value;
        }
        return (long)falls * SamplesPerReset > samples.Count ? SeriesNature.Gauge : SeriesNature.Unsure;
    }

    private static SeriesNature? Declared(string? type) => type switch
    {
        "counter" => SeriesNature.Counter,
        // A summary's own samples are its quantiles.
        "gauge" or "summary" or "info" or "stateset" => SeriesNature.Gauge,
        _ => null,
    };
}
