using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Storage;

/// <summary>
/// Histogram samples of one series: encoding byte, count; then for each sample the change of its distance to the one
/// before, and either the byte 0, a length and the whole histogram, or the byte 1 and what changed since the
/// sample before (sum, zero count, observations outside all buckets, and the buckets whose count changed), which is little for a
/// cumulative histogram.
/// </summary>
internal static class HistogramChunk
{
    private const byte Whole = 0;
    private const byte Change = 1;
    private const double LargestExact = 1L << 53;

    public static void Encode(ReadOnlySpan<long> times, ReadOnlySpan<object?> histograms, ByteWriter into)
    {
        into.Byte((byte)ChunkEncoding.Histograms);
        into.Unsigned((ulong)times.Length);
        long time = 0;
        long step = 0;
        Histogram? before = null;
        for (int i = 0; i < times.Length; i++)
        {
            var histogram = (Histogram)histograms[i]!;
            long next = times[i] - time;
            into.Signed(next - step);
            (time, step) = (times[i], next);
            if (before is not null && IsChange(before, histogram))
            {
                WriteChange(into, before, histogram);
            }
            else
            {
                into.Byte(Whole);
                byte[] bytes = HistogramCodec.Encode(histogram);
                into.Unsigned((ulong)bytes.Length);
                into.Bytes(bytes);
            }
            before = histogram;
        }
    }

    /// <summary>Appends the samples between two instants (both included) to a buffer.</summary>
    public static void Decode(ReadOnlySpan<byte> chunk, long min, long max, SampleBuffer into)
    {
        var reader = new ByteReader(chunk);
        reader.Byte();
        int count = reader.Int32(1, ChunkLimits.Readable);
        long time = 0;
        long step = 0;
        Histogram? before = null;
        for (int i = 0; i < count; i++)
        {
            step += reader.Signed();
            if (i > 0 && (step < 1 || time > long.MaxValue - step)) throw reader.Bad("the times of samples do not ascend");
            time += step;
            before = reader.Int32(0, 1) == Whole ? ReadWhole(ref reader)
                : before is not null ? ReadChange(ref reader, before)
                : throw reader.Bad("a histogram refers to one that is not there");
            if (time > max) return;
            if (time >= min) into.Add(time, before);
        }
    }

    private static Histogram ReadWhole(ref ByteReader reader)
    {
        var bytes = reader.Take(reader.Count(1));
        return HistogramCodec.TryDecode(bytes, out var histogram, out int consumed) && consumed == bytes.Length
            ? histogram!
            : throw reader.Bad("a histogram cannot be decoded");
    }

    private static bool IsChange(Histogram before, Histogram after) =>
        before.Scale == after.Scale && before.Reset == after.Reset && before.ZeroThreshold.Equals(after.ZeroThreshold)
        && SameBounds(before.CustomBounds, after.CustomBounds) && IsExact(before) && IsExact(after);

    private static bool SameBounds(double[]? a, double[]? b) =>
        ReferenceEquals(a, b) || (a is not null && b is not null && a.AsSpan().SequenceEqual(b));

    // Differences of whole numbers below 2^53 are exact, so the sum of all changes gives the same histogram back.
    private static bool IsExact(Histogram h) =>
        IsExact(h.ZeroCount) && IsExact(h.Count) && Array.TrueForAll(h.Positive.Counts, IsExact) && Array.TrueForAll(h.Negative.Counts, IsExact);

    private static bool IsExact(double count) => Math.Abs(count) <= LargestExact && count == Math.Floor(count);

    private static long Outside(Histogram h)
    {
        double inside = h.ZeroCount;
        foreach (double count in h.Positive.Counts) inside += count;
        foreach (double count in h.Negative.Counts) inside += count;
        return (long)h.Count - (long)inside;
    }

