using System.Numerics;
using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Tests.Histograms;

public sealed class ExponentialBucketsTests
{
    [Theory]
    [InlineData(1.0, -1)]
    [InlineData(2.0, 63)]
    [InlineData(4.0, 127)]
    [InlineData(0.5, -65)]
    [InlineData(1.0000000000000002, 0)]
    [InlineData(0.9999999999999999, -1)]
    [InlineData(1.5, 37)]
    [InlineData(5e-324, -1074 * 64 - 1)]
    [InlineData(1e-323, -1073 * 64 - 1)]
    [InlineData(1.5e-323, -1073 * 64 + 37)]
    [InlineData(2.2250738585072014E-308, -1022 * 64 - 1)]
    [InlineData(2.225073858507201E-308, -1022 * 64 - 1)]
    [InlineData(double.MaxValue, 1024 * 64 - 1)]
    public void Index_at_scale_6_is_exact(double value, int index) =>
        Assert.Equal(index, ExponentialBuckets.IndexOf(value, 6));

    [Fact]
    public void Every_power_of_two_is_the_upper_bound_of_its_bucket_at_every_scale()
    {
        for (int scale = -4; scale <= 6; scale++)
            for (int exponent = -1074; exponent <= 1023; exponent++)
            {
                int expected = scale >= 0 ? (exponent << scale) - 1 : (exponent - 1) >> -scale;
                Assert.Equal(expected, ExponentialBuckets.IndexOf(Math.ScaleB(1, exponent), scale));
            }
    }

    [Fact]
    public void Index_agrees_with_exact_integer_arithmetic_beside_every_boundary()
    {
        for (int j = 0; j < 64; j++)
        {
            double boundary = ExponentialBuckets.LowerBound(j, 6);
            for (int ulps = -2; ulps <= 2; ulps++)
            {
                double value = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(boundary) + ulps);
                if (value >= 1) Assert.Equal(ExactIndex(value), ExponentialBuckets.IndexOf(value, 6));
            }
        }
    }

    [Fact]
    public void Index_agrees_with_exact_integer_arithmetic_on_random_values()
    {
        var random = new Random(11);
        for (int i = 0; i < 2000; i++)
        {
            double value = 1 + random.NextDouble() * 0.9999999;
            Assert.Equal(ExactIndex(value), ExponentialBuckets.IndexOf(value, 6));
        }
    }

    [Fact]
    public void A_value_lies_between_the_bounds_of_its_bucket_at_every_scale()
    {
        var random = new Random(12);
        for (int i = 0; i < 20_000; i++)
        {
            double value = HistogramData.AnyPositive(random);
            int scale = random.Next(-4, 21);
            int index = ExponentialBuckets.IndexOf(value, scale);
            Assert.True(value >= ExponentialBuckets.LowerBound(index, scale), $"{value:R} at {scale}");
            Assert.True(value <= ExponentialBuckets.UpperBound(index, scale), $"{value:R} at {scale}");
        }
    }

    [Fact]
    public void Midpoint_is_as_far_from_both_bounds_relatively()
    {
        foreach (int scale in (int[])[-4, -1, 0, 3, 6, 9])
            foreach (int index in (int[])[-40, -3, 0, 1, 17, 40])
            {
                double lower = ExponentialBuckets.LowerBound(index, scale), upper = ExponentialBuckets.UpperBound(index, scale);
                double middle = ExponentialBuckets.Midpoint(index, scale);
                Assert.Equal((middle - lower) / lower, (upper - middle) / upper, 9);
            }
    }

    [Fact]
    public void Midpoint_of_the_highest_bucket_is_finite_and_of_the_lowest_is_its_only_value()
    {
        Assert.InRange(ExponentialBuckets.Midpoint(1024 * 64 - 1, 6), double.MaxValue * 0.99, double.MaxValue);
        Assert.Equal(double.Epsilon, ExponentialBuckets.Midpoint(-1074 * 64 - 1, 6));
    }

    /// <summary>⌈64·log2 v⌉ − 1 for 1 ≤ v &lt; 2, by comparing v^64 with powers of two as integers.</summary>
    private static int ExactIndex(double value)
    {
        var mantissa = new BigInteger((BitConverter.DoubleToUInt64Bits(value) & ((1UL << 52) - 1)) | 1UL << 52);
        var power = BigInteger.Pow(mantissa, 64) - 1;
        // v^64 > 2^j  ⇔  mantissa^64 > 2^(52·64 + j); the greatest such j is the index.
        return (int)(power.GetBitLength() - 1) - 52 * 64;
    }
}
