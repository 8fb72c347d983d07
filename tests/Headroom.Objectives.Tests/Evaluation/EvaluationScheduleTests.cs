using Headroom.Objectives.Evaluation;

namespace Headroom.Objectives.Tests.Evaluation;

public sealed class EvaluationScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 3, TimeSpan.Zero);

    [Fact]
    public void Instants_are_aligned_and_ten_seconds_late()
    {
        var schedule = new EvaluationSchedule(TimeSpan.FromSeconds(10));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 11, 59, 50, TimeSpan.Zero), schedule.Take(Start));
        Assert.Equal(TimeSpan.FromSeconds(7), schedule.Until(Start));
        Assert.Null(schedule.Take(Start.AddSeconds(6.9)));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), schedule.Take(Start.AddSeconds(7)));
    }

    [Fact]
    public void What_was_missed_is_counted_and_not_made_up_for()
    {
        var schedule = new EvaluationSchedule(TimeSpan.FromSeconds(10));
        schedule.Take(Start);
        Assert.Equal(TimeSpan.Zero, schedule.Until(Start.AddMinutes(1)));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 50, TimeSpan.Zero), schedule.Take(Start.AddMinutes(1)));
        Assert.Equal(5, schedule.Skipped);
    }

    [Fact]
    public void A_clock_set_back_does_not_make_the_past_happen_again()
    {
        var schedule = new EvaluationSchedule(TimeSpan.FromSeconds(10));
        schedule.Take(Start);
        Assert.Null(schedule.Take(Start.AddHours(-1)));
        Assert.True(schedule.Until(Start.AddHours(-1)) > TimeSpan.FromMinutes(59));
    }
}
