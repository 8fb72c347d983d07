using Headroom.Objectives.ChangePoints;
using Headroom.Objectives.Histories;
using Headroom.Objectives.Tests.ErrorRates;

namespace Headroom.Objectives.Tests.ChangePoints;

public sealed class ChangePointDetectorTests
{
    // Annual flow of the Nile at Aswan, 1871 to 1970, in 10^8 m³ (Cobb, 1978): the textbook's change is of 1899.
    private static readonly double[] s_nile =
    [
        1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840,
        874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984,
        897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
    ];

    [Fact]
    public void The_Nile_changed_in_1899_and_never_again()
    {
        var change = Assert.Single(ChangePointDetector.Detect(s_nile));
        Assert.InRange(change.Index, 27, 29);
        Assert.InRange(change.Low, 20, change.Index);
        Assert.InRange(change.High, change.Index, 36);
        Assert.InRange(change.Before, 1080, 1115);
        Assert.InRange(change.After, 840, 860);
        Assert.InRange(change.PValue, 1e-30, 1e-4);
    }

    public static TheoryData<string, double[]> Odd => new()
    {
        { "empty", [] },
        { "single point", [3] },
        { "all zero", new double[100] },
        { "constant", [.. Enumerable.Repeat(5.5, 400)] },
        { "all gaps", [.. Enumerable.Repeat(double.NaN, 50)] },
        { "infinities", [.. Enumerable.Repeat(double.PositiveInfinity, 50)] },
        { "line", [.. Enumerable.Range(0, 200).Select(i => 3.0 * i)] },
        { "exponential", [.. Enumerable.Range(0, 200).Select(i => Math.Exp(i / 60.0))] },
        { "sine", [.. Enumerable.Range(0, 480).Select(i => Math.Sin(2 * Math.PI * i / 24))] },
        { "lone spike", [.. Enumerable.Range(0, 300).Select(i => i == 150 ? 1e6 : i % 7)] },
        { "two values", [1, 2] },
    };

    [Theory, MemberData(nameof(Odd))]
    public void A_series_without_a_change_has_none(string name, double[] values)
    {
        Assert.NotNull(name);
        Assert.Empty(ChangePointDetector.Detect(values));
    }

    [Fact]
    public void A_step_is_found_with_its_levels_through_gaps_and_infinities()
    {
        var noise = new Noise(4);
        var values = Enumerable.Range(0, 300).Select(i => 10 + noise.Gauss() + (i >= 180 ? 4 : 0)).ToArray();
        values[20] = double.NaN;
        values[200] = double.PositiveInfinity;
        values[201] = double.NegativeInfinity;
        var change = Assert.Single(ChangePointDetector.Detect(values));
        Assert.InRange(change.Index, 179, 181);
        Assert.InRange(change.Size, 3.5, 4.5);
    }

    [Fact]
    public void A_daily_cycle_hides_no_shift_and_is_none()
    {
        var values = new Noise(2).Series("independent", 720, 24, cycle: 4);
        Assert.Empty(ChangePointDetector.Detect(values, new ChangePointOptions { LikelyPeriods = [24, 168] }));
        for (int i = 400; i < values.Length; i++) values[i] += 2;
        Assert.InRange(Assert.Single(ChangePointDetector.Detect(values)).Index, 397, 403);
    }

    [Fact]
    public void A_ramp_is_no_staircase()
    {
        var noise = new Noise(9);
        var values = Enumerable.Range(0, 400).Select(i => noise.Gauss() + (i * 0.05)).ToArray();
        Assert.Empty(ChangePointDetector.Detect(values));
    }

    [Fact]
    public void A_bend_is_a_change_of_slope()
    {
        var noise = new Noise(3);
        var values = Enumerable.Range(0, 120).Select(i => noise.Gauss() + (i < 60 ? i : 120 - i)).ToArray();
        var change = Assert.Single(ChangePointDetector.Detect(values));
        Assert.InRange(change.Index, 57, 63);
        Assert.Equal(ChangeKind.Slope, change.Kind);
    }

