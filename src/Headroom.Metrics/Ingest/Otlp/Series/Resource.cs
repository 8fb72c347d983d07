namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>What is known of a resource: the labels that all of its series bear, and its scopes.</summary>
internal sealed class Resource(IReadOnlyList<Label> labels, Labels? targetInfo)
{
    /// <summary><c>service</c>, <c>job</c> and <c>instance</c>, as far as they have values.</summary>
    public IReadOnlyList<Label> Labels { get; } = labels;

    /// <summary>The series <c>target_info</c>; null when it would say nothing.</summary>
    public Labels? TargetInfo { get; } = targetInfo;

    public ByteKeyedCache<Scope> Scopes { get; } = new();
}

/// <summary>What is known of an instrumentation scope of a resource.</summary>
internal sealed class Scope(IReadOnlyList<Label> labels)
{
    /// <summary>The resource's labels, and the scope's when they are promoted.</summary>
    public IReadOnlyList<Label> Labels { get; } = labels;

    public ByteKeyedCache<MetricFamily> Families { get; } = new();
}

/// <summary>A metric of a scope, translated.</summary>
internal sealed class MetricFamily(string sourceName, string name, MetricMetadata metadata, IReadOnlyList<Label> labels, PointFault fault)
{
    /// <summary>OpenTelemetry's name, for messages.</summary>
    public string SourceName { get; } = sourceName;

    /// <summary>Prometheus's name, without the suffixes of parts.</summary>
    public string Name { get; } = name;

    public MetricMetadata Metadata { get; } = metadata;

    /// <summary>Labels that all of its series bear.</summary>
    public IReadOnlyList<Label> Labels { get; } = labels;

    /// <summary>Why none of its points can be kept; none if they can.</summary>
    public PointFault Fault { get; } = fault;

    public ByteKeyedCache<PointSeries> Points { get; } = new();
}
