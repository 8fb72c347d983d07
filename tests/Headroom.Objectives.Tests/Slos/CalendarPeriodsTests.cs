using FsCheck;
using FsCheck.Fluent;
using Headroom.Objectives.Slos;

namespace Headroom.Objectives.Tests.Slos;

public sealed class CalendarPeriodsTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("2026-03-29T12:00:00Z", 23)]
    [InlineData("2026-10-25T12:00:00Z", 25)]
    [InlineData("2026-06-01T12:00:00Z", 24)]
    public void A_day_on_which_clocks_change_has_23_or_25_hours(string at, int hours) =>
        Assert.Equal(hours, CalendarPeriods.Containing(DateTimeOffset.Parse(at), CalendarUnit.Day, Berlin).Length.TotalHours);

    [Theory]
    [InlineData(CalendarUnit.Day, "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData(CalendarUnit.Week, "2026-W13", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z")]
    [InlineData(CalendarUnit.Month, "2026-03", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z")]
    [InlineData(CalendarUnit.Quarter, "2026-Q1", "2025-12-31T23:00:00Z", "2026-03-31T22:00:00Z")]
    [InlineData(CalendarUnit.Year, "2026", "2025-12-31T23:00:00Z", "2026-12-31T23:00:00Z")]
    public void Periods_follow_the_zone_s_clocks(CalendarUnit unit, string name, string start, string end)
    {
        var period = CalendarPeriods.Containing(DateTimeOffset.Parse("2026-03-29T10:00:00Z"), unit, Berlin);
        Assert.Equal((name, DateTimeOffset.Parse(start), DateTimeOffset.Parse(end)), (period.Name, period.Start, period.End));
    }

    [Fact]
    public void Where_midnight_does_not_exist_the_day_begins_after_the_gap()
    {
        // Brazil, 4 November 2018: 00:00 became 01:00.
        var zone = TimeZoneInfo.FindSystemTimeZoneById("America/Sao_Paulo");
        var day = CalendarPeriods.Containing(DateTimeOffset.Parse("2018-11-04T12:00:00Z"), CalendarUnit.Day, zone);
        Assert.Equal((DateTimeOffset.Parse("2018-11-04T03:00:00Z"), 23.0), (day.Start, day.Length.TotalHours));
    }

    [Fact]
    public void A_day_that_a_zone_left_out_belongs_to_nobody()
    {
        // Samoa went from 29 to 31 December 2011.
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Pacific/Apia");
        var before = CalendarPeriods.Containing(DateTimeOffset.Parse("2011-12-30T09:00:00Z"), CalendarUnit.Day, zone);
        Assert.Equal("2011-12-29", before.Name);
        Assert.Equal("2011-12-31", CalendarPeriods.Containing(before.End, CalendarUnit.Day, zone).Name);
    }

    [Fact]
    public void Periods_of_every_zone_follow_each_other_without_gap_or_overlap()
    {
        string[] zones = ["UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Beirut", "America/Havana", "Pacific/Chatham"];
        var instants = from zone in Gen.Elements(zones)
                       from unit in Gen.Elements(Enum.GetValues<CalendarUnit>())
                       from minute in Gen.Choose(0, 60 * 24 * 365 * 40)
                       select (zone, unit, At: new DateTimeOffset(1990, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(instants.ToArbitrary(), i =>
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(i.zone);
            var period = CalendarPeriods.Containing(i.At, i.unit, zone);
            var next = CalendarPeriods.Containing(period.End, i.unit, zone);
            var before = CalendarPeriods.Containing(period.Start.AddTicks(-1), i.unit, zone);
            return period.Start <= i.At && i.At < period.End && next.Start == period.End && before.End == period.Start
                && CalendarPeriods.Containing(period.Start, i.unit, zone) == period && CalendarPeriods.Containing(period.End.AddTicks(-1), i.unit, zone) == period;
        }));
    }

    [Fact]
    public void Last_gives_the_periods_up_to_the_one_under_way()
    {
        var months = CalendarPeriods.Last(3, DateTimeOffset.Parse("2026-03-01T00:00:00Z"), CalendarUnit.Month, Berlin);
        Assert.Equal(["2026-01", "2026-02", "2026-03"], months.Select(m => m.Name));
    }

    [Theory]
    [InlineData("Europe/Berlin", true)]
    [InlineData("UTC", true)]
    [InlineData("Europe/Berlim", false)]
    [InlineData("", false)]
    [InlineData("../../etc/passwd", false)]
    public void Only_names_of_the_zone_database_are_zones(string name, bool known) => Assert.Equal(known, CalendarPeriods.TryFindZone(name, out _, out _));
}