    private static void WriteChange(ByteWriter into, Histogram before, Histogram after)
    {
        into.Byte(Change);
        into.Double(after.Sum);
        into.Signed((long)after.ZeroCount - (long)before.ZeroCount);
        into.Signed(Outside(after) - Outside(before));
        WriteBuckets(into, before.Positive, after.Positive);
        WriteBuckets(into, before.Negative, after.Negative);
    }

    private static Histogram ReadChange(ref ByteReader reader, Histogram before)
    {
        double sum = reader.Double();
        double zeroCount = before.ZeroCount + reader.Signed();
        long outside = Outside(before) + reader.Signed();
        var positive = ReadBuckets(ref reader, before.Positive);
        var negative = ReadBuckets(ref reader, before.Negative);
        double inside = zeroCount;
        foreach (double count in positive.Counts) inside += count;
        foreach (double count in negative.Counts) inside += count;
        return new Histogram
        {
            Scale = before.Scale,
            ZeroThreshold = before.ZeroThreshold,
            CustomBounds = before.CustomBounds,
            Reset = before.Reset,
            Sum = sum,
            ZeroCount = zeroCount,
            Count = inside + outside,
            Positive = positive,
            Negative = negative,
        };
    }

    // The buckets whose count changed: how many, then for each the distance to the index before (the first from 0) and
    // the change.
    private static void WriteBuckets(ByteWriter into, Buckets before, Buckets after)
    {
        int changes = 0;
        foreach (var (_, change) in new Differences(before, after)) if (change != 0) changes++;
        into.Unsigned((ulong)changes);
        int last = 0;
        foreach (var (index, change) in new Differences(before, after))
        {
            if (change == 0) continue;
            into.Signed((long)index - last);
            into.Signed(change);
            last = index;
        }
    }

    private static Buckets ReadBuckets(ref ByteReader reader, Buckets before)
    {
        int changes = reader.Count(2);
        if (changes == 0) return before;
        var indexes = new List<int>(before.Indexes.Length + changes);
        var counts = new List<double>(before.Indexes.Length + changes);
        int kept = 0;
        long index = 0;
        for (int i = 0; i < changes; i++)
        {
            long distance = reader.Signed();
            if (i > 0 && distance < 1) throw reader.Bad("the buckets of a histogram do not ascend");
            index += distance;
            if (index is < int.MinValue or > int.MaxValue) throw reader.Bad("a bucket is out of range");
            for (; kept < before.Indexes.Length && before.Indexes[kept] < index; kept++) Add(before.Indexes[kept], before.Counts[kept]);
            double count = reader.Signed();
            if (kept < before.Indexes.Length && before.Indexes[kept] == index) count += before.Counts[kept++];
            Add((int)index, count);
        }
        for (; kept < before.Indexes.Length; kept++) Add(before.Indexes[kept], before.Counts[kept]);
        return indexes.Count == 0 ? Buckets.Empty : new Buckets([.. indexes], [.. counts]);

        // A bucket that went back to zero is absent, as it is after a restart of the counter.
        void Add(int at, double count)
        {
            if (count == 0) return;
            indexes.Add(at);
            counts.Add(count);
        }
    }

    /// <summary>Walks two sorted bucket lists as one, giving the change of each index.</summary>
    private ref struct Differences(Buckets before, Buckets after)
    {
        private int _before;
        private int _after;

        public (int Index, long Change) Current { get; private set; }

        public readonly Differences GetEnumerator() => this;

        public bool MoveNext()
        {
            bool hasBefore = _before < before.Indexes.Length;
            bool hasAfter = _after < after.Indexes.Length;
            if (!hasBefore && !hasAfter) return false;
            int index = !hasAfter ? before.Indexes[_before] : !hasBefore ? after.Indexes[_after] : Math.Min(before.Indexes[_before], after.Indexes[_after]);
            long change = 0;
            if (hasAfter && after.Indexes[_after] == index) change += (long)after.Counts[_after++];
            if (hasBefore && before.Indexes[_before] == index) change -= (long)before.Counts[_before++];
            Current = (index, change);
            return true;
        }
    }
}
