using FsCheck;
using FsCheck.Fluent;
using Headroom.Configuration.Values;

namespace Headroom.Configuration.Tests.Values;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("30s", 30_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("2w", 1_209_600_000)]
    [InlineData("1y", 31_536_000_000)]
    [InlineData("1y2w3d4h5m6s7ms", 31_536_000_000 + 1_209_600_000 + 259_200_000 + 14_400_000 + 300_000 + 6_000 + 7)]
    [InlineData("0s", 0)]
    public void Durations_are_read(string text, long milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration, out _));
        Assert.Equal(milliseconds, (long)duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("30", "unit is missing")]
    [InlineData("s", "unit must follow a number")]
    [InlineData("1.5h", "whole numbers")]
    [InlineData("5 m", "unit is missing")]
    [InlineData("-5m", "unit must follow a number")]
    [InlineData("5min", "unit is none of")]
    [InlineData("5M", "unit is none of")]
    [InlineData("5m1h", "largest to the smallest")]
    [InlineData("5m5m", "largest to the smallest")]
    [InlineData("99999999999999999999s", "too large")]
    [InlineData("9999999999999y", "too long")]
    [InlineData("300000000y", "too long")]
    public void What_is_no_duration_is_refused_with_the_reason(string text, string reason)
    {
        Assert.False(DurationText.TryParse(text, out _, out string why));
        Assert.Contains(reason, why, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_written_is_read_back() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(Gen.Choose(0, int.MaxValue).Select(n => TimeSpan.FromMilliseconds(n * 40.0)).ToArbitrary(), duration =>
        {
            Assert.True(DurationText.TryParse(DurationText.Format(duration), out var back, out _));
            Assert.Equal(duration, back);
        }));

    [Fact]
    public void Days_are_written_as_days() => Assert.Equal("35d", DurationText.Format(TimeSpan.FromDays(35)));
}
