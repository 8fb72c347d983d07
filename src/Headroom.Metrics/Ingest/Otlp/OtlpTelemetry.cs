using System.Diagnostics.Metrics;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>What OTLP ingest counts about itself.</summary>
internal static class OtlpTelemetry
{
    private static readonly Meter Meter = new("Headroom.Metrics");

    private static readonly Counter<long> Lowered = Meter.CreateCounter<long>(
        "headroom.otlp.histograms.lowered", null, "Exponential histograms kept at a lower scale than they came with, because of their scale or number of buckets.");

    private static readonly Counter<long> Overflowed = Meter.CreateCounter<long>(
        "headroom.otlp.spans.other", null, "Spans counted under the name for all operations beyond a service's limit.");

    private static readonly Counter<long> DeltaRepeats = Meter.CreateCounter<long>(
        "headroom.otlp.deltas.repeated", null, "Deltas that had been added up before, sent again.");

    public static void HistogramLowered() => Lowered.Add(1);

    public static void SpansOfOtherOperations(long count)
    {
        if (count > 0) Overflowed.Add(count);
    }

    public static void DeltaRepeated() => DeltaRepeats.Add(1);
}