    [Fact]
    public void The_scale_and_level_of_a_series_do_not_matter()
    {
        var noise = new Noise(5);
        var values = Enumerable.Range(0, 300).Select(i => noise.Gauss() + (i is >= 100 and < 160 ? 3 : 0)).ToArray();
        var expected = ChangePointDetector.Detect(values).Select(c => c.Index).ToArray();
        Assert.Equal(2, expected.Length);
        foreach (var (scale, level) in ((double, double)[])[(1e-9, 0), (1e9, 1e12), (1, 1e6), (-3, 5)])
            Assert.Equal(expected, ChangePointDetector.Detect([.. values.Select(v => (v * scale) + level)]).Select(c => c.Index));
    }

    [Fact]
    public void A_relative_minimum_size_leaves_small_changes_out()
    {
        var noise = new Noise(6);
        var values = Enumerable.Range(0, 200).Select(i => 100 + noise.Gauss() + (i >= 100 ? 3 : 0)).ToArray();
        Assert.Single(ChangePointDetector.Detect(values));
        Assert.Empty(ChangePointDetector.Detect(values, new ChangePointOptions { MinimumRelativeSize = 0.05 }));
    }

    [Fact]
    public void A_history_grown_point_by_point_ends_where_one_look_does()
    {
        var noise = new Noise(7);
        var values = Enumerable.Range(0, 500).Select(i => noise.Gauss() + (i >= 150 ? 3 : 0) - (i >= 350 ? 3 : 0)).ToArray();
        var history = new ChangePointHistory();
        for (int i = 0; i < values.Length; i += 50) history.Append(values.AsSpan(i, 50));
        Assert.Equal(ChangePointDetector.Detect(values), history.ChangePoints);
        Assert.Equal(2, history.ChangePoints.Count);
    }

    [Fact]
    public void A_long_series_is_looked_at_in_windows_and_no_change_is_lost_or_doubled()
    {
        var noise = new Noise(8);
        var values = Enumerable.Range(0, 14_000).Select(i => noise.Gauss() + (4 * (i / 2_000 % 2))).ToArray();
        var found = ChangePointDetector.Detect(values).Where(c => Math.Abs(c.Size) > 3).Select(c => c.Index).ToArray();
        Assert.Equal(6, found.Length);
        Assert.All(found, at => Assert.InRange(at % 2_000 > 1_000 ? 2_000 - (at % 2_000) : at % 2_000, 0, 5));
    }

    [Fact]
    public void The_time_of_a_change_is_that_of_its_row_also_beyond_missing_rows()
    {
        var noise = new Noise(10);
        var rows = Enumerable.Range(0, 300).Where(i => i is < 80 or > 120).ToArray();
        var history = new History([.. rows.Select(i => noise.Gauss() + (i >= 200 ? 5 : 0))], [.. rows.Select(i => i * 3_600_000L)]);
        var change = Assert.Single(ChangePointDetector.Detect(history));
        Assert.Equal(200 * 3_600_000L, change.Time);
        Assert.Equal(200, rows[change.Index]);
    }

    [Fact]
    public void Nothing_that_a_series_may_hold_breaks_the_detector()
    {
        var random = new Random(11);
        for (int round = 0; round < 300; round++)
        {
            var values = Enumerable.Range(0, random.Next(0, 200)).Select(_ => random.Next(8) switch
            {
                0 => double.NaN,
                1 => double.MaxValue,
                2 => -double.MaxValue,
                3 => double.Epsilon,
                4 => 0,
                _ => random.NextDouble(),
            }).ToArray();
            foreach (var change in ChangePointDetector.Detect(values))
            {
                Assert.InRange(change.Index, 1, values.Length - 1);
                Assert.InRange(change.PValue, double.Epsilon, 1);
            }
        }
    }
}
