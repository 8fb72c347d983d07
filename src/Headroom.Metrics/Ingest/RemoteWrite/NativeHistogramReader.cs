using Headroom.Metrics.Histograms;
using Headroom.Metrics.Ingest.Protobuf;

namespace Headroom.Metrics.Ingest.RemoteWrite;

/// <summary>
/// Reads the message Histogram, which is the same in both versions: integer histograms with deltas of counts, float ones
/// with counts, and those with custom bounds (schema -53). A bucket of Prometheus has an index one above OpenTelemetry's
/// and ours.
/// </summary>
internal sealed class NativeHistogramReader
{
    private const long CustomBoundsSchema = -53;

    private readonly Side _positive = new();
    private readonly Side _negative = new();
    private readonly List<double> _bounds = [];
    private bool _isFloat;
    private double _count;
    private double _zeroCount;

    /// <summary>When it was taken, Unix milliseconds.</summary>
    public long Time { get; private set; }

    /// <summary>Since when it counts; 0 when the sender does not say.</summary>
    public long Start { get; private set; }

    /// <summary>Reads a histogram. False when the bytes are no message; a histogram that contradicts itself is told in <paramref name="fault"/>.</summary>
    public bool TryRead(ReadOnlySpan<byte> bytes, out Histogram? histogram, out string? fault)
    {
        histogram = null;
        fault = null;
        if (!TryReadFields(bytes, out long schema, out double sum, out double threshold, out ulong hint)) return false;
        bool custom = schema == CustomBoundsSchema;
        if (!custom && schema is < ExponentialBuckets.MinScale or > ExponentialBuckets.MaxScale)
        {
            fault = $"the schema {schema} is unknown";
            return true;
        }
        var reset = hint switch { 1 => ResetHint.CounterReset, 2 => ResetHint.NotCounterReset, 3 => ResetHint.Gauge, _ => ResetHint.Unknown };
        if (StaleMarker.IsStale(sum))
        {
            histogram = new Histogram { Scale = custom ? 0 : (int)schema, Sum = sum, Reset = reset };
            return true;
        }
        if (!(threshold >= 0) || double.IsInfinity(threshold)) fault = "the zero threshold is negative or not finite";
        else if (!(_count >= 0) || !(_zeroCount >= 0) || double.IsInfinity(_count) || double.IsInfinity(_zeroCount)) fault = "a count is negative or not finite";
        else fault = custom ? FaultOfBounds(threshold) : null;
        fault ??= _positive.Resolve(_isFloat, custom ? _bounds.Count : null, (int)schema) ?? _negative.Resolve(_isFloat, null, custom ? 0 : (int)schema);
        fault ??= FaultOfCount(sum);
        if (fault is not null) return true;
        histogram = new Histogram
        {
            Scale = custom ? 0 : (int)schema,
            ZeroThreshold = threshold,
            ZeroCount = _zeroCount,
            Count = _count,
            Sum = sum,
            Positive = _positive.ToBuckets(),
            Negative = _negative.ToBuckets(),
            CustomBounds = custom ? [.. _bounds] : null,
            Reset = reset,
        };
        while (!custom && histogram.Positive.Indexes.Length + histogram.Negative.Indexes.Length > HistogramRecorder.MaxBuckets && histogram.Scale > ExponentialBuckets.MinScale)
            histogram = histogram.Downscale(histogram.Scale - 1);
        return true;
    }

    private bool TryReadFields(ReadOnlySpan<byte> bytes, out long schema, out double sum, out double threshold, out ulong hint)
    {
        (schema, sum, threshold, hint) = (0, 0, 0, 0);
        (Time, Start, _isFloat, _count, _zeroCount) = (0, 0, false, 0, 0);
        _positive.Clear();
        _negative.Clear();
        _bounds.Clear();
        bool good = true;
        var reader = new ProtobufReader(bytes);
        while (good && reader.Next())
        {
            switch (reader.Field, reader.Type)
            {
                case (1, WireType.Varint): (_count, _isFloat) = (reader.Number, false); break;
                case (2, WireType.Fixed64): (_count, _isFloat) = (reader.Double, true); break;
                case (3, WireType.Fixed64): sum = reader.Double; break;
                case (4, WireType.Varint): schema = (int)reader.ZigZag; break;
                case (5, WireType.Fixed64): threshold = reader.Double; break;
                case (6, WireType.Varint): _zeroCount = reader.Number; break;
                case (7, WireType.Fixed64): _zeroCount = reader.Double; break;
                case (8, WireType.LengthDelimited): good = _negative.AddSpan(reader.Bytes); break;
                case (9, _): good = _negative.AddDeltas(ref reader); break;
                case (10, _): good = AddDoubles(ref reader, _negative.Counts); break;
                case (11, WireType.LengthDelimited): good = _positive.AddSpan(reader.Bytes); break;
                case (12, _): good = _positive.AddDeltas(ref reader); break;
                case (13, _): good = AddDoubles(ref reader, _positive.Counts); break;
                case (14, WireType.Varint): hint = reader.Number; break;
                case (15, WireType.Varint): Time = (long)reader.Number; break;
                case (16, _): good = AddDoubles(ref reader, _bounds); break;
                case (17, WireType.Varint): Start = (long)reader.Number; break;
            }
        }
        return good && !reader.Failed;
    }

