using Headroom.Objectives.Anomalies;
using Headroom.Objectives.Histories;
using Headroom.Objectives.Tests.ErrorRates;

namespace Headroom.Objectives.Tests.Anomalies;

public sealed class AnomalyDetectorTests
{
    [Fact]
    public void A_spike_alerts_at_once_and_noise_rarely()
    {
        var noise = new Noise(1);
        var values = Enumerable.Range(0, 2_000).Select(i => 20 + noise.Gauss() + (i == 1_500 ? 25 : 0)).ToArray();
        var alerts = Alerts(values);
        Assert.Contains(1_500, alerts);
        Assert.InRange(alerts.Length, 1, 6);
    }

    [Fact]
    public void A_day_unlike_other_days_alerts()
    {
        var noise = new Noise(2);
        var times = Enumerable.Range(0, 24 * 40).Select(i => i * 3_600_000L).ToArray();
        var values = times.Select((_, i) => 50 + (i / 24 == 30 ? 0 : 20 * Math.Sin(2 * Math.PI * i / 24)) + noise.Gauss()).ToArray();
        var scores = AnomalyDetector.Score(new History(values, times));
        Assert.Contains(Enumerable.Range(24 * 30, 24), i => scores[i].IsAlert);
    }

    [Fact]
    public void A_score_depends_on_nothing_that_comes_later()
    {
        var values = new Noise(3).Series("AR(0.6)", 1_200, 24, cycle: 2);
        var whole = AnomalyDetector.Score(new History(values, null));
        var part = AnomalyDetector.Score(new History(values[..700], null));
        Assert.Equal(part, whole[..700]);
    }

    public static TheoryData<string, double[]> Odd => new()
    {
        { "empty", [] },
        { "single", [1] },
        { "zero", new double[500] },
        { "constant", [.. Enumerable.Repeat(45.0, 500)] },
        { "gaps", [.. Enumerable.Repeat(double.NaN, 100)] },
        { "infinite", [.. Enumerable.Repeat(double.NegativeInfinity, 100)] },
    };

    [Theory, MemberData(nameof(Odd))]
    public void Where_nothing_happens_every_score_is_zero(string name, double[] values)
    {
        Assert.NotNull(name);
        Assert.All(AnomalyDetector.Score(new History(values, null)), s => Assert.Equal(new AnomalyScore(0, false), s));
    }

    [Fact]
    public void A_constant_that_moves_alerts()
    {
        var values = Enumerable.Repeat(45.0, 500).ToArray();
        values[400] = 46;
        Assert.Contains(400, Alerts(values));
    }

    [Fact]
    public void Nothing_that_a_series_may_hold_breaks_the_detector()
    {
        var random = new Random(14);
        for (int round = 0; round < 100; round++)
        {
            var values = Enumerable.Range(0, random.Next(0, 400)).Select(_ => random.Next(8) switch { 0 => double.NaN, 1 => double.MaxValue, 2 => -double.MaxValue, 3 => double.Epsilon, 4 => 0, _ => random.NextDouble() }).ToArray();
            Assert.All(AnomalyDetector.Score(new History(values, null)), s => Assert.InRange(s.Score, 0, 1));
        }
    }

    private static int[] Alerts(double[] values)
    {
        var scores = AnomalyDetector.Score(new History(values, null));
        return [.. Enumerable.Range(0, values.Length).Where(i => scores[i].IsAlert)];
    }
}
