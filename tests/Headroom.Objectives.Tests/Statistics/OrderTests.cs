using FsCheck;
using FsCheck.Fluent;
using Headroom.Objectives.Statistics;

namespace Headroom.Objectives.Tests.Statistics;

public sealed class OrderTests
{
    [Fact]
    public void The_median_is_the_middle_of_the_sorted_values() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(500),
        Prop.ForAll(Gen.Choose(-20, 20).Select(i => i / 4.0).NonEmptyListOf().ToArbitrary(), values =>
        {
            var sorted = values.Order().ToArray();
            int n = sorted.Length;
            double expected = n % 2 == 1 ? sorted[n / 2] : (sorted[(n / 2) - 1] + sorted[n / 2]) / 2;
            Assert.Equal(expected, Order.Median([.. values]), 12);
        }));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.25, 3.25)]
    [InlineData(0.5, 5.5)]
    [InlineData(0.9, 9.1)]
    [InlineData(1, 10)]
    public void Quantiles_of_one_to_ten_are_those_of_type_7(double q, double expected) =>
        Assert.Equal(expected, Order.Quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], q), 12);

    [Fact]
    public void Equal_values_share_their_mean_rank()
    {
        var (ranks, ties) = Order.Ranks([3, 1, 3, 2, 3]);
        Assert.Equal([4, 1, 4, 2, 4], ranks);
        Assert.Equal(24, ties);
    }

    [Fact]
    public void No_values_have_no_median() => Assert.True(double.IsNaN(Order.Median([])) && double.IsNaN(Order.Quantile([], 0.5)));

    [Theory]
    [InlineData(1.959963984540054, 0.05)]
    [InlineData(2.5758293035489, 0.01)]
    [InlineData(0, 1)]
    public void Two_sided_p_values_are_those_of_the_tables(double z, double p)
    {
        Assert.Equal(p, Normal.TwoSided(z), 12);
        Assert.Equal(p, Normal.TwoSided(-z), 12);
        Assert.Equal(z, Normal.Quantile(1 - (p / 2)), 9);
        Assert.Equal(1 - (p / 2), Normal.Below(z), 12);
    }
}
