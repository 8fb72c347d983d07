using Headroom.Metrics.Histograms;
using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>An <c>ExponentialHistogramDataPoint</c>. One is read into again and again.</summary>
internal sealed class ExponentialPoint(int mostBuckets)
{
    public const int AttributesField = 1;
    public const int ExemplarsField = 11;
    private const int AttributesTag = (AttributesField << 3) | Tag.Length;
    private const int StartTag = (2 << 3) | Tag.Fixed64;
    private const int TimeTag = (3 << 3) | Tag.Fixed64;
    private const int CountTag = (4 << 3) | Tag.Fixed64;
    private const int SumTag = (5 << 3) | Tag.Fixed64;
    private const int ScaleTag = (6 << 3) | Tag.Varint;
    private const int ZeroCountTag = (7 << 3) | Tag.Fixed64;
    private const int PositiveTag = (8 << 3) | Tag.Length;
    private const int NegativeTag = (9 << 3) | Tag.Length;
    private const int FlagsTag = (10 << 3) | Tag.Varint;
    private const int ExemplarsTag = (ExemplarsField << 3) | Tag.Length;
    private const int ZeroThresholdTag = (14 << 3) | Tag.Fixed64;

    private readonly BucketRun _positive = new(mostBuckets);
    private readonly BucketRun _negative = new(mostBuckets);

    public ulong Count { get; private set; }

    public double Sum { get; private set; }

    public bool HasSum { get; private set; }

    public int Scale { get; private set; }

    public ulong ZeroCount { get; private set; }

    public double ZeroThreshold { get; private set; }

    /// <summary>Reads the message; false when it is damaged.</summary>
    public bool TryRead(ReadOnlySpan<byte> bytes, out PointHeader header)
    {
        header = default;
        _positive.Clear();
        _negative.Clear();
        (Count, Sum, HasSum, Scale, ZeroCount, ZeroThreshold) = (0, 0, false, 0, 0, 0);
        var reader = new ProtobufReader(bytes);
        int start = 0;
        while (reader.Next())
        {
            switch (Tag.Of(reader))
            {
                case StartTag: header.StartNanoseconds = reader.Number; break;
                case TimeTag: header.TimeNanoseconds = reader.Number; break;
                case CountTag: Count = reader.Number; break;
                case SumTag: (Sum, HasSum) = (PointHeader.Measured(reader.Double), true); break;
                case ScaleTag: Scale = BucketRun.ZigZag32(reader.Number); break;
                case ZeroCountTag: ZeroCount = reader.Number; break;
                case PositiveTag when !_positive.TryRead(reader.Bytes): return false;
                case NegativeTag when !_negative.TryRead(reader.Bytes): return false;
                case FlagsTag: header.Flags = reader.Number; break;
                case ZeroThresholdTag: ZeroThreshold = reader.Double; break;
                case AttributesTag: header.Attribute(start, reader); break;
                case ExemplarsTag: header.HasExemplars = true; break;
            }
            start = reader.Position;
        }
        return !reader.Failed;
    }

    /// <summary>The histogram, or why there is none. <paramref name="lowered"/> tells whether its scale had to be lowered.</summary>
    public PointFault ToHistogram(out Histogram histogram, out bool lowered)
    {
        (histogram, lowered) = (null!, false);
        // OpenTelemetry to Prometheus compatibility, "Exponential Histograms": a scale below -4 must be dropped.
        if (Scale < ExponentialBuckets.MinScale) return new PointFault("scale-too-low", $"the exponential histogram's scale is {Scale}; native histograms go down to {ExponentialBuckets.MinScale}");
        if (!(ZeroThreshold >= 0) || double.IsInfinity(ZeroThreshold)) return new PointFault("bad-histogram", "the exponential histogram's zero_threshold is negative or not finite");
        if (_positive.HasTooMany || _negative.HasTooMany) return new PointFault("too-many-buckets", $"the exponential histogram has more than {mostBuckets} populated buckets");
        int scale = Math.Min(Scale, ExponentialBuckets.MaxScale);
        int shift = Math.Min(Scale - scale, 62);
        if (!_positive.TryBuild(scale, shift, out var positive) || !_negative.TryBuild(scale, shift, out var negative))
            return new PointFault("bad-histogram", $"a bucket's index is beyond what a double can hold at scale {Scale}");
        double inBuckets = ZeroCount + _positive.Total + _negative.Total;
        if (inBuckets > Count) return new PointFault("bad-histogram", $"the exponential histogram's buckets hold {inBuckets:0} observations, but its count is {Count}");
        histogram = new Histogram
        {
            Scale = scale,
            ZeroThreshold = ZeroThreshold,
            ZeroCount = ZeroCount,
            Count = Count,
            Sum = HasSum ? Sum : double.NaN,
            Positive = positive,
            Negative = negative,
        };
        if (positive.Indexes.Length + negative.Indexes.Length > HistogramRecorder.MaxBuckets) histogram = Histogram.Merge([histogram]);
        lowered = histogram.Scale < Scale;
        return default;
    }
}
