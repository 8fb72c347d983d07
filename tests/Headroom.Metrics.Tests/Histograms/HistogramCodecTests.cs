using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Tests.Histograms;

public sealed class HistogramCodecTests
{
    [Fact]
    public void A_decoded_histogram_equals_the_encoded()
    {
        var random = new Random(51);
        for (int round = 0; round < 500; round++)
        {
            var values = Enumerable.Range(0, random.Next(0, 400)).Select(_ => random.Next(5) switch
            {
                0 => 0,
                1 => -HistogramData.AnyPositive(random),
                2 => HistogramData.AnyPositive(random),
                _ => HistogramData.Lognormal(random, 1),
            });
            AssertRoundTrip(HistogramData.Of(values).Downscale(random.Next(-4, 7)));
        }
    }

    [Fact]
    public void Every_field_survives()
    {
        var histogram = new Histogram
        {
            Scale = 20,
            ZeroThreshold = 1e-128,
            ZeroCount = 2.5,
            Count = 1e300,
            Sum = double.NegativeInfinity,
            Positive = new Buckets([int.MinValue / 2, 0, 1, 900], [0.1, 0.2, 1e18, 3]),
            Negative = new Buckets([-17], [double.NaN]),
            Reset = ResetHint.Gauge,
        };
        Assert.Equal(ResetHint.Gauge, AssertRoundTrip(histogram).Reset);
    }

    [Fact]
    public void NaN_observations_in_the_count_survive() =>
        Assert.Equal(7, AssertRoundTrip(new Histogram { Scale = 6, Count = 7, Sum = double.NaN, Positive = new Buckets([3], [5]) }).Count);

    [Fact]
    public void Custom_bounds_survive() =>
        AssertRoundTrip(new Histogram { CustomBounds = [-1, 0.5, 2], Count = 3, Sum = 1, Positive = new Buckets([0, 3], [1, 2]) });

    [Fact]
    public void The_stale_marker_survives() => Assert.True(AssertRoundTrip(new Histogram { Sum = StaleMarker.Value }).IsStale);

    [Fact]
    public void Zero_counts_are_left_out()
    {
        var histogram = new Histogram { Scale = 1, Count = 1, Sum = 1, Positive = new Buckets([1, 2, 3], [0, 1, 0]) };
        Assert.Equal([2], AssertRoundTrip(histogram).Positive.Indexes);
    }

    [Fact]
    public void A_thousand_lognormal_observations_take_at_most_450_bytes()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var histogram = HistogramData.Of(Enumerable.Range(0, 1000).Select(_ => HistogramData.Lognormal(random, 0.8)));
            Assert.InRange(HistogramCodec.Encode(histogram).Length, 100, 450);
        }
    }

    [Fact]
    public void The_format_on_disk_has_not_changed()
    {
        var histogram = HistogramData.Of(1, 1, 1.01, 2, 1000, -0.5, 0);
        Assert.Equal("010D0CAE47E17A14648F4002030101FF3D00FFBC0400040100000181010002", Convert.ToHexString(HistogramCodec.Encode(histogram)));
    }

    [Fact]
    public void Every_cut_is_refused()
    {
        byte[] bytes = HistogramCodec.Encode(HistogramData.Of(1, 2, 3, -4, 0, 100, 1e9));
        for (int length = 0; length < bytes.Length; length++)
            Assert.False(HistogramCodec.TryDecode(bytes.AsSpan(0, length), out _, out _));
    }

    [Fact]
    public void A_later_version_is_refused()
    {
        byte[] bytes = HistogramCodec.Encode(HistogramData.Of(1));
        bytes[0] = 2;
        Assert.False(HistogramCodec.TryDecode(bytes, out _, out _));
    }

    [Fact]
    public void Damaged_bytes_never_throw_and_never_allocate_much()
    {
        var random = new Random(52);
        byte[][] seeds =
        [
            HistogramCodec.Encode(HistogramData.Of(Enumerable.Range(0, 300).Select(_ => HistogramData.Lognormal(random, 1)))),
            HistogramCodec.Encode(new Histogram { CustomBounds = [1, 2], Count = 3, Positive = new Buckets([0, 2], [1.5, 2]) }),
        ];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = [.. seeds[random.Next(seeds.Length)]];
            for (int flips = random.Next(1, 6); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (!HistogramCodec.TryDecode(bytes, out var histogram, out int consumed)) continue;
            Assert.InRange(consumed, 1, bytes.Length);
            _ = histogram!.Quantile(0.5);
            AssertRoundTrip(histogram);
        }
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000L * 64 * 1024);
    }

    [Theory]
    [InlineData("010C0000000000000000" + "01" + "00FFFFFFFF07" + "0202")]
    [InlineData("010C0000000000000000" + "02" + "0003" + "FF00FFFFFFFF07")]
    [InlineData("010C0000000000000000" + "FFFFFFFFFFFFFFFFFF01" + "0003" + "0202")]
    [InlineData("010C0000000000000000" + "01" + "00FFFFFFFFFFFFFFFFFF01" + "0202")]
    public void A_span_longer_than_the_bytes_left_is_refused_before_memory_is_taken(string afterVersion)
    {
        byte[] bytes = [1, .. Convert.FromHexString(afterVersion)];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(HistogramCodec.TryDecode(bytes, out _, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024);
    }

    private static Histogram AssertRoundTrip(Histogram histogram)
    {
        byte[] bytes = [.. HistogramCodec.Encode(histogram), 0xAA];
        Assert.True(HistogramCodec.TryDecode(bytes, out var decoded, out int consumed));
        Assert.Equal(bytes.Length - 1, consumed);
        Assert.Equal(histogram, decoded);
        Assert.Equal(histogram.Reset, decoded!.Reset);
        return decoded;
    }
}
