using System.Globalization;
using System.Text;
using Headroom.Metrics.Ingest;

namespace Headroom.Metrics.Tests.Ingest;

public sealed class TimestampTextTests
{
    [Fact]
    public void Every_day_of_four_centuries_and_the_ends_of_time_agree_with_the_framework()
    {
        for (var day = new DateTimeOffset(1890, 1, 1, 0, 0, 0, TimeSpan.Zero); day.Year < 2310; day = day.AddDays(1)) AssertParses(day);
        AssertParses(new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero));
        AssertParses(new DateTimeOffset(9999, 12, 31, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void Any_instant_and_zone_round_trips()
    {
        var random = new Random(61);
        for (int i = 0; i < 20_000; i++)
        {
            var offset = TimeSpan.FromMinutes(random.Next(-14 * 60, 14 * 60));
            var time = DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(-2_000_000_000_000, 8_000_000_000_000)).ToOffset(offset);
            string text = time.ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
            Assert.True(TimestampText.TryParse(Encoding.UTF8.GetBytes(text), out long parsed));
            Assert.Equal(time.ToUnixTimeMilliseconds(), parsed);
        }
    }

    [Theory]
    [InlineData("2014-02-14 14:30:00", 1392388200000)]
    [InlineData("2014/02/14 14:30", 1392388200000)]
    [InlineData("2014-02-14T14:30:00.9", 1392388200900)]
    [InlineData("2014-02-14T14:30:00,99999", 1392388200999)]
    [InlineData("2014-02-14T14:30:00 UTC", 1392388200000)]
    [InlineData("2014-02-14T14:30:00 +0000", 1392388200000)]
    [InlineData("2014-02-14T14:30:00-01", 1392391800000)]
    [InlineData("2016-12-31T23:59:60Z", 1483228800000)]
    [InlineData("1392388200", 1392388200000)]
    [InlineData("1392388200.1239", 1392388200124)]
    [InlineData("1392388200123", 1392388200123)]
    [InlineData("1392388200123456", 1392388200123)]
    [InlineData("1392388200123456789", 1392388200123)]
    [InlineData("-1", -1000)]
    public void Known_forms(string text, long expected)
    {
        Assert.True(TimestampText.TryParse(Encoding.UTF8.GetBytes(text), out long parsed));
        Assert.Equal(expected, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("2014-02-14T")]
    [InlineData("2014-02-14X14:30:00")]
    [InlineData("2014-02-14 24:00:00")]
    [InlineData("2014-02-14 14:60:00")]
    [InlineData("2014-02-14 14:30:61")]
    [InlineData("2014-02-14 14:30:00.")]
    [InlineData("2014-02-14 14:30:00Zebra")]
    [InlineData("2014-02-14 14:30:00+1:00")]
    [InlineData("2014-02-14 14:30:00+01x00")]
    [InlineData("2014-02/14")]
    [InlineData("2014-13-14")]
    [InlineData("2015-02-29")]
    [InlineData("0000-01-01")]
    [InlineData("14-02-2014")]
    [InlineData("NaN")]
    [InlineData("1e400")]
    [InlineData(" 2014-02-14")]
    public void Anything_else_is_refused(string text) =>
        Assert.False(TimestampText.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Numbers_of_any_size_are_safe()
    {
        foreach (double number in (double[])[double.MaxValue, -double.MaxValue, 0, -0.0, 1e18, 1e11, 1e14])
            Assert.True(TimestampText.TryFromNumber(number, out _));
        Assert.False(TimestampText.TryFromNumber(double.NaN, out _));
        Assert.True(TimestampText.TryParseNumber("-9223372036854775808"u8, out _));
    }

    private static void AssertParses(DateTimeOffset day)
    {
        Assert.True(TimestampText.TryParseDate(Encoding.ASCII.GetBytes(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), out long parsed));
        Assert.Equal(day.ToUnixTimeMilliseconds(), parsed);
    }
}
