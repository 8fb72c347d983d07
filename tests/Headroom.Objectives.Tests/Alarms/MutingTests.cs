using Headroom.Metrics;
using Headroom.Objectives.Alarms;
using Headroom.Objectives.Alarms.Muting;
using Headroom.Objectives.Tests.Slos;

namespace Headroom.Objectives.Tests.Alarms;

public sealed class MutingTests
{
    private static readonly Suppressor By = new("maintenance", TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3));

    [Fact]
    public void A_suppressor_in_alarm_keeps_actions_back_and_for_the_extension_after_it()
    {
        var standing = Suppression.None.Next(By, true, AlarmState.Ok, AlarmState.Alarm, At(0));
        Assert.Equal("ALARM", standing.By);
        standing = standing.Next(By, false, AlarmState.Alarm, AlarmState.Alarm, At(1));
        Assert.Equal("ExtensionPeriod", standing.By);
        Assert.Equal("ExtensionPeriod", standing.Next(By, false, AlarmState.Alarm, AlarmState.Alarm, At(3)).By);
        Assert.Null(standing.Next(By, false, AlarmState.Alarm, AlarmState.Alarm, At(4)).By);
    }

    [Fact]
    public void A_composite_that_alarms_first_waits_for_its_suppressor()
    {
        var standing = Suppression.None.Next(By, false, AlarmState.Ok, AlarmState.Alarm, At(0));
        Assert.Equal("WaitPeriod", standing.By);
        Assert.Equal("ALARM", standing.Next(By, true, AlarmState.Alarm, AlarmState.Alarm, At(1)).By);
        Assert.Equal("WaitPeriod", standing.Next(By, false, AlarmState.Alarm, AlarmState.Alarm, At(1)).By);
        Assert.Null(standing.Next(By, false, AlarmState.Alarm, AlarmState.Alarm, At(2)).By);
    }

    [Fact]
    public void Going_back_to_ok_waits_for_nobody()
    {
        var standing = Suppression.None.Next(By, false, AlarmState.Ok, AlarmState.Alarm, At(0));
        Assert.Null(standing.Next(By, false, AlarmState.Alarm, AlarmState.Ok, At(1)).By);
        Assert.Null(Suppression.None.Next(By, false, AlarmState.Alarm, AlarmState.Ok, At(0)).By);
    }

    [Fact]
    public void A_suppressor_that_comes_back_ends_the_extension()
    {
        var standing = Suppression.None.Next(By, true, AlarmState.Alarm, AlarmState.Alarm, At(0)).Next(By, false, AlarmState.Alarm, AlarmState.Alarm, At(1));
        Assert.Equal(new Suppression(true, null, null), standing.Next(By, true, AlarmState.Alarm, AlarmState.Alarm, At(2)));
    }

    [Theory]
    [InlineData("2026-03-28T21:30:00Z", true)]
    [InlineData("2026-03-28T20:59:59Z", false)]
    [InlineData("2026-03-29T00:59:59Z", true)]
    [InlineData("2026-03-29T01:00:00Z", false)]
    [InlineData("2026-03-27T22:00:00Z", false)]
    public void A_maintenance_window_is_as_long_in_the_night_the_clocks_change(string at, bool open)
    {
        // Saturday 22:00 in Berlin (21:00 UTC), four hours; at 02:00 the clocks go to 03:00.
        var window = new MaintenanceWindow("w", AlarmMatchers.Everything, [DayOfWeek.Saturday], new TimeOnly(22, 0), TimeSpan.FromHours(4), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        Assert.Equal(open, window.Holds(DateTimeOffset.Parse(at)));
    }

    [Fact]
    public void A_window_at_a_time_that_the_clocks_skip_opens_when_they_go_on()
    {
        var window = new MaintenanceWindow("w", AlarmMatchers.Everything, [], new TimeOnly(2, 30), TimeSpan.FromMinutes(10), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        Assert.False(window.Holds(DateTimeOffset.Parse("2026-03-29T00:59:00Z")));
        Assert.True(window.Holds(DateTimeOffset.Parse("2026-03-29T01:00:00Z")));
        Assert.False(window.Holds(DateTimeOffset.Parse("2026-03-29T01:30:00Z")));
    }

    [Fact]
    public void A_window_of_a_week_is_open_all_week()
    {
        var window = new MaintenanceWindow("w", AlarmMatchers.Everything, [DayOfWeek.Monday], TimeOnly.MinValue, TimeSpan.FromDays(7), TimeZoneInfo.Utc);
        for (int hour = 0; hour < 400; hour += 7) Assert.True(window.Holds(DateTimeOffset.Parse("2026-03-02T00:00:00Z").AddHours(hour)));
    }

    [Theory]
    [InlineData("alarm=\"api-slow\"", true)]
    [InlineData("alarm=~\"api-.*\", service!=\"web\"", true)]
    [InlineData("{service=\"shop\"}", true)]
    [InlineData("", true)]
    [InlineData("absent=\"\"", true)]
    [InlineData("alarm=~\"api\"", false)]
    [InlineData("service!~\"s.*\"", false)]
    public void Matchers_are_those_of_selectors(string text, bool match)
    {
        Assert.True(AlarmMatchers.TryParse(text, out var matchers, out string reason), reason);
        Assert.Equal(match, matchers.Match(Labels.From(new Label("alarm", "api-slow"), new Label("service", "shop"))));
    }

    [Fact]
    public void Whatever_the_matchers_the_answer_is_matchers_or_a_reason()
    {
        var random = new Random(5);
        string[] pieces = ["alarm", "=", "!=", "=~", "!~", "\"x\"", "\"(\"", ",", "{", "}", " ", "'y'", "\\", "[5m]", "offset 5m", "__name__", "@"];
        for (int i = 0; i < 10_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 10)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (!AlarmMatchers.TryParse(text, out _, out string reason)) Assert.NotEmpty(reason);
        }
    }

    private static DateTimeOffset At(double minutes) => Given.Start.AddMinutes(minutes);
}
