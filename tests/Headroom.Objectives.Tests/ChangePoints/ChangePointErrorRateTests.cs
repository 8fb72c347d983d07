using Headroom.Objectives.ChangePoints;
using Headroom.Objectives.Tests.ErrorRates;

namespace Headroom.Objectives.Tests.ChangePoints;

/// <summary>A small part of bench/detectors' measurement, with room for its Monte-Carlo error; the tables are made there.</summary>
public sealed class ChangePointErrorRateTests
{
    private static readonly int s_rounds = Environment.GetEnvironmentVariable("HEADROOM_LONG") == "1" ? 400 : 40;

    [Theory]
    [InlineData("independent", 0)]
    [InlineData("lognormal", 0)]
    [InlineData("2% outliers", 0)]
    [InlineData("AR(0.6)", 0)]
    [InlineData("independent", 3)]
    public void Changeless_noise_gives_less_than_one_change_in_a_thousand_points(string kind, double cycle)
    {
        int found = Enumerable.Range(0, s_rounds).Sum(seed => ChangePointDetector.Detect(new Noise(seed).Series(kind, 1000, 24, cycle)).Count);
        Assert.True(found <= s_rounds, $"{found} in {s_rounds} series of 1,000 points");
    }

    [Theory]
    [InlineData("independent", 0.9)]
    [InlineData("lognormal", 0.9)]
    [InlineData("AR(0.6)", 0.6)]
    public void Twenty_points_two_deviations_up_are_found(string kind, double least)
    {
        int found = 0;
        for (int seed = 0; seed < s_rounds; seed++)
        {
            var values = new Noise(1000 + seed).Series(kind, 1000, 24, cycle: 0);
            int at = 100 + (17 * seed % 700);
            double size = kind == "lognormal" ? 2 * 2.16 : 2;
            for (int i = at; i < at + 20; i++) values[i] += size;
            if (ChangePointDetector.Detect(values).Any(c => Math.Abs(c.Index - at) <= 5)) found++;
        }
        Assert.True(found >= least * s_rounds, $"{found} of {s_rounds}");
    }
}
