using Headroom.Cli.CommandLine;

namespace Headroom.EndToEnd.Tests.CommandLine;

public sealed class TimeExpressionTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("now", "2026-03-01T12:00:00Z")]
    [InlineData("now-1h30m", "2026-03-01T10:30:00Z")]
    [InlineData("now + 1d", "2026-03-02T12:00:00Z")]
    [InlineData("2014-02-20", "2014-02-20T00:00:00Z")]
    [InlineData("2014-02-20T21:00", "2014-02-20T21:00:00Z")]
    [InlineData("2014-02-20 21:00:05", "2014-02-20T21:00:05Z")]
    [InlineData("2014-02-20T21:00:00+02:00", "2014-02-20T19:00:00Z")]
    [InlineData("2014-02-20T21:00:00.250Z", "2014-02-20T21:00:00.250Z")]
    [InlineData("1392930000", "2014-02-20T21:00:00Z")]
    [InlineData("1392930000.5", "2014-02-20T21:00:00.500Z")]
    public void An_instant_is_read_as_a_person_means_it(string text, string expected)
    {
        Assert.True(TimeExpression.TryParse(text, Now, out long milliseconds));
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("now-")]
    [InlineData("now-1fortnight")]
    [InlineData("now1h")]
    [InlineData("2014-02-30")]
    [InlineData("20/02/2014")]
    [InlineData("NaN")]
    [InlineData("1e300")]
    public void What_is_no_instant_is_refused(string text) => Assert.False(TimeExpression.TryParse(text, Now, out _));
}
