namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>The series that spans of one service, operation, kind and status belong to.</summary>
internal sealed class SpanSeries(Labels labels, bool isOther)
{
    public Labels Labels { get; } = labels;

    /// <summary>Whether it gathers operations beyond the service's limit.</summary>
    public bool IsOther { get; } = isOther;
}

/// <summary>A service's spans.</summary>
internal sealed class SpanService(string name)
{
    public string Name { get; } = name;

    public ByteKeyedCache<SpanSeries> Series { get; } = new();
}