    private string? FaultOfBounds(double threshold)
    {
        if (_bounds.Count > HistogramRecorder.MaxBuckets) return $"it has more than {HistogramRecorder.MaxBuckets} custom bounds";
        for (int i = 0; i < _bounds.Count; i++)
            if (!double.IsFinite(_bounds[i]) || (i > 0 && _bounds[i] <= _bounds[i - 1]))
                return "the custom bounds do not ascend, or are not finite";
        if (threshold != 0 || _zeroCount != 0 || !_negative.IsEmpty) return "with custom bounds there are no zero and no negative buckets";
        return null;
    }

    private string? FaultOfCount(double sum)
    {
        // Sums of fractions depend on their order, so Prometheus compares only whole counts.
        if (_isFloat) return null;
        double total = _zeroCount + _positive.Total + _negative.Total;
        if (double.IsNaN(sum) ? total > _count : total != _count) return $"its buckets hold {total} observations, but its count is {_count}";
        return null;
    }

    private static bool AddDoubles(ref ProtobufReader reader, List<double> into)
    {
        if (reader.Type == WireType.Fixed64) into.Add(reader.Double);
        if (reader.Type != WireType.LengthDelimited) return true;
        if (reader.Bytes.Length % 8 != 0) return false;
        for (var rest = reader.Bytes; rest.Length > 0; rest = rest[8..]) into.Add(System.Buffers.Binary.BinaryPrimitives.ReadDoubleLittleEndian(rest));
        return true;
    }

    /// <summary>The buckets of one sign. All memory is in proportion to the bytes that were sent.</summary>
    private sealed class Side
    {
        private readonly List<(int Offset, uint Length)> _spans = [];
        private readonly List<long> _deltas = [];
        private readonly List<int> _indexes = [];

        /// <summary>Counts as sent, then those of the populated buckets.</summary>
        public List<double> Counts { get; } = [];

        public double Total { get; private set; }

        public bool IsEmpty => _spans.Count == 0;

        public void Clear()
        {
            _spans.Clear();
            _deltas.Clear();
            _indexes.Clear();
            Counts.Clear();
            Total = 0;
        }

        public bool AddSpan(ReadOnlySpan<byte> bytes)
        {
            int offset = 0;
            uint length = 0;
            var reader = new ProtobufReader(bytes);
            while (reader.Next())
            {
                if (reader is { Field: 1, Type: WireType.Varint }) offset = (int)reader.ZigZag;
                else if (reader is { Field: 2, Type: WireType.Varint }) length = (uint)reader.Number;
            }
            _spans.Add((offset, length));
            return !reader.Failed;
        }

        public bool AddDeltas(ref ProtobufReader reader)
        {
            if (reader.Type == WireType.Varint) _deltas.Add(reader.ZigZag);
            if (reader.Type != WireType.LengthDelimited) return true;
            var packed = new ProtobufReader(reader.Bytes);
            while (packed.NextPacked(out ulong number)) _deltas.Add((long)(number >> 1) ^ -(long)(number & 1));
            return !packed.Failed;
        }

        /// <summary>Brings spans and counts together; says what does not fit.</summary>
        public string? Resolve(bool isFloat, int? bounds, int scale)
        {
            int sent = isFloat ? Counts.Count : _deltas.Count;
            if (!isFloat) Counts.Clear();
            long covered = 0;
            foreach (var span in _spans) covered += span.Length;
            if (covered != sent) return $"its spans cover {covered} buckets, but it has {sent} counts";
            long index = 0, count = 0;
            int at = 0, kept = 0;
            for (int i = 0; i < _spans.Count; i++)
            {
                var (offset, length) = _spans[i];
                if (i > 0 && offset < 0) return "a span begins before the one before it ends";
                index += offset;
                for (uint end = 0; end < length; end++, index++, at++)
                {
                    double value;
                    if (isFloat) value = Counts[at];
                    else value = count = unchecked(count + _deltas[at]);
                    if (!(value >= 0) || double.IsInfinity(value)) return "a bucket's count is negative or not finite";
                    if (value == 0) continue;
                    long ours = bounds is null ? index - 1 : index;
                    if (bounds is { } last ? ours < 0 || ours > last : !ExponentialBuckets.IsPossible(ours, scale)) return "a bucket lies outside of what its schema has";
                    Total += value;
                    _indexes.Add((int)ours);
                    if (isFloat) Counts[kept++] = value;
                    else Counts.Add(value);
                }
            }
            if (isFloat) Counts.RemoveRange(kept, Counts.Count - kept);
            return null;
        }

        public Buckets ToBuckets() => _indexes.Count == 0 ? Buckets.Empty : new Buckets([.. _indexes], [.. Counts]);
    }
}
