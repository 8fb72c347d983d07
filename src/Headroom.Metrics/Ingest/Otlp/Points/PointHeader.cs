using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>What every kind of data point has: its times, flags, and where its attributes and exemplars stand.</summary>
internal ref struct PointHeader
{
    private const ulong NoRecordedValue = 1;
    private const ulong NanosecondsPerMillisecond = 1_000_000;

    private int _attributesStart;
    private int _attributesEnd;
    private bool _isScattered;

    public ulong StartNanoseconds;
    public ulong TimeNanoseconds;
    public ulong Flags;

    /// <summary>How many attributes there are.</summary>
    public int AttributeCount { get; private set; }

    /// <summary>Whether there are exemplars.</summary>
    public bool HasExemplars;

    /// <summary>When it was measured, Unix milliseconds.</summary>
    public readonly long Time => (long)(TimeNanoseconds / NanosecondsPerMillisecond);

    /// <summary>When its count or interval began, Unix milliseconds; 0 when unknown.</summary>
    public readonly long Start => (long)(StartNanoseconds / NanosecondsPerMillisecond);

    /// <summary>Whether it says that the series has no value now.</summary>
    public readonly bool IsStale => (Flags & NoRecordedValue) != 0;

    /// <summary>A value as it was measured: only the flag may end a series, whatever bits a NaN has.</summary>
    public static double Measured(double value) => StaleMarker.IsStale(value) ? double.NaN : value;

    /// <summary>Takes note of an attribute, whose field began at an offset.</summary>
    public void Attribute(int fieldStart, in ProtobufReader reader)
    {
        if (AttributeCount++ == 0) _attributesStart = fieldStart;
        else _isScattered |= fieldStart != _attributesEnd;
        _attributesEnd = reader.Position;
    }

    /// <summary>
    /// The fields of the attributes as they stand, if they stand together (as every known producer writes them); then
    /// these bytes tell the series.
    /// </summary>
    public readonly bool TryAttributes(ReadOnlySpan<byte> point, out ReadOnlySpan<byte> fields)
    {
        fields = _isScattered ? default : point[_attributesStart.._attributesEnd];
        return !_isScattered;
    }

    /// <summary>The fault of a point without a time; none if it has one.</summary>
    public readonly PointFault CheckTime() =>
        TimeNanoseconds == 0 ? new PointFault("no-time", "the data point has no time_unix_nano")
        : TimeNanoseconds > long.MaxValue ? new PointFault("time-out-of-range", "the data point's time_unix_nano is beyond the year 2262")
        : default;
}
