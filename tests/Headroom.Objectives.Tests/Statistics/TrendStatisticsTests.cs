using Headroom.Objectives.Statistics;
using Headroom.Objectives.Tests.ErrorRates;

namespace Headroom.Objectives.Tests.Statistics;

public sealed class TrendStatisticsTests
{
    [Fact]
    public void Holms_correction_gives_the_textbook_values()
    {
        Assert.Equal([0.03, 0.06, 0.06, 0.02], Holm.Adjust([0.01, 0.04, 0.03, 0.005]), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([1, 1], Holm.Adjust([0.9, 0.8]));
        Assert.Empty(Holm.Adjust([]));
    }

    [Fact]
    public void A_test_that_was_not_made_costs_the_others_nothing()
    {
        var adjusted = Holm.Adjust([0.02, double.NaN, 0.03]);
        Assert.True(double.IsNaN(adjusted[1]));
        Assert.Equal(0.04, adjusted[0], 12);
    }

    /// <summary>The variance formula against all arrangements of the values, with and without ties.</summary>
    [Theory]
    [InlineData("12345")]
    [InlineData("11233")]
    [InlineData("111223")]
    [InlineData("4444")]
    public void The_variance_of_S_is_that_over_all_arrangements(string digits)
    {
        double[] values = [.. digits.Select(d => (double)(d - '0'))];
        var all = Arrangements(values).Select(v => Kendall.Of(v).S).ToArray();
        Assert.Equal(0, all.Sum(), 9);
        Assert.Equal(all.Select(s => s * s).Average(), Kendall.Of(values).Variance, 9);
    }

    [Fact]
    public void A_rising_series_has_every_pair_rising()
    {
        var kendall = Kendall.Of([1, 2, 3, 4, 5, 6]);
        Assert.Equal((15, 1), (kendall.S, kendall.Tau));
    }

    /// <summary>Nine points of Sen's paper's kind: slopes by hand.</summary>
    [Fact]
    public void The_Theil_Sen_line_ignores_an_outlier()
    {
        var line = TheilSen.Fit([0, 1, 2, 3, 4, 5], [1, 3, 5, 700, 9, 11]);
        Assert.Equal((2, 1), (line.Slope, line.Intercept));
        Assert.Equal(0, TheilSen.Fit([1, 1], [2, 3]).Slope);
    }

    [Fact]
    public void With_one_season_the_seasonal_test_is_Mann_Kendalls()
    {
        double[] values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5];
        var kendall = Kendall.Of(values);
        var seasonal = SeasonalKendall.Test(values, 1);
        Assert.Equal(kendall.S, seasonal.S);
        Assert.True(seasonal.Variance >= kendall.Variance);
    }

    [Fact]
    public void Seasons_that_move_as_one_count_as_one()
    {
        // Four seasons, each the same permutation of days: the sum has sixteen times the variance of one, not four.
        double[] days = [5, 2, 8, 1, 9, 3, 7, 4, 6, 10];
        var grid = days.SelectMany(d => new[] { d, 100 + d, 200 + d, 300 + d }).ToArray();
        Assert.True(SeasonalKendall.Test(grid, 4).Variance >= (16 * Kendall.Of(days).Variance) - 1e-6);
    }

    [Fact]
    public void A_daily_cycle_is_no_trend_and_a_trend_under_it_is_found()
    {
        double Cycle(int i) => 10 * Math.Sin(2 * Math.PI * i / 24);
        var noise = new Noise(7);
        var flat = Enumerable.Range(0, 168).Select(i => Cycle(i) + noise.Gauss()).ToArray();
        var rising = flat.Select((v, i) => v + (0.05 * i)).ToArray();
        Assert.True(SeasonalKendall.Test(flat, 24).PValue > 0.05);
        var found = SeasonalKendall.Test(rising, 24);
        // Seven days that all rise are 3.15 standard errors (p = 0.0016) when the hours of a day count as one.
        Assert.InRange(found.PValue, 0.0016, 0.01);
        Assert.InRange(found.SlopePerStep, 0.04, 0.06);
    }

    [Fact]
    public void Gaps_are_left_out()
    {
        var noise = new Noise(8);
        var values = Enumerable.Range(0, 168).Select(i => (0.05 * i) + noise.Gauss()).ToArray();
        for (int i = 30; i < 70; i++) values[i] = double.NaN;
        var found = SeasonalKendall.Test(values, 24);
        Assert.True(found.PValue < 0.05);
        Assert.InRange(found.SlopePerStep, 0.04, 0.06);
        Assert.Equal(1, SeasonalKendall.Test([double.NaN, double.NaN], 1).PValue);
    }

    [Fact]
    public void The_variance_of_a_dependent_mean_is_inflated_as_stated()
    {
        const int n = 40, rounds = 20_000;
        double squares = 0;
        for (int round = 0; round < rounds; round++) squares += Math.Pow(new Noise(round).Series("AR(0.6)", n, 24, 0).Average(), 2);
        double measured = squares / rounds * n;
        Assert.InRange(SerialDependence.VarianceInflation(0.6, n), measured * 0.96, measured * 1.04);
        Assert.Equal(1, SerialDependence.VarianceInflation(-0.5, n));
    }

    [Fact]
    public void Dependence_is_measured_without_being_fooled_by_a_level_or_an_outlier()
    {
        double sum = 0;
        for (int round = 0; round < 400; round++)
        {
            var values = new Noise(round).Series("AR(0.6)", 200, 24, 0);
            values[50] = 1e9;
            sum += SerialDependence.OfRanks(values);
        }
        Assert.InRange(sum / 400, 0.53, 0.62);
        Assert.Equal(0, SerialDependence.OfRanks([1, double.NaN, 2]));
        Assert.Equal(0, SerialDependence.OfRanks([4, 4, 4, 4, 4]));
    }

    [Fact]
    public void The_bootstrap_interval_covers_the_true_change_about_as_often_as_it_says()
    {
        const int rounds = 600;
        int covered = 0;
        for (int round = 0; round < rounds; round++)
        {
            var noise = new Noise(round);
            var before = Enumerable.Range(0, 40).Select(_ => 100 + (15 * noise.Gauss())).ToArray();
            var after = Enumerable.Range(0, 40).Select(_ => 130 + (15 * noise.Gauss())).ToArray();
            var (low, high) = BlockBootstrap.RelativeChangeOfMedians(before, after, 0, 0.95, 600, new Random(1));
            if (low <= 0.3 && 0.3 <= high) covered++;
        }
        Assert.InRange((double)covered / rounds, 0.92, 0.985);
    }

    [Fact]
    public void Blocks_are_single_slots_without_dependence_and_longer_with_it()
    {
        Assert.Equal(1, BlockBootstrap.BlockLength(100, 0));
        Assert.InRange(BlockBootstrap.BlockLength(100, 0.6), 6, 12);
        Assert.Equal(1, BlockBootstrap.BlockLength(4, 0.9));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, double.PositiveInfinity)]
    [InlineData(-2, -1, 0.5)]
    public void A_change_is_relative_to_the_size_of_what_it_left(double from, double to, double expected) =>
        Assert.Equal(expected, BlockBootstrap.RelativeChange(from, to));

    private static IEnumerable<double[]> Arrangements(double[] values)
    {
        if (values.Length <= 1) return [values];
        return values.SelectMany((v, i) => Arrangements([.. values[..i], .. values[(i + 1)..]]).Select(rest => (double[])[v, .. rest]));
    }
}
