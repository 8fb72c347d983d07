using Headroom.Metrics;
using Headroom.Objectives.Kpis;
using Headroom.Objectives.Regressions;

namespace Headroom.Objectives.Tests.ErrorRates;

/// <summary>How often the comparison of two windows errs, measured; also the figures of docs/objectives.md.</summary>
public sealed class RegressionErrorRateTests
{
    private static readonly string[] Kinds = ["independent", "lognormal", "AR(0.3)", "AR(0.6)", "AR(0.8)"];

    [Fact]
    public void Windows_that_do_not_differ_rarely_look_different()
    {
        const int rounds = 500;
        var table = new Table("regression", "noise, slots a window", "no change, tolerance 0", "no change, tolerance 20%", "+50%, tolerance 20%");
        foreach (string kind in Kinds)
            foreach (int slots in new[] { 8, 30 })
            {
                var (bare, tolerant) = Rates(kind, slots, 1, rounds);
                table.Row($"{kind}, {slots}", bare, tolerant, Rates(kind, slots, 1.5, rounds).Tolerant);
                // Fewer than 15 slots cannot tell dependence from change; the tolerance has to.
                double stated = kind is "AR(0.6)" or "AR(0.8)" ? (slots < 15 ? 0.20 : 0.09) : slots < 15 ? 0.08 : 0.06;
                Assert.True(bare <= stated + (3 * Math.Sqrt(stated * (1 - stated) / rounds)), $"{kind}, {slots}: {bare:P1}");
                Assert.True(tolerant <= bare);
            }
        table.CompareWithDocument();
    }

    [Fact]
    public void Many_unchanged_series_together_rarely_give_any_finding()
    {
        const int rounds = 300;
        int alarms = 0;
        for (int round = 0; round < rounds; round++)
        {
            var noise = new Noise(round);
            var series = Enumerable.Range(0, 20).Select(i => Slotted(noise, "lognormal", 20, 1)).ToList();
            if (SlotComparison.Judge(series, new BeforeAfterOptions { TolerancePercent = 0, Resamples = 200 }).Any(f => f.Verdict is RegressionVerdict.Regression or RegressionVerdict.Improvement))
                alarms++;
        }
        Assert.True(alarms <= rounds * (0.05 + (3 * Math.Sqrt(0.05 * 0.95 / rounds))), $"{alarms} of {rounds}");
    }

    /// <summary>Shares with a finding when any change counts, and when it must exceed the usual tolerance.</summary>
    private static (double Bare, double Tolerant) Rates(string kind, int slots, double factor, int rounds)
    {
        int bare = 0, tolerant = 0;
        var options = new BeforeAfterOptions { TolerancePercent = 0, Resamples = 200 };
        for (int round = 0; round < rounds; round++)
        {
            var finding = SlotComparison.Judge([Slotted(new Noise(round), kind, slots, factor)], options)[0];
            if (finding.Verdict == RegressionVerdict.Unchanged) continue;
            bare++;
            if (Math.Abs(finding.ChangePercent) > new BeforeAfterOptions().TolerancePercent) tolerant++;
        }
        return ((double)bare / rounds, (double)tolerant / rounds);
    }

    /// <summary>A latency of 100 with a spread of a fifth.</summary>
    private static SlottedSeries Slotted(Noise noise, string kind, int slots, double factor)
    {
        var values = noise.Series(kind, 2 * slots, 24, cycle: 0);
        for (int i = 0; i < values.Length; i++) values[i] = 100 + (20 * values[i]);
        return new SlottedSeries("latency", Labels.Empty, Preference.Lower, values[..slots], [.. values[slots..].Select(v => v * factor)]);
    }
}
