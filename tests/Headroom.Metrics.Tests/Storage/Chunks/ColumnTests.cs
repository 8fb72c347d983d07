using FsCheck;
using FsCheck.Fluent;
using Headroom.Metrics.Storage;

namespace Headroom.Metrics.Tests.Storage.Chunks;

public sealed class ColumnTests
{
    private static readonly double[] Odd =
        [0, -0.0, 1, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, Math.PI, StaleMarker.Value, 1L << 53, 1e300, 0.1 + 0.2];

    [Fact]
    public void Any_whole_numbers_come_back()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<long[]>(), numbers => numbers.Length == 0 || Integers(numbers).SequenceEqual(numbers)).QuickCheckThrowOnFailure();
        var random = new Random(31);
        for (int round = 0; round < 2000; round++)
        {
            long[] numbers = new long[random.Next(1, 300)];
            long value = random.NextInt64() >> random.Next(64);
            int width = random.Next(1, 63);
            long multiple = random.Next(3) == 0 ? random.Next(1, 100_000) : 1;
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = value;
                value += random.Next(4) switch { 0 => 0, 1 => multiple, 2 => random.NextInt64(1L << width) * multiple, _ => -random.NextInt64(1L << width) };
            }
            Assert.Equal(numbers, Integers(numbers));
        }
    }

    [Fact]
    public void Any_floats_come_back_bit_for_bit()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<double[]>(), values => values.Length == 0 || SameBits(values, Floats(values))).QuickCheckThrowOnFailure();
        var random = new Random(32);
        for (int round = 0; round < 2000; round++)
        {
            double[] values = new double[random.Next(1, 300)];
            int digits = random.Next(0, 16);
            int oddness = random.Next(1, 40);
            for (int i = 0; i < values.Length; i++)
                values[i] = random.Next(oddness) == 0 ? Odd[random.Next(Odd.Length)] : Math.Round(random.NextDouble() * Math.Pow(10, random.Next(10)), digits);
            Assert.True(SameBits(values, Floats(values)));
        }
    }

    [Fact]
    public void Large_whole_numbers_at_the_edge_of_exactness_come_back()
    {
        var random = new Random(33);
        for (int round = 0; round < 2000; round++)
        {
            double[] values = [.. Enumerable.Range(0, 40).Select(_ => (double)(random.NextInt64(1L << 54) - (1L << 53)) / Math.Pow(10, random.Next(4)))];
            Assert.True(SameBits(values, Floats(values)));
        }
    }

    [Theory]
    [InlineData("regular times", 10)]
    [InlineData("constant", 4)]
    [InlineData("steady counter", 5)]
    [InlineData("two decimals", 256 * 0.95)]
    [InlineData("pages of memory", 256 * 1.1)]
    [InlineData("a stale marker in a constant", 16)]
    public void Columns_cost_what_they_say(string what, double mostBytes)
    {
        var random = new Random(34);
        var into = new ByteWriter();
        double[] values = [.. Enumerable.Range(0, 256).Select(i => what switch
        {
            "constant" => 42,
            "steady counter" => i * 17,
            "two decimals" => Math.Round(40 + random.NextDouble() * 1.2, 2),
            "pages of memory" => 8e9 + random.Next(100) * 4096,
            _ => i == 200 ? StaleMarker.Value : 3.25,
        })];
        if (what == "regular times") IntegerColumn.Write(into, [.. Enumerable.Range(0, 256).Select(i => 1_767_225_600_000 + i * 15_000L)]);
        else NumberColumn.Write(into, values);
        Assert.InRange(into.Length, 1, mostBytes);
    }

    [Fact]
    public void Random_and_mutated_bytes_are_refused_or_read_and_never_crash()
    {
        var random = new Random(35);
        var seeds = new List<byte[]> { Array.Empty<byte>() };
        foreach (var values in (double[][])[[.. Enumerable.Range(0, 100).Select(i => i * 1.5)], [.. Enumerable.Range(0, 100).Select(_ => random.NextDouble())], [.. Enumerable.Range(0, 100).Select(i => (double)random.Next(5000))]])
        {
            var into = new ByteWriter();
            NumberColumn.Write(into, values);
            seeds.Add(into.ToArray());
        }
        for (int round = 0; round < 60_000; round++)
        {
            byte[] bytes = Fuzz.Mutate(seeds[random.Next(seeds.Count)], random);
            try
            {
                var reader = new ByteReader(bytes);
                NumberColumn.Read(ref reader, new double[100]);
            }
            catch (DecodeException) { }
        }
    }

    [Fact]
    public void Aggregates_come_back_and_one_of_them_can_be_read_alone()
    {
        var random = new Random(36);
        for (int round = 0; round < 200; round++)
        {
            int count = random.Next(1, 200);
            long[] times = [.. Enumerable.Range(1, count).Select(i => i * 300_000L - random.Next(1000))];
            AggregateRow[] rows = [.. times.Select(_ => new AggregateRow(random.Next(10), random.Next(10, 20), random.NextDouble(), random.Next(1, 21)))];
            var into = new ByteWriter();
            AggregateChunk.Encode(times, rows, into);
            AggregateChunk.Decode(into.Written, out long[] readTimes, out var readRows);
            Assert.Equal(times, readTimes);
            Assert.Equal(rows, readRows);
            var alone = new SampleBuffer();
            AggregateChunk.Decode(into.Written, times[count / 3], times[count / 2], SampleAggregate.Sum, alone);
            Assert.Equal(rows[(count / 3)..(count / 2 + 1)].Select(r => r.Sum), alone.Values.ToArray());
        }
    }

    private static long[] Integers(long[] numbers)
    {
        var into = new ByteWriter();
        IntegerColumn.Write(into, numbers);
        long[] read = new long[numbers.Length];
        var reader = new ByteReader(into.Written);
        IntegerColumn.Read(ref reader, read);
        Assert.Equal(0, reader.Remaining);
        return read;
    }

    private static double[] Floats(double[] values)
    {
        var into = new ByteWriter();
        NumberColumn.Write(into, values);
        double[] read = new double[values.Length];
        var reader = new ByteReader(into.Written);
        NumberColumn.Read(ref reader, read);
        Assert.Equal(0, reader.Remaining);
        return read;
    }

    private static bool SameBits(double[] a, double[] b) => a.Select(BitConverter.DoubleToInt64Bits).SequenceEqual(b.Select(BitConverter.DoubleToInt64Bits));
}
