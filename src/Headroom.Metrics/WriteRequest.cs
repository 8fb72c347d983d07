using Headroom.Metrics.Histograms;

namespace Headroom.Metrics;

/// <summary>
/// What one accepted request writes, whatever protocol it came by. It is logged as one record and acknowledged as a
/// whole; a sample in it that cannot be kept is counted in <see cref="WriteOutcome"/> and does not hurt its neighbours.
/// </summary>
public sealed class WriteRequest
{
    /// <summary>Gauge and counter samples.</summary>
    public List<FloatSample> Samples { get; } = [];

    /// <summary>Values of distributions, one at a time; the store collects them in 10 s slots.</summary>
    public List<Observation> Observations { get; } = [];

    /// <summary>Finished native histograms, cumulative.</summary>
    public List<HistogramSample> Histograms { get; } = [];

    /// <summary>Examples of what was measured, each with the id of a trace or the like. Bounded and best effort: the oldest go first.</summary>
    public List<Exemplar> Exemplars { get; } = [];

    /// <summary>What the metrics are; the last word on a metric counts.</summary>
    public List<MetricMetadata> Metadata { get; } = [];

    /// <summary>How many samples of any kind it holds; exemplars and metadata are not samples.</summary>
    public int Count => Samples.Count + Observations.Count + Histograms.Count;
}

/// <summary>A gauge or counter sample.</summary>
/// <param name="Labels">The series.</param>
/// <param name="Time">Unix milliseconds UTC.</param>
/// <param name="Value">Never converted.</param>
/// <param name="Note">Kept with the raw sample; usually null.</param>
public readonly record struct FloatSample(Labels Labels, long Time, double Value, SampleNote? Note = null);

/// <summary>One value of a distribution.</summary>
/// <param name="Labels">The series.</param>
/// <param name="Time">Unix milliseconds UTC.</param>
/// <param name="Value">Finite; never converted.</param>
/// <param name="Note">Kept with the raw sample; usually null.</param>
public readonly record struct Observation(Labels Labels, long Time, double Value, SampleNote? Note = null);

/// <summary>A cumulative native histogram.</summary>
/// <param name="Labels">The series.</param>
/// <param name="Time">Unix milliseconds UTC.</param>
/// <param name="Value">Immutable.</param>
public readonly record struct HistogramSample(Labels Labels, long Time, Histogram Value);

/// <summary>One measurement kept as an example of its series, usually with the trace it came from.</summary>
/// <param name="Series">The series it belongs to.</param>
/// <param name="Labels">What identifies it, such as <c>trace_id</c>; at most 128 characters in all names and values for OpenMetrics.</param>
/// <param name="Value">The measured value.</param>
/// <param name="Time">Unix milliseconds UTC.</param>
public readonly record struct Exemplar(Labels Series, Labels Labels, double Value, long Time);

/// <summary>What a metric is, as its producer declares it (OpenMetrics TYPE, UNIT and HELP).</summary>
/// <param name="Metric">The metric family's name.</param>
/// <param name="Type"><c>counter</c>, <c>gauge</c>, <c>histogram</c>, <c>summary</c>, <c>info</c>, <c>stateset</c>, <c>gaugehistogram</c> or <c>unknown</c>.</param>
/// <param name="Unit">The unit as it came; empty when unknown.</param>
/// <param name="Help">A sentence for a person; empty when there is none.</param>
public sealed record MetricMetadata(string Metric, string Type, string Unit, string Help);

/// <summary>What a client said beside a value.</summary>
/// <param name="MetadataJson">A JSON object as it came, or null.</param>
/// <param name="Id">A repeated id counts once; null when the client gave none.</param>
/// <param name="Unit">The unit as it came, or null.</param>
public sealed record SampleNote(string? MetadataJson, string? Id, string? Unit);

/// <summary>What became of a <see cref="WriteRequest"/>.</summary>
/// <param name="Accepted">Samples now durable as the fsync setting promises, repeats of an id included.</param>
/// <param name="Repeated">Of those, repeats of a known id, which changed nothing.</param>
/// <param name="Rejections">Samples that were not kept, with their position and reason; at most 100 are listed.</param>
/// <param name="Rejected">How many were not kept, listed or not.</param>
public sealed record WriteOutcome(int Accepted, int Repeated, IReadOnlyList<WriteRejection> Rejections, int Rejected);

/// <summary>Why one sample of a request was not kept.</summary>
/// <param name="Kind">Which list of the request it stood in.</param>
/// <param name="Index">Its position in that list.</param>
/// <param name="Code">Stable name: <c>too-old</c>, <c>duplicate-timestamp</c>, <c>kind-conflict</c>, <c>too-far-in-future</c>…</param>
/// <param name="Reason">A sentence for a person.</param>
public sealed record WriteRejection(SampleKind Kind, int Index, string Code, string Reason);

/// <summary>The lists of a <see cref="WriteRequest"/>.</summary>
public enum SampleKind
{
    /// <summary><see cref="WriteRequest.Samples"/></summary>
    Float,

    /// <summary><see cref="WriteRequest.Observations"/></summary>
    Observation,

    /// <summary><see cref="WriteRequest.Histograms"/></summary>
    Histogram,
}
