using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL.Histograms;

namespace Headroom.Metrics.Prometheus;

/// <summary>
/// A native histogram as a protobuf message; remote write 1.0 and 2.0 number its fields alike (prometheus/prompb/types.proto,
/// io/prometheus/write/v2/types.proto). Whole counts go as integers with deltas between buckets, others as doubles.
/// Prometheus numbers buckets by their upper bound: one more than here.
/// </summary>
internal static class HistogramMessage
{
    private const int CustomSchema = -53;
    private const int FinestSchema = 8;
    private const double LargestExact = 1L << 53;

    // Runs of buckets closer than this share a span; an empty bucket costs a byte, a span at least four.
    private const int LargestGap = 2;

    /// <summary>Writes the fields of a histogram at a time.</summary>
    public static void Write(ProtobufWriter into, Histogram histogram, long time)
    {
        bool custom = histogram.CustomBounds is not null;
        if (!custom && histogram.Scale > FinestSchema) histogram = histogram.ToScale(FinestSchema);
        bool whole = IsWhole(histogram.Count) && IsWhole(histogram.ZeroCount)
            && Array.TrueForAll(histogram.Positive.Counts, IsWhole) && Array.TrueForAll(histogram.Negative.Counts, IsWhole);
        if (whole) into.Varint(1, (ulong)histogram.Count);
        else into.Double(2, histogram.Count);
        into.Double(3, histogram.Sum);
        into.Signed(4, custom ? CustomSchema : histogram.Scale);
        into.Double(5, histogram.ZeroThreshold);
        if (whole) into.Varint(6, (ulong)histogram.ZeroCount);
        else into.Double(7, histogram.ZeroCount);
        int shift = custom ? 0 : 1;
        Buckets(into, histogram.Negative, shift, whole, spans: 8, deltas: 9, counts: 10);
        Buckets(into, histogram.Positive, shift, whole, spans: 11, deltas: 12, counts: 13);
        into.Varint(14, histogram.Reset switch
        {
            ResetHint.CounterReset => 1,
            ResetHint.NotCounterReset => 2,
            ResetHint.Gauge => 3,
            _ => 0UL,
        });
        into.Varint(15, (ulong)time);
        if (histogram.CustomBounds is not { Length: > 0 } bounds) return;
        int packed = into.Begin(16);
        foreach (double bound in bounds) into.RawDouble(bound);
        into.End(packed);
    }

    private static bool IsWhole(double count) => count is >= 0 and <= LargestExact && count == Math.Floor(count);

    private static void Buckets(ProtobufWriter into, Buckets buckets, int shift, bool whole, int spans, int deltas, int counts)
    {
        var (indexes, values) = buckets;
        if (indexes.Length == 0) return;
        // 1. The spans: the first offset is an index, later ones are distances from the span before.
        int next = 0;
        for (int first = 0, last; first < indexes.Length; first = last + 1)
        {
            last = first;
            while (last + 1 < indexes.Length && indexes[last + 1] - indexes[last] - 1 <= LargestGap) last++;
            int span = into.Begin(spans);
            into.Signed(1, indexes[first] + shift - next);
            into.Varint(2, (ulong)(indexes[last] - indexes[first] + 1));
            into.End(span);
            next = indexes[last] + shift + 1;
        }
        // 2. A count for every bucket of a span, the empty ones among them.
        int packed = into.Begin(whole ? deltas : counts);
        long before = 0;
        for (int i = 0; i < indexes.Length; i++)
        {
            int empty = i == 0 ? 0 : indexes[i] - indexes[i - 1] - 1;
            for (int k = empty > LargestGap ? 0 : empty; k > 0; k--) Count(0);
            Count(values[i]);
        }
        into.End(packed);

        void Count(double count)
        {
            if (!whole)
            {
                into.RawDouble(count);
                return;
            }
            into.RawSigned((long)count - before);
            before = (long)count;
        }
    }
}
