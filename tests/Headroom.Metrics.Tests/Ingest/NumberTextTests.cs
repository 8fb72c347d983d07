using System.Globalization;
using System.Text;
using Headroom.Metrics.Ingest;

namespace Headroom.Metrics.Tests.Ingest;

public sealed class NumberTextTests
{
    [Fact]
    public void Numbers_parse_bit_for_bit_as_the_framework_does()
    {
        var random = new Random(71);
        string[] formats = ["R", "E5", "E16", "F2", "F6", "F0", "G9"];
        for (int i = 0; i < 50_000; i++)
        {
            double value = random.Next(3) switch
            {
                0 => BitConverter.Int64BitsToDouble(random.NextInt64()),
                1 => Math.Round(random.NextDouble() * 1000, random.Next(8)),
                _ => random.Next(),
            };
            if (!double.IsFinite(value)) continue;
            string text = (random.Next(4) == 0 ? -value : value).ToString(formats[random.Next(formats.Length)], CultureInfo.InvariantCulture);
            Assert.True(NumberText.TryParse(Encoding.ASCII.GetBytes(text), out double parsed), text);
            Assert.Equal(BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)), BitConverter.DoubleToInt64Bits(parsed));
        }
    }

    [Theory]
    [InlineData("51.846000000000004", 51.846000000000004)]
    [InlineData("+5", 5)]
    [InlineData("-0", -0.0)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("1e-320", 1e-320)]
    [InlineData("9007199254740993", 9007199254740992.0)]
    [InlineData("0.00000000000000001", 1e-17)]
    public void Known_numbers(string text, double expected)
    {
        Assert.True(NumberText.TryParse(Encoding.ASCII.GetBytes(text), out double parsed));
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(parsed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1.2.3")]
    [InlineData("1,5")]
    [InlineData("1_000")]
    [InlineData("0x10")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1e")]
    [InlineData("1e400")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("∞")]
    [InlineData("٣")]
    public void Anything_else_is_refused(string text) => Assert.False(NumberText.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("NaN", double.NaN)]
    [InlineData("nan", double.NaN)]
    [InlineData("+Inf", double.PositiveInfinity)]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("-Infinity", double.NegativeInfinity)]
    public void Special_values(string text, double expected)
    {
        Assert.True(NumberText.TryParseSpecial(Encoding.UTF8.GetBytes(text), out double parsed));
        Assert.Equal(expected, parsed);
        Assert.False(NumberText.TryParseSpecial(Encoding.UTF8.GetBytes(text + "x"), out _));
    }
}
