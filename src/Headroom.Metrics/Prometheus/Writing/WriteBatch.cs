using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Prometheus;

/// <summary>One sample on its way to a cluster, and the place it had in the request it came with.</summary>
/// <param name="Labels">The series, <c>headroom_instance</c> included.</param>
/// <param name="Time">Unix milliseconds UTC.</param>
/// <param name="Value">Its value; without meaning where <paramref name="Histogram"/> is not null.</param>
/// <param name="Histogram">The native histogram, or null for a float.</param>
/// <param name="Kind">The list it stood in.</param>
/// <param name="Index">Its position there.</param>
internal readonly record struct OutgoingSample(Labels Labels, long Time, double Value, Histogram? Histogram, SampleKind Kind, int Index);

/// <summary>What one remote-write request carries. Samples are ordered by series, and by time within one.</summary>
internal sealed record WriteBatch(ReadOnlyMemory<OutgoingSample> Samples, IReadOnlyList<Exemplar> Exemplars, IReadOnlyList<MetricMetadata> Metadata)
{
    /// <summary>The runs of samples of one series.</summary>
    public IEnumerable<ReadOnlyMemory<OutgoingSample>> BySeries()
    {
        for (int start = 0, end; start < Samples.Length; start = end)
        {
            end = start + 1;
            while (end < Samples.Length && Samples.Span[end].Labels.Equals(Samples.Span[start].Labels)) end++;
            yield return Samples[start..end];
        }
    }
}
