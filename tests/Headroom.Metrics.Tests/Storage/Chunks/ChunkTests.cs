using Headroom.Metrics.Histograms;
using Headroom.Metrics.Storage;

namespace Headroom.Metrics.Tests.Storage.Chunks;

public sealed class ChunkTests
{
    private static readonly double[] Odd =
        [0, -0.0, 1, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, Math.PI, BitConverter.UInt64BitsToDouble(0x7ff0000000000002)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Floats_come_back_bit_for_bit_whatever_their_times_and_values(bool current)
    {
        var random = new Random(11);
        for (int round = 0; round < 400; round++)
        {
            var (times, values) = Samples(random, random.Next(1, 300), repeat: false);
            var into = new ByteWriter();
            if (current) NumberChunk.Encode(times, values, into);
            else FloatChunk.Encode(times, values, into);
            var read = new SampleBuffer();
            Decode(into, current, long.MinValue, long.MaxValue, read);
            Assert.Equal(times, read.Times.ToArray());
            Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), read.Values.ToArray().Select(BitConverter.DoubleToInt64Bits));

            read.Clear();
            long min = times[times.Length / 3];
            long max = times[times.Length / 2];
            Decode(into, current, min, max, read);
            Assert.Equal(times.Where(t => t >= min && t <= max), read.Times.ToArray());
        }
    }

    private static void Decode(ByteWriter chunk, bool current, long min, long max, SampleBuffer into)
    {
        if (current) NumberChunk.Decode(chunk.Written, min, max, into);
        else FloatChunk.Decode(chunk.Written, min, max, into);
    }

    [Fact]
    public void A_steady_gauge_takes_less_than_a_byte_and_a_half_a_sample()
    {
        var random = new Random(12);
        long[] times = [.. Enumerable.Range(0, 256).Select(i => 1_767_225_600_000 + i * 15_000L)];
        double[] values = [.. times.Select(_ => 40.0 + random.Next(2))];
        var into = new ByteWriter();
        FloatChunk.Encode(times, values, into);
        Assert.InRange(into.Length, 1, 384);
    }

    [Fact]
    public void Raw_entries_come_back_with_their_notes_in_their_order()
    {
        var random = new Random(13);
        for (int round = 0; round < 200; round++)
        {
            var (times, values) = Samples(random, random.Next(1, 260), repeat: true);
            object?[] notes = [.. times.Select(_ => random.Next(3) == 0 ? Note(random) : null)];
            var into = new ByteWriter();
            RawChunk.Encode(times, values, notes, into);
            RawChunk.Decode(into.Written, out long[] readTimes, out double[] readValues, out object?[]? readNotes);
            Assert.Equal(times, readTimes);
            Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), readValues.Select(BitConverter.DoubleToInt64Bits));
            Assert.Equal(notes, readNotes ?? new object?[times.Length]);
        }
    }

    [Fact]
    public void Histograms_come_back_equal_with_their_reset_hints()
    {
        var random = new Random(14);
        for (int round = 0; round < 100; round++)
        {
            var (times, _) = Samples(random, random.Next(1, 70), repeat: false);
            object?[] histograms = Histograms(random, times.Length);
            var into = new ByteWriter();
            HistogramChunk.Encode(times, histograms, into);
            var read = new SampleBuffer();
            HistogramChunk.Decode(into.Written, long.MinValue, long.MaxValue, read);
            Assert.Equal(times, read.Times.ToArray());
            for (int i = 0; i < times.Length; i++)
            {
                Assert.Equal(histograms[i], read.HistogramAt(i));
                Assert.Equal(((Histogram)histograms[i]!).Reset, read.HistogramAt(i)!.Reset);
            }
        }
    }

    [Fact]
    public void A_cumulative_histogram_costs_what_changed_in_it()
    {
        var random = new Random(15);
        var soFar = new HistogramRecorder();
        for (int i = 0; i < 10_000; i++) soFar.Record(Math.Exp(random.NextDouble() * 4));
        long[] times = [.. Enumerable.Range(0, 64).Select(i => i * 10_000L)];
        object?[] histograms = [.. times.Select(_ =>
        {
            for (int i = 0; i < 10; i++) soFar.Record(Math.Exp(random.NextDouble() * 4));
            return soFar.ToHistogram();
        })];
        var into = new ByteWriter();
        HistogramChunk.Encode(times, histograms, into);
        Assert.InRange(into.Length, 1, 1000 + 64 * 45);
    }

    [Fact]
    public void Random_and_mutated_bytes_are_refused_or_read_and_never_crash_or_fill_the_memory()
    {
        var random = new Random(16);
        var (times, values) = Samples(random, 40, repeat: false);
        var floats = new ByteWriter();
        FloatChunk.Encode(times, values, floats);
        var raw = new ByteWriter();
        RawChunk.Encode(times, values, [.. times.Select(_ => (object?)Note(random))], raw);
        var histograms = new ByteWriter();
        HistogramChunk.Encode(times, Histograms(random, times.Length), histograms);
        var numbers = new ByteWriter();
        NumberChunk.Encode(times, values, numbers);
        var aggregates = new ByteWriter();
        AggregateChunk.Encode(times, [.. values.Select(AggregateRow.Single)], aggregates);
        byte[][] seeds = [numbers.ToArray(), aggregates.ToArray(), floats.ToArray(), raw.ToArray(), histograms.ToArray(), []];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = Fuzz.Mutate(seeds[random.Next(seeds.Length)], random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var decode in (Action[])[
                () => NumberChunk.Decode(bytes, long.MinValue, long.MaxValue, new SampleBuffer()),
                () => AggregateChunk.Decode(bytes, out _, out _),
                () => FloatChunk.Decode(bytes, long.MinValue, long.MaxValue, new SampleBuffer()),
                () => RawChunk.Decode(bytes, out _, out _, out _),
                () => HistogramChunk.Decode(bytes, long.MinValue, long.MaxValue, new SampleBuffer())])
            {
                try
                {
                    decode();
                }
                catch (DecodeException) { }
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        }
    }

    private static (long[] Times, double[] Values) Samples(Random random, int count, bool repeat)
    {
        long[] times = new long[count];
        double[] values = new double[count];
        long time = random.NextInt64(-1000, 2_000_000_000_000);
        int style = random.Next(4);
        for (int i = 0; i < count; i++)
        {
            times[i] = time;
            time += style switch
            {
                0 => 15_000,
                1 => 15_000 + random.Next(-5, 5),
                2 => random.NextInt64(1, 1L << random.Next(1, 50)),
                _ => repeat ? random.Next(2) : 1,
            };
            values[i] = random.Next(5) == 0 ? Odd[random.Next(Odd.Length)] : random.Next(2) == 0 ? random.Next(100) : random.NextDouble();
        }
        return (times, values);
    }

    private static SampleNote Note(Random random) => new(
        random.Next(3) == 0 ? null : $$"""{"k":{{random.Next(5)}}}""", random.Next(2) == 0 ? null : $"id{random.Next()}", random.Next(2) == 0 ? null : "Milliseconds");

    // Counters that go on, start again, change their scale, turn into gauges with fractions, become stale.
    private static object?[] Histograms(Random random, int count)
    {
        var soFar = new HistogramRecorder();
        var all = new object?[count];
        for (int i = 0; i < count; i++)
        {
            if (random.Next(10) == 0) soFar.Clear();
            for (int n = random.Next(20); n > 0; n--) soFar.Record(random.Next(6) == 0 ? random.Next(3) - 1 : Math.Exp(random.NextDouble() * 10) * (random.Next(5) == 0 ? -1 : 1));
            var histogram = soFar.ToHistogram();
            all[i] = random.Next(12) switch
            {
                0 => histogram.Downscale(random.Next(-4, 7)),
                1 => new Histogram { Scale = 2, Count = 2.5, Sum = 1, Positive = new Buckets([-3, 9], [0.25, 2.25]), Reset = ResetHint.Gauge },
                2 => new Histogram { Sum = StaleMarker.Value },
                3 => new Histogram { Count = 7, Sum = 3, CustomBounds = [0.1, 1], Positive = new Buckets([0, 2], [3, 4]) },
                4 => new Histogram { Scale = 1, ZeroThreshold = 1e-9, ZeroCount = 3, Count = 5, Sum = 0 },
                _ => histogram,
            };
        }
        return all;
    }
}
