using Headroom.Metrics.PromQL;
using Headroom.Objectives.Usage;

namespace Headroom.Objectives.Tests.Usage;

public sealed class UsagePatternTests
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    private static List<Point> Hourly(int days, Func<DateTimeOffset, double> value) =>
        [.. Enumerable.Range(0, days * 24).Select(h => Monday.AddHours(h)).Select(t => new Point(t.ToUnixTimeMilliseconds(), value(t)))];

    [Fact]
    public void Peak_hours_and_the_quietest_period_are_found()
    {
        var pattern = UsagePattern.Of(Hourly(28, t => t.Hour is >= 9 and < 12 ? 100 : t.Hour is >= 22 or < 5 ? 10 : 50), TimeZoneInfo.Utc)!;
        Assert.Equal([9, 10, 11], pattern.PeakHours);
        Assert.Equal(new HourRange(22, 7), pattern.LowPeriod);
        Assert.Equal(5, pattern.LowPeriod!.Value.To);
        Assert.Equal(10, pattern.PeakToLow);
        Assert.InRange(pattern.DailyShare, 0.99, 1);
        Assert.InRange(pattern.WeeklyShare, 0, 0.01);
    }

    [Fact]
    public void Weekends_show_in_the_week_and_not_in_the_day()
    {
        var pattern = UsagePattern.Of(Hourly(28, t => (t.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 20 : 100) + t.Hour), TimeZoneInfo.Utc)!;
        Assert.True(pattern.WeeklyShare > 0.8, $"{pattern.WeeklyShare}");
        Assert.Equal((111.5, 31.5), pattern.Typical);
        Assert.Equal(20, pattern.Week[5][0]);
    }

    [Fact]
    public void Hours_are_those_of_the_zone_also_when_its_clocks_change()
    {
        // Berlin's clocks go forward on 29 March 2026; its people come at nine all the same.
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var pattern = UsagePattern.Of(Hourly(56, t => TimeZoneInfo.ConvertTime(t, berlin).Hour == 9 ? 100 : 1), berlin)!;
        Assert.Equal([9], pattern.PeakHours);
    }

    [Fact]
    public void Flat_use_has_no_peaks()
    {
        var random = new Random(1);
        var pattern = UsagePattern.Of(Hourly(28, _ => 100 + 30 * random.NextDouble()), TimeZoneInfo.Utc)!;
        Assert.Empty(pattern.PeakHours);
        Assert.Null(pattern.LowPeriod);
    }

    [Fact]
    public void Constant_zero_and_gaps_are_no_trouble()
    {
        Assert.Empty(UsagePattern.Of(Hourly(14, _ => 0), TimeZoneInfo.Utc)!.PeakHours);
        var gaps = UsagePattern.Of(Hourly(28, t => t.Hour < 12 ? double.NaN : t.Hour), TimeZoneInfo.Utc)!;
        Assert.True(double.IsNaN(gaps.Day[3]));
        Assert.Contains(23, gaps.PeakHours);
    }

    [Fact]
    public void Too_little_is_no_pattern()
    {
        Assert.Null(UsagePattern.Of(Hourly(1, t => t.Hour), TimeZoneInfo.Utc));
        Assert.Null(UsagePattern.Of([], TimeZoneInfo.Utc));
    }
}
