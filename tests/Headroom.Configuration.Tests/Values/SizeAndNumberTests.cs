using Headroom.Configuration.Values;

namespace Headroom.Configuration.Tests.Values;

public sealed class SizeAndNumberTests
{
    [Theory]
    [InlineData("512", 512)]
    [InlineData("512B", 512)]
    [InlineData("10MB", 10_000_000)]
    [InlineData("256MiB", 268_435_456)]
    [InlineData("1.5GiB", 1_610_612_736)]
    [InlineData("1 KiB", 1024)]
    [InlineData("4PiB", 4_503_599_627_370_496)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.True(SizeText.TryParse(text, out long read, out _));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("", "start with a number")]
    [InlineData("MiB", "start with a number")]
    [InlineData("-1", "start with a number")]
    [InlineData("10M", "10 could", true)]
    [InlineData("10Mb", "unit is none of")]
    [InlineData("0.3B", "whole bytes")]
    [InlineData("99999PiB", "too large")]
    public void What_is_no_size_is_refused_with_the_reason(string text, string reason, bool ambiguous = false)
    {
        Assert.False(SizeText.TryParse(text, out _, out string why));
        Assert.Contains(ambiguous ? "could mean 1000 or 1024" : reason, why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("99.9%", 0.999)]
    [InlineData("100%", 1)]
    [InlineData("0 %", 0)]
    [InlineData("99.95%", 0.9995)]
    public void Percentages_are_read_as_the_nearest_fraction(string text, double fraction)
    {
        Assert.True(NumberText.TryParsePercent(text, out double read, out _));
        Assert.Equal(fraction, read);
    }

    [Theory]
    [InlineData("99.9")]
    [InlineData("101%")]
    [InlineData("-1%")]
    [InlineData("%")]
    public void What_is_no_percentage_is_refused(string text) => Assert.False(NumberText.TryParsePercent(text, out _, out _));

    [Theory]
    [InlineData("0.120", 0.12)]
    [InlineData("-3", -3)]
    [InlineData("+4", 4)]
    [InlineData("1e-3", 0.001)]
    [InlineData(".5", 0.5)]
    public void Numbers_are_read(string text, double number)
    {
        Assert.True(NumberText.TryParse(text, out double read));
        Assert.Equal(number, read);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("inf")]
    [InlineData("Infinity")]
    [InlineData("-∞")]
    [InlineData("0x10")]
    [InlineData("1,000")]
    [InlineData("1e999")]
    [InlineData("")]
    public void What_is_no_finite_decimal_number_is_refused(string text) => Assert.False(NumberText.TryParse(text, out _));

    [Theory]
    [InlineData("targt", "target")]
    [InlineData("Target", "target")]
    [InlineData("crtiical", "critical")]
    [InlineData("zzz", null)]
    public void The_nearest_name_is_suggested(string name, string? expected) =>
        Assert.Equal(expected, NearestName.Of(name, ["name", "target", "critical", "baseline"]));

    [Fact]
    public void Swapped_neighbours_count_as_one_edit() => Assert.Equal(1, NearestName.Distance("qurey", "query"));
}
