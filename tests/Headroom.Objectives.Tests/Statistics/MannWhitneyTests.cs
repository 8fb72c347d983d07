using Headroom.Objectives.Statistics;

namespace Headroom.Objectives.Tests.Statistics;

public sealed class MannWhitneyTests
{
    /// <summary>Permeability of the human chorioamnion: Hollander and Wolfe, 1973, page 69; U = 35, one-sided p = 0.1272.</summary>
    [Fact]
    public void The_exact_test_gives_the_textbook_result()
    {
        double[] term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
        double[] early = [1.15, 0.88, 0.90, 0.74, 1.21];
        var test = MannWhitney.Test(early, term);
        Assert.Equal(35, test.U);
        Assert.Equal(2 * 0.1272, test.PValue, 4);
        Assert.Equal(0.7, test.EffectSize, 12);
    }

    /// <summary>Ages of diabetes diagnosis in nine people: U = 17, exact p = 1/9.</summary>
    [Fact]
    public void Nine_people_give_a_ninth()
    {
        var test = MannWhitney.Test([20, 11, 17, 12], [19, 22, 16, 29, 24]);
        Assert.Equal(17, test.U);
        Assert.Equal(1 / 9.0, test.PValue, 12);
        Assert.Equal(0.11134688653314041, MannWhitney.Test([20, 11, 17, 12], [19, 22, 16, 29, 24], 1 + 1e-15).PValue, 9);
    }

    [Fact]
    public void The_exact_p_value_counts_arrangements()
    {
        var random = new Random(3);
        for (int round = 0; round < 40; round++)
        {
            int n = random.Next(1, 6), m = random.Next(1, 6);
            var values = Enumerable.Range(0, n + m).Select(i => (double)i).ToArray();
            random.Shuffle(values);
            var test = MannWhitney.Test(values.AsSpan(0, n), values.AsSpan(n));
            Assert.Equal(ByCounting(n, m, test.U), test.PValue, 12);
        }
    }

    [Fact]
    public void The_normal_approximation_takes_over_smoothly()
    {
        var random = new Random(4);
        double worst = 0;
        for (int round = 0; round < 200; round++)
        {
            double shift = random.NextDouble() * 0.4;
            var a = Enumerable.Range(0, 30).Select(_ => random.NextDouble()).ToArray();
            var b = Enumerable.Range(0, 30).Select(_ => random.NextDouble() + shift).ToArray();
            worst = Math.Max(worst, Math.Abs(MannWhitney.Test(a, b).PValue - MannWhitney.Test(a, b, 1 + 1e-12).PValue));
        }
        Assert.InRange(worst, 1e-9, 0.003);
    }

    [Fact]
    public void Swapping_the_groups_mirrors_the_effect()
    {
        double[] a = [1, 4, 4, 7, 9, 2], b = [3, 4, 8, 8, 11];
        var there = MannWhitney.Test(a, b);
        var back = MannWhitney.Test(b, a);
        Assert.Equal(there.PValue, back.PValue, 12);
        Assert.Equal(1, there.EffectSize + back.EffectSize, 12);
    }

    [Fact]
    public void Equal_values_and_empty_groups_show_no_difference()
    {
        Assert.Equal((1, 0.5), (MannWhitney.Test([5, 5, 5, 5], [5, 5, 5]).PValue, MannWhitney.Test([5, 5, 5, 5], [5, 5, 5]).EffectSize));
        Assert.Equal(1, MannWhitney.Test([], [1, 2]).PValue);
    }

    [Fact]
    public void Infinite_values_are_ranked_as_any_other() =>
        Assert.Equal(MannWhitney.Test([1, 2, 3, 4], [5, 6, 7, 8]).PValue, MannWhitney.Test([1, 2, 3, 4], [5, 6, 7, double.PositiveInfinity]).PValue);

    private static double ByCounting(int n, int m, double u)
    {
        int extreme = 0, total = 0;
        double centre = n * m / 2.0;
        for (int mask = 0; mask < 1 << (n + m); mask++)
        {
            if (int.PopCount(mask) != m) continue;
            int above = 0;
            for (int j = 0; j < n + m; j++)
                for (int i = 0; i < j; i++)
                    if ((mask >> j & 1) == 1 && (mask >> i & 1) == 0)
                        above++;
            total++;
            if (Math.Abs(above - centre) >= Math.Abs(u - centre) - 1e-9) extreme++;
        }
        return (double)extreme / total;
    }
}
