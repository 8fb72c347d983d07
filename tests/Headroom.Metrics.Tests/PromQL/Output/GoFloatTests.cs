using Headroom.Metrics.PromQL.Output;

namespace Headroom.Metrics.Tests.PromQL.Output;

public sealed class GoFloatTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1, "1")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(0.1, "0.1")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1.5e21, "1.5e+21")]
    [InlineData(123456789012345680, "123456789012345680")]
    [InlineData(0.000001, "0.000001")]
    [InlineData(0.0000015, "0.0000015")]
    [InlineData(0.0000001, "1e-07")]
    [InlineData(1.5e-7, "1.5e-07")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(1234.5678, "1234.5678")]
    [InlineData(1e15, "1000000000000000")]
    [InlineData(1.2345e16, "12345000000000000")]
    public void Api_values_look_as_the_server_writes_them(double value, string text) => Assert.Equal(text, GoFloat.Json(value));

    [Theory]
    [InlineData(1e21, "1000000000000000000000")]
    [InlineData(1e-7, "0.0000001")]
    [InlineData(0.5, "0.5")]
    public void Plain_values_have_no_exponent(double value, string text) => Assert.Equal(text, GoFloat.Plain(value));

    [Theory]
    [InlineData(100000, "100000")]
    [InlineData(1000000, "1e+06")]
    [InlineData(123456789, "1.23456789e+08")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(2.5, "2.5")]
    public void General_values_choose(double value, string text) => Assert.Equal(text, GoFloat.General(value));

    [Fact]
    public void Rounded_numbers_are_written_with_the_shortest_digits()
    {
        var random = new Random(8);
        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        for (int i = 0; i < 50_000; i++)
        {
            double value = Math.Round((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-2, 11)), random.Next(0, 8));
            double near = i % 3 == 0 ? Math.BitIncrement(value) : value;
            if (near == 0 || Math.Abs(near) < 1e-4) continue;
            Assert.Equal(near.ToString("R", invariant), GoFloat.Json(near));
        }
    }

    [Fact]
    public void What_is_written_reads_back_as_the_same_number()
    {
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            double value = BitConverter.Int64BitsToDouble(random.NextInt64());
            if (!double.IsFinite(value)) continue;
            foreach (string text in (string[])[GoFloat.Json(value), GoFloat.Plain(value), GoFloat.General(value)])
                Assert.Equal(value, double.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
        }
    }
}
