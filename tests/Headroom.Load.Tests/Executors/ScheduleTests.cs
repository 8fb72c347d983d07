using FsCheck;
using FsCheck.Fluent;
using Headroom.Load.Executors;

namespace Headroom.Load.Tests.Executors;

public sealed class ScheduleTests
{
    [Fact]
    public void A_constant_rate_starts_exactly_rate_times_duration_arrivals_at_equal_distances()
    {
        var times = Times(new ConstantArrivalRate(250, TimeSpan.FromSeconds(4)));
        Assert.Equal(1000, times.Count);
        Assert.All(times.Select((t, i) => (t, i)), x => Assert.Equal(x.i / 250.0, x.t, 9));
    }

    [Fact]
    public void A_ramp_of_the_rate_starts_as_many_as_its_area()
    {
        var times = Times(new RampingArrivalRate(0, [new Stage(TimeSpan.FromSeconds(10), 100), new Stage(TimeSpan.FromSeconds(5), 100), new Stage(TimeSpan.FromSeconds(10), 0)]));
        Assert.Equal(500 + 500 + 500, times.Count);
        Assert.Equal(500, times.Count(t => t < 10));
        // The quarter of the first ramp's arrivals that come in its first half.
        Assert.Equal(125, times.Count(t => t < 5));
        Assert.True(times.Zip(times.Skip(1)).All(p => p.First <= p.Second));
        Assert.True(times[^1] <= 25);
    }

    [Fact]
    public void A_stage_without_duration_jumps()
    {
        var times = Times(new RampingArrivalRate(100, [new Stage(TimeSpan.FromSeconds(1), 100), new Stage(TimeSpan.Zero, 300), new Stage(TimeSpan.FromSeconds(1), 300)]));
        Assert.Equal(100, times.Count(t => t < 1));
        Assert.Equal(300, times.Count(t => t >= 1));
    }

    [Fact]
    public void The_shares_of_any_number_of_workers_are_together_the_whole() => Prop.ForAll(
        ArbMap.Default.ArbFor<(PositiveInt, PositiveInt, PositiveInt)>(), input =>
        {
            int workers = input.Item1.Get % 7 + 1;
            var shape = new RampingArrivalRate(input.Item2.Get % 50, [new Stage(TimeSpan.FromSeconds(3), input.Item3.Get % 90 + 1), new Stage(TimeSpan.FromSeconds(2), 10)]);
            var whole = Times(shape);
            var parts = Enumerable.Range(0, workers).SelectMany(w => Times(shape, new Share(w, workers))).Order().ToList();
            return whole.Count == parts.Count && whole.Zip(parts).All(p => Math.Abs(p.First - p.Second) < 1e-9);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Poisson_arrivals_have_the_rate_and_the_spread_of_independent_users()
    {
        var times = Times(new ConstantArrivalRate(1000, TimeSpan.FromSeconds(100)) { Arrival = ArrivalPattern.Poisson });
        // A Poisson count's standard deviation is its mean's root: 316 here.
        Assert.InRange(times.Count, 100_000 - 1300, 100_000 + 1300);
        double[] gaps = [.. times.Zip(times.Skip(1), (a, b) => b - a)];
        double mean = gaps.Average(), deviation = Math.Sqrt(gaps.Average(g => (g - mean) * (g - mean)));
        Assert.InRange(deviation / mean, 0.98, 1.02);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(1, 4)]
    [InlineData(7, 3)]
    public void Users_of_all_shares_add_up(int index, int count)
    {
        int total = Enumerable.Range(0, count).Sum(w => new Share(w, count).Of(100));
        Assert.Equal(100, total);
        Assert.True(new Share(index % count, count).Of(100) >= 100 / count);
    }

    [Fact]
    public void A_ramp_of_users_reaches_each_number_when_its_line_does()
    {
        var shape = new RampingVus(0, [new Stage(TimeSpan.FromSeconds(10), 100), new Stage(TimeSpan.FromSeconds(10), 0)]);
        Assert.Equal(0, shape.UsersAt(0));
        Assert.Equal(50, shape.UsersAt(5));
        Assert.Equal(99, shape.UsersAt(9.99));
        Assert.Equal(50, shape.UsersAt(15));
        Assert.Equal(0, shape.UsersAt(20));
    }

    [Fact]
    public void Following_the_changes_finds_every_number_of_users_on_the_way()
    {
        var shape = new RampingVus(3, [new Stage(TimeSpan.FromSeconds(7), 40), new Stage(TimeSpan.FromSeconds(3), 40), new Stage(TimeSpan.FromSeconds(5), 2)]);
        var seen = new List<int>();
        for (double t = 0; t < shape.Users.Length; t = shape.Users.NextWholeChange(t)) seen.Add(shape.UsersAt(t));
        Assert.Equal(Enumerable.Range(3, 38), seen.Distinct().Order().Where(n => n >= 3));
        Assert.True(seen.Zip(seen.Skip(1)).All(p => Math.Abs(p.First - p.Second) <= 1));
    }

    [Fact]
    public void Vus_and_duration_scale_a_ramp_and_keep_its_form()
    {
        var ramp = new RampingVus(0, [new Stage(TimeSpan.FromMinutes(2), 100), new Stage(TimeSpan.FromMinutes(5), 1000), new Stage(TimeSpan.FromMinutes(2), 2000)]);
        var scaled = (RampingVus)ramp.WithVus(20).WithDuration(TimeSpan.FromSeconds(9));
        Assert.Equal([1, 10, 20], scaled.Stages.Select(s => s.Target));
        Assert.Equal([2, 5, 2], scaled.Stages.Select(s => Math.Round(s.Duration.TotalSeconds, 6)));
    }

    private static List<double> Times(OpenShape shape, Share? share = null)
    {
        var schedule = new ArrivalSchedule(shape.Rate, share ?? Share.Whole, shape.Arrival == ArrivalPattern.Poisson ? new Random(5) : null);
        var times = new List<double>();
        for (; !double.IsInfinity(schedule.Next); schedule.Advance()) times.Add(schedule.Next);
        return times;
    }
}
