using Headroom.Objectives.Forecasting;
using Headroom.Objectives.Histories;
using Headroom.Objectives.Tests.ErrorRates;

namespace Headroom.Objectives.Tests.Forecasting;

public sealed class ForecasterTests
{
    [Fact]
    public void A_perfect_cycle_goes_on()
    {
        var values = Enumerable.Range(0, 480).Select(i => 50 + (20 * Math.Sin(2 * Math.PI * i / 24))).ToArray();
        var forecast = Forecaster.Continue(values, 48);
        Assert.Contains(24, forecast.Periods);
        for (int h = 0; h < 48; h++) Assert.Equal(50 + (20 * Math.Sin(2 * Math.PI * (480 + h) / 24)), forecast.Points[h].Value, 0.1);
    }

    [Fact]
    public void Weekends_are_seen_where_the_step_suggests_a_week()
    {
        var noise = new Noise(1);
        double Load(int hour) => 100 + (30 * Math.Sin(2 * Math.PI * hour / 24)) - (hour / 24 % 7 >= 5 ? 40 : 0);
        var history = new History([.. Enumerable.Range(0, 24 * 33).Select(i => Load(i) + noise.Gauss())], [.. Enumerable.Range(0, 24 * 33).Select(i => i * 3_600_000L)]);
        var forecast = Forecaster.Continue(history, 48);
        double error = forecast.Points.Select((p, h) => Math.Abs(p.Value - Load((24 * 33) + h))).Average();
        Assert.InRange(error, 0, 6);
        Assert.Equal(24 * 33 * 3_600_000L, forecast.Points[0].Time);
    }

    [Fact]
    public void Intervals_hold_what_comes_about_as_often_as_they_say()
    {
        int inside = 0, all = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            var values = new Noise(seed).Series("AR(0.6)", 648, 24, cycle: 3);
            var points = Forecaster.Continue(values.AsSpan(0, 600), 48).Points;
            for (int h = 0; h < 48; h++, all++)
                if (values[600 + h] >= points[h].Lower && values[600 + h] <= points[h].Upper)
                    inside++;
        }
        Assert.InRange(inside / (double)all, 0.93, 0.98);
    }

    [Fact]
    public void What_was_never_negative_stays_so()
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 300).Select(_ => random.NextDouble() < 0.9 ? 0.0 : random.Next(5)).ToArray();
        Assert.All(Forecaster.Continue(values, 24).Points, p => Assert.True(p.Lower >= 0 && p.Value >= 0 && p.Upper >= p.Value));
    }

    [Fact]
    public void A_constant_stays_certain_and_one_point_or_none_has_no_interval()
    {
        Assert.All(Forecaster.Continue(Enumerable.Repeat(7.0, 50).ToArray(), 3).Points, p => Assert.Equal((7.0, 7.0, 7.0), (p.Value, p.Lower, p.Upper)));
        Assert.All(Forecaster.Continue(new double[100], 3).Points, p => Assert.Equal((0.0, 0.0, 0.0), (p.Value, p.Lower, p.Upper)));
        Assert.All(Forecaster.Continue([4.0], 2).Points, p => Assert.True(p.Value == 4 && double.IsNaN(p.Lower) && double.IsNaN(p.Upper)));
        Assert.Empty(Forecaster.Continue([], 5).Points);
        Assert.Empty(Forecaster.Continue([double.NaN, double.PositiveInfinity], 5).Points);
    }

    [Fact]
    public void Gaps_inside_are_bridged_and_gaps_at_the_end_are_forecast_too()
    {
        var values = Enumerable.Range(0, 240).Select(i => (double)(i % 12)).ToArray();
        values[100] = double.NaN;
        values[239] = double.NaN;
        values[238] = double.NaN;
        var points = Forecaster.Continue(values, 12).Points;
        Assert.Equal(12, points.Count);
        for (int h = 0; h < 12; h++) Assert.Equal(h, points[h].Value, 0.8);
    }

    [Fact]
    public void Nothing_that_a_series_may_hold_breaks_the_forecaster()
    {
        var random = new Random(13);
        for (int round = 0; round < 300; round++)
        {
            var values = Enumerable.Range(0, random.Next(0, 120)).Select(_ => random.Next(8) switch { 0 => double.NaN, 1 => double.MaxValue, 2 => -1e300, 3 => double.Epsilon, 4 => 0, _ => random.NextDouble() }).ToArray();
            int horizon = random.Next(1, 200);
            var forecast = Forecaster.Continue(values, horizon, [random.Next(2, 60)]);
            Assert.True(forecast.Points.Count == horizon || !values.Any(double.IsFinite));
            Assert.All(forecast.Points, p => Assert.True(double.IsFinite(p.Value)));
        }
    }
}
