using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>What a <c>Metric</c> is, before its data points are read.</summary>
internal ref struct MetricHeader
{
    /// <summary>The data points of every kind of metric.</summary>
    public const int DataPointTag = (1 << 3) | Tag.Length;

    private const int NameTag = (1 << 3) | Tag.Length;
    private const int DescriptionTag = (2 << 3) | Tag.Length;
    private const int UnitTag = (3 << 3) | Tag.Length;
    private const int GaugeField = 5;
    private const int GaugeTag = (GaugeField << 3) | Tag.Length;
    private const int SumTag = (7 << 3) | Tag.Length;
    private const int HistogramTag = (9 << 3) | Tag.Length;
    private const int ExponentialTag = (10 << 3) | Tag.Length;
    private const int SummaryTag = (11 << 3) | Tag.Length;
    private const int TemporalityTag = (2 << 3) | Tag.Varint;
    private const int MonotonicTag = (3 << 3) | Tag.Varint;

    public ReadOnlySpan<byte> Name;
    public ReadOnlySpan<byte> Description;
    public ReadOnlySpan<byte> Unit;

    /// <summary>The message with the data points.</summary>
    public ReadOnlySpan<byte> Data;
    public MetricKind Kind;
    public Temporality Temporality;
    public bool IsMonotonic;

    /// <summary>Whether the points count up from a start: then a start is worth a sample of 0.</summary>
    public readonly bool IsCounter => Kind is MetricKind.Histogram or MetricKind.Exponential || (Kind == MetricKind.Sum && IsMonotonic);

    /// <summary>Reads the message but for its data points; false when it is damaged.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out MetricHeader header)
    {
        header = default;
        var reader = new ProtobufReader(bytes);
        while (reader.Next())
        {
            switch (Tag.Of(reader))
            {
                case NameTag: header.Name = reader.Bytes; break;
                case DescriptionTag: header.Description = reader.Bytes; break;
                case UnitTag: header.Unit = reader.Bytes; break;
                case GaugeTag: header.Kind = MetricKind.Gauge; break;
                case SumTag: header.Kind = MetricKind.Sum; break;
                case HistogramTag: header.Kind = MetricKind.Histogram; break;
                case ExponentialTag: header.Kind = MetricKind.Exponential; break;
                case SummaryTag: header.Kind = MetricKind.Summary; break;
                default: continue;
            }
            // Of several fields of one choice the last counts.
            if (reader.Field >= GaugeField) header.Data = reader.Bytes;
        }
        return !reader.Failed && header.TryReadTemporality();
    }

    // It stands behind the points as a rule.
    private bool TryReadTemporality()
    {
        if (Kind is MetricKind.None or MetricKind.Gauge or MetricKind.Summary) return true;
        var reader = new ProtobufReader(Data);
        while (reader.Next())
        {
            if (Tag.Of(reader) == TemporalityTag) Temporality = (Temporality)reader.Number;
            else if (Tag.Of(reader) == MonotonicTag && Kind == MetricKind.Sum) IsMonotonic = reader.Number != 0;
        }
        return !reader.Failed;
    }
}

/// <summary>Which data a <c>Metric</c> holds.</summary>
internal enum MetricKind : byte
{
    None,
    Gauge,
    Sum,
    Histogram,
    Exponential,
    Summary,
}

/// <summary><c>AggregationTemporality</c>.</summary>
internal enum Temporality : byte
{
    Unspecified = 0,
    Delta = 1,
    Cumulative = 2,
}
